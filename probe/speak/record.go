package speak

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"whyport/probe/speak/protocol"
)

const (
	// keepBytes of what a server says first are kept; evidence has room for bannerBytes of them.
	keepBytes   = 8 << 10
	bannerBytes = 512
	// maxBytes of one connection are read, whatever a server sends: twice the largest certificate
	// message that crypto/tls takes (256 KiB).
	maxBytes = 512 << 10
	// tlsHandshake is the first byte of a TLS record with handshake messages (RFC 8446, 5.1).
	tlsHandshake = 0x16
	tlsAlert     = 0x15
	// echoBytes that come back are no accident: of a ClientHello 11 are its head, what follows is random.
	echoBytes = 16
	// leastEcho is the least of a whole question that comes back (AMQP's has eight).
	leastEcho = 8
)

// errTooMuch ends a connection to a server that will not stop talking.
var errTooMuch = errors.New("the server sent more than is read")

// recorder is a connection that remembers what came first, and when, and that can't be read forever.
type recorder struct {
	net.Conn
	opened time.Time
	end    time.Time // no deadline is later
	closed func() bool
	quick  *quickest // of the whole Ask

	mu      sync.Mutex
	head    []byte // the first keepBytes since mark
	n       int    // bytes since mark
	err     error  // the last of Read
	said    []byte // the first bytes that were written since mark
	sent    int    // all of them
	total   int
	firstAt time.Time     // of the first byte since mark
	wrote   time.Time     // when something was last said, or the connection began; zero: it has been answered
	stood   time.Duration // before the first word was said to it
	over    bool          // it had ended by then, as far as can be told
}

// quickest is the shortest of several times; the zero value has none yet.
type quickest struct {
	mu   sync.Mutex
	took time.Duration
}

func (q *quickest) note(took time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.took == 0 || took < q.took {
		q.took = max(took, 1)
	}
}

func (q *quickest) least() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.took
}

// record wraps a connection and closes it as soon as ctx ends.
func (a *asker) record(ctx context.Context, c net.Conn) *recorder {
	r := &recorder{Conn: c, opened: time.Now(), end: a.end, quick: &a.quick}
	r.wrote = r.opened
	_ = c.SetDeadline(a.end)
	r.closed = context.AfterFunc(ctx, func() { _ = c.Close() })
	return r
}

// Close ends the connection and the wait for the caller's context; closing nothing, or twice, is harmless.
func (r *recorder) Close() error {
	if r == nil {
		return nil
	}
	r.closed()
	return r.Conn.Close()
}

// within lets reads and writes take d from now, but never longer than the whole Ask.
func (r *recorder) within(d time.Duration) {
	t := time.Now().Add(d)
	if t.After(r.end) {
		t = r.end
	}
	_ = r.Conn.SetDeadline(t)
}

// mark forgets what was heard: what comes now answers something else.
func (r *recorder) mark() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head, r.n, r.said, r.sent, r.firstAt = nil, 0, nil, 0, time.Time{}
}

// echoed reports whether a ClientHello came back: enough of it that its random part is in it (RFC 8446, 4.1.2).
func (r *recorder) echoed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.head), len(r.said))
	return n >= echoBytes && bytes.Equal(r.head[:n], r.said[:n])
}

// returned reports whether all that was said came back as it was: answers may begin like their questions (XMPP, SMB).
func (r *recorder) returned() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent >= leastEcho && r.sent == len(r.said) && bytes.HasPrefix(r.head, r.said)
}

// failed is the last error of a read; nil: none failed.
func (r *recorder) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// heard is what came since mark: at most keepBytes of it, how much it was, and when it began.
func (r *recorder) heard() (head []byte, n int, firstAt time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head[:len(r.head):len(r.head)], r.n, r.firstAt
}

func (r *recorder) Read(p []byte) (int, error) {
	if len(p) > maxBytes-r.total {
		p = p[:maxBytes-r.total]
	}
	if len(p) == 0 {
		return 0, errTooMuch
	}
	n, err := r.Conn.Read(p)
	if n == 0 {
		r.mu.Lock()
		r.err = err
		if err != nil && !timedOut(err) && r.total == 0 && (r.stood == 0 || time.Since(r.wrote) < atOnce) {
			r.over = true
		}
		r.mu.Unlock()
	} else {
		r.mu.Lock()
		if r.n == 0 {
			r.firstAt = time.Now()
		}
		if !r.wrote.IsZero() {
			r.quick.note(time.Since(r.wrote))
			r.wrote = time.Time{}
		}
		keep := keepBytes
		if len(r.head) > 0 && r.head[0] == tlsHandshake {
			keep = max(echoBytes, len(r.head)) // that it is one says enough
		}
		r.head = append(r.head, p[:min(n, keep-len(r.head))]...)
		r.n += n
		r.total += n
		r.mu.Unlock()
	}
	return n, err
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	if r.wrote = time.Now(); r.stood == 0 {
		r.stood = r.wrote.Sub(r.opened)
	}
	r.sent += len(p)
	r.said = append(r.said, p[:min(len(p), keepBytes-min(len(r.said), keepBytes))]...)
	r.mu.Unlock()
	n, err := r.Conn.Write(p)
	if err != nil && !timedOut(err) {
		r.mu.Lock()
		r.over = r.over || r.total == 0 && r.stood > 0 && time.Since(r.wrote) < atOnce
		r.mu.Unlock()
	}
	return n, err
}

// atOnce is sooner than what is said can cause an end, but for servers that are very near.
const atOnce = time.Millisecond

// waited is how long the connection had stood when something was said on it first; 0 if it had ended already.
func (r *recorder) waited() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return 0
	}
	return r.stood
}

// listen reads until the server has finished its first words, as far as heard tells: their end, a pause, bannerBytes, the
// end of the connection, or nothing within d. It returns what was said and why it stopped.
func (r *recorder) listen(d time.Duration, heard func([]byte) protocol.Progress) ([]byte, error) {
	r.within(d)
	end := time.Now().Add(d)
	until := end
	buf := make([]byte, 4096)
	var said []byte
	for len(said) < keepBytes {
		n, err := r.Read(buf)
		said = append(said, buf[:n]...)
		if err != nil {
			return said, err
		}
		switch heard(said) {
		case protocol.Whole:
			return said, nil
		case protocol.Unclear:
			// The first bytes are here: a greeting is complete soon after them, and a server that drips gets no more than this.
			if rest := time.Until(until); rest > lullTime {
				until = time.Now().Add(lullTime)
				r.within(lullTime)
			}
		default:
			until = end
			r.within(time.Until(end))
		}
	}
	return said, nil
}

// lullTime after which a greeting without a line end is taken as it is.
const lullTime = 300 * time.Millisecond

// timedOut reports whether an error is a deadline's: of the connection, or of a context whose end
// closed the connection under our feet.
func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, net.ErrClosed)
}

// ended reports whether the other side closed in order.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
