package listen

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"

	"whyport/probe/farend"
)

// Times of a connection: until something is said, and in all.
const (
	firstWord = 4 * time.Second
	wholeTalk = 20 * time.Second
)

// accept takes connections until the listener is closed.
func (l *Listener) accept(ctx context.Context, s net.Listener, wg *sync.WaitGroup) {
	for {
		conn, err := s.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return
		case err != nil: // out of descriptors, or reset before it was taken
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
			continue
		}
		g := newGuest(conn)
		l.book.note(g.port(), g.source, mark{syn: true, accepted: true, answered: true})
		leave, ok := l.limits.enter(g.source.Addr())
		if !ok {
			conn.Close()
			continue
		}
		wg.Go(func() {
			defer leave()
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			l.serve(ctx, g)
		})
	}
}

// serve looks at the first bytes, and answers in their way.
func (l *Listener) serve(ctx context.Context, g *guest) {
	g.conn.SetDeadline(time.Now().Add(firstWord))
	first, _ := g.reader.Peek(1)
	g.conn.SetDeadline(time.Now().Add(wholeTalk))
	switch {
	case len(first) == 0:
		l.arrived(g, SaidNothing)
	case first[0] == tlsHandshake && !g.inside:
		l.arrived(g, SaidTLS)
		l.serveTLS(ctx, g)
	case first[0] == farend.Magic[0]:
		l.serveQuestion(ctx, g)
	case web(g.reader):
		l.serveWeb(ctx, g)
	default:
		l.arrived(g, SaidPlain)
		io.CopyN(io.Discard, g.reader, 64<<10) // an unread rest would make the end a reset
	}
}

// tlsHandshake is the first byte of a ClientHello's record (RFC 8446, 5.1).
const tlsHandshake = 22

func (l *Listener) serveTLS(ctx context.Context, g *guest) {
	secure := tls.Server(&readFirst{g.conn, g.reader}, l.tls)
	if secure.HandshakeContext(ctx) != nil {
		return
	}
	inner := *g
	inner.conn, inner.reader, inner.inside = secure, bufio.NewReader(secure), true
	l.serve(ctx, &inner)
	secure.Close()
}

// readFirst is a connection some of which was read already.
type readFirst struct {
	net.Conn
	reader *bufio.Reader
}

func (r *readFirst) Read(p []byte) (int, error) { return r.reader.Read(p) }

// serveQuestion answers a client with the token; strangers get nothing.
func (l *Listener) serveQuestion(ctx context.Context, g *guest) {
	q, err := l.options.Token.ReadQuestion(g.reader)
	if err != nil || !l.nonces.fresh(q.Nonce) {
		l.arrived(g, SaidPlain)
		return
	}
	l.arrived(g, SaidToken)
	q.Has = q.Has && g.inside // in plain everybody on the way would read it
	a := l.answer(ctx, q, g.port(), g.source, g.local)
	if q.Bait != "" && len(q.Bait) <= 64 {
		a.Arrived = readBait(g, q.Bait)
	}
	g.conn.Write(l.options.Token.Answer(a, q.Nonce))
}

// baitWait is how long the bait's end is waited for: a device may have swallowed it.
const baitWait = 2 * time.Second

func readBait(g *guest, mark string) (got []byte) {
	g.conn.SetReadDeadline(time.Now().Add(baitWait))
	buf := make([]byte, 512)
	for len(got) < farend.MaxBait {
		n, err := g.reader.Read(buf[:min(len(buf), farend.MaxBait-len(got))])
		got = append(got, buf[:n]...)
		if whole, ends := farend.Cut(got, mark); ends {
			return whole
		}
		if err != nil {
			break
		}
	}
	return got
}
