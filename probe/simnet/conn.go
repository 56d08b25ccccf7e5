package simnet

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// conn is one end of an established connection: what one end writes the other can read half a round trip later. Nothing
// is lost, and there is no window: a write never waits.
type conn struct {
	local, remote netip.AddrPort
	delay         time.Duration
	in, out       *stream // out is the other end's in
	abort         bool    // Close resets
	way           *memory // what the nodes between the ends remember of it
}

// connect makes a connection and lets the service serve its other end; nil: nobody reads or writes there.
func connect(client, server netip.AddrPort, delay time.Duration, s *service, way *memory) net.Conn {
	up, down := newStream(), newStream()
	near := &conn{local: client, remote: server, delay: delay, in: down, out: up, way: way}
	if s != nil {
		far := &conn{local: server, remote: client, delay: delay, in: up, out: down, way: way}
		time.AfterFunc(delay, func() { s.serve(far) }) // the client's ACK has arrived
	}
	return near
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.in.read(b)
	return n, c.failure("read", err)
}

func (c *conn) Write(b []byte) (int, error) {
	err := c.in.broken()
	if err == nil && !c.way.passes() {
		if c.way.resets {
			c.in.write(nil, syscall.ECONNRESET, c.delay)
		}
		return len(b), nil
	}
	if err == nil {
		if err = c.out.write(b, nil, c.delay); err == syscall.ECONNRESET { // the other end is gone: it answers with a reset
			c.in.write(nil, err, 2*c.delay)
			err = nil
		}
	}
	if err != nil {
		return 0, c.failure("write", err)
	}
	return len(b), nil
}

// CloseWrite ends one direction, in order.
func (c *conn) CloseWrite() error { return c.out.write(nil, io.EOF, c.delay) }

// Close ends the connection: in order, or with a reset where SetLinger(0) asked for it or something was left unread.
func (c *conn) Close() error {
	left, closed := c.in.close()
	if closed {
		return c.failure("close", net.ErrClosed)
	}
	var end error = io.EOF
	if c.abort || left {
		end = syscall.ECONNRESET
	}
	c.out.write(nil, end, c.delay)
	return nil
}

// SetLinger with 0 makes Close reset the connection.
func (c *conn) SetLinger(seconds int) error {
	c.abort = seconds == 0
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(c.local) }
func (c *conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

func (c *conn) SetDeadline(t time.Time) error      { return c.SetReadDeadline(t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return nil }
func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(t)
	return nil
}

func (c *conn) failure(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// stream is what travels to one end.
type stream struct {
	mu       sync.Mutex
	chunks   []chunk
	deadline time.Time
	closed   bool
	changed  chan struct{} // closed and replaced by each change
}

// chunk is readable at a time; an error is the last.
type chunk struct {
	at   time.Time
	data []byte
	err  error
}

func newStream() *stream { return &stream{changed: make(chan struct{})} }

func (s *stream) read(b []byte) (int, error) {
	for {
		s.mu.Lock()
		n, wait, changed, err := s.take(b)
		s.mu.Unlock()
		if n > 0 || err != nil {
			return n, err
		}
		if wait == 0 {
			<-changed
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		}
		timer.Stop()
	}
}

// take is what can be read now, or how long to wait for it; 0: until something changes.
func (s *stream) take(b []byte) (n int, wait time.Duration, changed <-chan struct{}, err error) {
	now := time.Now()
	switch {
	case s.closed:
		return 0, 0, nil, net.ErrClosed
	case !s.deadline.IsZero() && !now.Before(s.deadline):
		return 0, 0, nil, os.ErrDeadlineExceeded
	case len(s.chunks) > 0 && !s.chunks[0].at.After(now):
		first := &s.chunks[0]
		if first.err != nil {
			return 0, 0, nil, first.err
		}
		n = copy(b, first.data)
		if first.data = first.data[n:]; len(first.data) == 0 {
			s.chunks = s.chunks[1:]
		}
		return n, 0, nil, nil
	}
	if len(s.chunks) > 0 {
		wait = s.chunks[0].at.Sub(now)
	}
	if left := s.deadline.Sub(now); !s.deadline.IsZero() && (wait == 0 || left < wait) {
		wait = left
	}
	return 0, wait, s.changed, nil
}

// write adds data or an end; ECONNRESET if nobody reads any more.
func (s *stream) write(data []byte, end error, delay time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return syscall.ECONNRESET
	}
	if n := len(s.chunks); n > 0 && s.chunks[n-1].err != nil && (s.chunks[n-1].err != io.EOF || end != syscall.ECONNRESET) {
		return net.ErrClosed
	}
	if len(data) > 0 || end != nil {
		s.chunks = append(s.chunks, chunk{time.Now().Add(delay), append([]byte(nil), data...), end})
	}
	s.change()
	return nil
}

// broken is the error of a write where a reset has come.
func (s *stream) broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return net.ErrClosed
	case len(s.chunks) == 0:
		return nil
	}
	// What came before a reset and was not read makes no difference.
	if last := s.chunks[len(s.chunks)-1]; last.err == syscall.ECONNRESET && !last.at.After(time.Now()) {
		return syscall.EPIPE
	}
	return nil
}

// close reports whether something was left to read, and whether it was closed before.
func (s *stream) close() (left, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left = len(s.chunks) > 0 && len(s.chunks[0].data) > 0 && s.chunks[0].at.Before(time.Now())
	closed, s.closed = s.closed, true
	s.change()
	return left, closed
}

func (s *stream) setDeadline(t time.Time) {
	s.mu.Lock()
	s.deadline = t
	s.change()
	s.mu.Unlock()
}

func (s *stream) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}
