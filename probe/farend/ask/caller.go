package ask

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/line"
	"whyport/probe/socket"
)

// Times of a conversation: until the connection stands, and for an answer.
const (
	dialWait   = 3 * time.Second
	answerWait = 4 * time.Second
	dialTries  = 2
)

// caller talks to one listener.
type caller struct {
	token   farend.Token
	line    *line.Line
	network socket.Network
	name    string // for TLS and requests
	run     []byte // nonce of the run
}

// exchange is a question with its answer.
type exchange struct {
	own, to netip.AddrPort
	answer  *farend.Answer
	attempt evidence.Attempt // of a datagram
}

// question makes one for a connection.
func (c *caller) question(conn net.Conn) *farend.Question {
	return &farend.Question{Nonce: farend.Nonce(), Run: c.run, Own: ends(conn.LocalAddr()), To: ends(conn.RemoteAddr())}
}

// plain asks without encryption; nil where the listener did not answer. more may add to the question, and to what follows it.
func (c *caller) plain(ctx context.Context, port uint16, more *addition) *exchange {
	conn := c.dial(ctx, socket.Request{}, port)
	if conn == nil {
		return nil
	}
	defer conn.Close()
	return c.converse(ctx, conn, conn, more)
}

// addition is what a question has beside the usual.
type addition struct {
	ask   func(*farend.Question)
	lines []string                  // sent behind it, each as a segment
	wait  time.Duration             // for the answer; 0: answerWait
	read  func([]string, *exchange) // the lines, and what became of them
}

// converse asks on a connection; raw is what it runs over.
func (c *caller) converse(ctx context.Context, conn, raw net.Conn, more *addition) *exchange {
	defer context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })()
	q, wait := c.question(raw), answerWait
	if more != nil {
		if more.ask != nil {
			more.ask(q)
		}
		wait = max(wait, more.wait)
	}
	raw.SetDeadline(time.Now().Add(wait))
	if _, err := conn.Write(c.token.Question(q, 0)); err != nil {
		return nil
	}
	if more != nil {
		for _, l := range more.lines {
			if _, err := conn.Write([]byte(l)); err != nil {
				return nil
			}
			time.Sleep(segmentPause)
		}
	}
	answer, err := c.token.ReadAnswer(bufio.NewReader(conn), q.Nonce)
	if err != nil {
		return nil
	}
	e := &exchange{own: q.Own, to: q.To, answer: answer}
	if more != nil && more.read != nil {
		more.read(more.lines, e)
	}
	return e
}

// segmentPause keeps lines in segments of their own: application gateways look for words at a segment's beginning.
const segmentPause = 2 * time.Millisecond

// dial connects; one lost packet is no reason to give up.
func (c *caller) dial(ctx context.Context, r socket.Request, port uint16) net.Conn {
	r.Timeout = dialWait
	for range dialTries {
		if _, conn := c.line.Connect(ctx, r, port, time.Time{}); conn != nil {
			return conn
		}
	}
	return nil
}

func ends(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		at := t.AddrPort()
		return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
	return netip.AddrPort{}
}
