package speak

import (
	"crypto/tls"
	"io"
	"net"
	"time"

	"whyport/probe/speak/protocol"
)

// leave ends a conversation as its protocol and TLS want it ended, and waits a moment for the other side to end it, too:
// what is left unread would make the end a RST, which servers log. p may be nil.
func (a *asker) leave(conn net.Conn, c *recorder, p *protocol.Protocol) {
	session, inside := conn.(*tls.Conn)
	if !inside && (p == nil || p.Bye == "" && p.End == nil) {
		return
	}
	c.within(min(2*a.RTT+farewellWait, time.Second))
	if p != nil && p.Bye != "" {
		_, _ = io.WriteString(conn, p.Bye)
	}
	if p != nil && p.End != nil {
		p.End(protocol.NewDialogue(conn), inside)
	}
	if inside {
		_ = session.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, conn)
}

// watched remembers what came first, and why a read failed.
type watched struct {
	io.ReadWriter
	said []byte // the first bytes
	err  error
}

func (w *watched) Read(p []byte) (n int, err error) {
	n, err = w.ReadWriter.Read(p)
	w.said = append(w.said, p[:min(n, keepBytes-len(w.said))]...)
	if err != nil {
		w.err = err
	}
	return n, err
}

// question puts the protocol's own question and reports whether it was answered; where a word of another protocol was the
// answer, that is identified. What else is said is kept.
func (a *asker) question(conn net.Conn, c *recorder, p *protocol.Protocol, ask func(*protocol.Dialogue) protocol.Answer) bool {
	_, inside := conn.(*tls.Conn)
	c.within(a.patience(promisedWait, 0.4))
	c.mark()
	began := time.Now()
	heard := &watched{ReadWriter: conn}
	d := protocol.NewDialogue(heard)
	d.Name, d.Port = a.ServerName, a.To.Port()
	answer := ask(d)
	_, _, at := c.heard()
	if len(heard.said) == 0 {
		a.mute(p.Name, inside, heard.err, time.Since(began))
		return false
	}
	a.banner(heard.said, len(heard.said), at.Sub(a.start))
	a.s.Banner.Provoked = true
	switch {
	case answer.Spoken:
		a.takes(p, answer)
	case a.identify(heard.said) == nil:
		return false
	}
	a.leave(conn, c, p)
	return true
}
