package hold

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// answerWait is how long an answer to the word is waited for: TCP repeats what is lost after 0.2, 0.6, 1.4, 3 and 6.2 s (Linux, on
// short ways).
const answerWait = 8 * time.Second

// settleWait is how long a fresh connection has to say its greeting, before anything is said to it.
const settleWait = time.Second

// idle keeps one connection silent and says the word then. ok is false where nothing is known: no connection, or ctx has ended.
func (h *holder) idle(ctx context.Context, silence time.Duration) (out evidence.Idle, ok bool) {
	conn := h.dial(ctx)
	if conn == nil {
		return out, false
	}
	defer socket.Abort(conn)
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	speaks := conn
	if h.word.tls {
		session := tls.Client(conn, &tls.Config{
			ServerName: h.word.server, MinVersion: tls.VersionTLS10, NextProtos: h.word.alpn,
			InsecureSkipVerify: true, //nolint:gosec // nothing is confided to it; the certificate was judged before
		})
		_ = conn.SetDeadline(time.Now().Add(answerWait))
		if session.HandshakeContext(ctx) != nil {
			return out, false
		}
		speaks = session
	}
	last, err := listen(speaks, time.Now(), max(silence, settleWait))
	if ctx.Err() != nil {
		return out, false
	}
	out.For = time.Since(last).Round(time.Millisecond)
	if end := endOf(err); end != evidence.EndSilent {
		out.End, out.Unasked = end, true
		return out, end != ""
	}
	out.End = h.ask(conn, speaks)
	return out, ctx.Err() == nil && out.End != ""
}

// listen reads what comes by itself for so long, and says when something last came.
func listen(c net.Conn, began time.Time, wait time.Duration) (last time.Time, err error) {
	last = began
	_ = c.SetReadDeadline(began.Add(wait))
	for b := make([]byte, 4096); ; {
		n, err := c.Read(b)
		if n > 0 {
			last = time.Now()
		}
		if err != nil {
			return last, err
		}
	}
}

// ask says the word and waits for what comes of it; "" where this system can't ask. Whoever ends the connection in order has
// heard the word.
func (h *holder) ask(conn, speaks net.Conn) string {
	if h.word.say == "" {
		return keepalive(conn)
	}
	_ = conn.SetWriteDeadline(time.Now().Add(answerWait))
	if _, err := io.WriteString(speaks, h.word.say); err != nil {
		return endOf(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(answerWait))
	n, err := speaks.Read(make([]byte, 1))
	if n > 0 {
		return evidence.EndAnswered
	}
	if end := endOf(err); end != evidence.EndEOF {
		return end
	}
	return evidence.EndAnswered
}

// keepalive lets TCP ask three times, a second apart; a connection that is gone breaks then.
func keepalive(conn net.Conn) string {
	c, can := conn.(interface {
		SetKeepAliveConfig(net.KeepAliveConfig) error
	})
	if !can || c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 3}) != nil {
		return ""
	}
	_ = conn.SetReadDeadline(time.Now().Add(answerWait))
	n, err := conn.Read(make([]byte, 1))
	if n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		return evidence.EndAnswered // still there when TCP would have given up
	}
	if end := endOf(err); end != evidence.EndEOF {
		return end
	}
	return evidence.EndAnswered
}

// endOf is how a connection ended by the error of a read or write: silence is the time-out of this program or of TCP. A TLS
// alert is the other side's word. "" is anything that says nothing of the connection.
func endOf(err error) string {
	_, alert := errors.AsType[tls.AlertError](err)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return evidence.EndSilent
	case alert, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.EndEOF
	}
	return socket.Ended(err)
}
