//go:build linux

package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Handler serves one accepted connection; the connection is closed when it returns.
type Handler func(net.Conn)

// Listen accepts TCP connections to the port on all addresses of the node, IPv4 and IPv6, until the test ends or
// the function returned is called.
func (l *Lab) Listen(node string, port uint16, handle Handler) (stop func()) {
	l.t.Helper()
	s := &service{open: map[io.Closer]bool{}}
	l.t.Cleanup(s.stop)
	for _, network := range []string{"tcp4", "tcp6"} {
		var listener net.Listener
		err := l.In(node, func() (err error) {
			listener, err = net.Listen(network, fmt.Sprintf(":%d", port))
			return err
		})
		if err != nil {
			l.t.Fatalf("lab: %s can't listen: %v", node, err)
		}
		s.add(listener)
		go s.serve(listener, handle)
	}
	return s.stop
}

// service is what is open for one Listen.
type service struct {
	mu      sync.Mutex
	open    map[io.Closer]bool
	stopped bool
}

func (s *service) serve(listener net.Listener, handle Handler) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		s.add(conn)
		go func() {
			handle(conn)
			conn.Close()
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.open, conn)
		}()
	}
}

func (s *service) add(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		c.Close()
		return
	}
	s.open[c] = true
}

func (s *service) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	for c := range s.open {
		c.Close()
	}
}

// Close closes each connection at once.
func Close(net.Conn) {}

// Reset resets each connection at once.
func Reset(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }

// Hold says nothing until the client closes: a server that waits for its client to speak.
func Hold(c net.Conn) { io.Copy(io.Discard, c) }

// Echo sends back what it gets.
func Echo(c net.Conn) { io.Copy(c, c) }

// Banner says the text and then waits until the client closes.
func Banner(text string) Handler {
	return func(c net.Conn) {
		io.WriteString(c, text)
		Hold(c)
	}
}

// HTTP answers each request with the handler, and what is not HTTP with a 400 in plain text, as servers do.
func HTTP(h http.HandlerFunc) Handler {
	return func(c net.Conn) {
		server := &http.Server{Handler: h}
		done := make(chan struct{})
		one := &oneListener{conn: c, done: done}
		server.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed || state == http.StateHijacked {
				one.once.Do(func() { close(done) })
			}
		}
		server.Serve(one)
	}
}

// oneListener gives net/http a single connection and then blocks until that is closed.
type oneListener struct {
	conn net.Conn
	done chan struct{}
	once sync.Once
	took bool
}

func (o *oneListener) Accept() (net.Conn, error) {
	if !o.took {
		o.took = true
		return o.conn, nil
	}
	<-o.done
	return nil, net.ErrClosed
}
func (o *oneListener) Close() error   { return nil }
func (o *oneListener) Addr() net.Addr { return o.conn.LocalAddr() }

// TLS does the handshake and then lets the handler speak inside.
func TLS(config *tls.Config, inside Handler) Handler {
	return func(c net.Conn) {
		t := tls.Server(c, config)
		if t.HandshakeContext(context.Background()) == nil {
			inside(t)
		}
		t.Close()
	}
}

// Dialogue answers the client's lines by the function, after a greeting; "" ends the connection. For protocols such
// as SMTP: Dialogue("220 mail\r\n", func(line string) string {...}).
func Dialogue(greeting string, answer func(line string) string) Handler {
	return func(c net.Conn) {
		io.WriteString(c, greeting)
		for lines := bufio.NewScanner(c); lines.Scan(); {
			reply := answer(lines.Text())
			if reply == "" {
				return
			}
			io.WriteString(c, reply)
		}
	}
}

// ListenUDP answers datagrams to the port with what answer returns; nil is silence.
func (l *Lab) ListenUDP(node string, port uint16, answer func([]byte) []byte) {
	l.t.Helper()
	for _, network := range []string{"udp4", "udp6"} {
		var conn net.PacketConn
		err := l.In(node, func() (err error) {
			conn, err = net.ListenPacket(network, fmt.Sprintf(":%d", port))
			return err
		})
		if err != nil {
			l.t.Fatalf("lab: %s can't listen: %v", node, err)
		}
		l.t.Cleanup(func() { conn.Close() })
		go func() {
			buffer := make([]byte, 1<<16)
			for {
				n, from, err := conn.ReadFrom(buffer)
				if err != nil {
					return
				}
				if reply := answer(buffer[:n]); reply != nil {
					conn.WriteTo(reply, from)
				}
			}
		}()
	}
}

// FullBacklog listens on the port, IPv4 and IPv6, with an accept queue that is full: SYNs are dropped without a word,
// as by a server that is overloaded or hangs.
func (l *Lab) FullBacklog(node string, port uint16) {
	l.t.Helper()
	err := l.In(node, func() error {
		fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		l.t.Cleanup(func() { unix.Close(fd) })
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0); err != nil {
			return err
		}
		if err := unix.Bind(fd, &unix.SockaddrInet6{Port: int(port)}); err != nil {
			return err
		}
		return unix.Listen(fd, 0)
	})
	if err != nil {
		l.t.Fatalf("lab: %s can't listen: %v", node, err)
	}
	// A queue of 0 takes one connection, which stays in it when the client has closed.
	self := l.Addr(node, 4)
	if r := l.Connect(node, addrPort(self, port), ConnectOptions{}); r.Errno != 0 {
		l.t.Fatalf("lab: the backlog of %s can't be filled: %+v", node, r)
	}
}

// Dial connects from a node, for a test's own use; failing ends the test.
func (l *Lab) Dial(node string, to netip.AddrPort) net.Conn {
	l.t.Helper()
	var conn net.Conn
	err := l.In(node, func() (err error) {
		// Given one address, Dial makes the socket on this goroutine: no other thread is involved.
		conn, err = (&net.Dialer{Timeout: 5 * time.Second}).Dial("tcp", to.String())
		return err
	})
	if err != nil {
		l.t.Fatalf("lab: dialling %v from %s: %v", to, node, err)
	}
	l.t.Cleanup(func() { conn.Close() })
	return conn
}
