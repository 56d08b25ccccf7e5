package speak

import (
	"crypto/tls"
	"io"
	"net"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// leave ends a conversation as its protocol and TLS want it ended, and waits a moment for the other side to end it, too:
// what is left unread would make the end a RST, which servers log. p may be nil.
func (a *asker) leave(conn net.Conn, c *recorder, p *protocol.Protocol) {
	session, inside := conn.(*tls.Conn)
	if !inside && (p == nil || p.Bye == "") {
		return
	}
	c.within(min(2*a.RTT+farewellWait, time.Second))
	if p != nil && p.Bye != "" {
		_, _ = io.WriteString(conn, p.Bye)
	}
	if inside {
		_ = session.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, conn)
}

// watched remembers why a read failed.
type watched struct {
	io.ReadWriter
	err error
}

func (w *watched) Read(p []byte) (n int, err error) {
	n, err = w.ReadWriter.Read(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// question puts the protocol's own question and reports whether anything answered; where a word of another protocol did,
// that is identified.
func (a *asker) question(conn net.Conn, c *recorder, p *protocol.Protocol) bool {
	_, inside := conn.(*tls.Conn)
	c.within(a.patience(promisedWait, 0.4))
	c.mark()
	began := time.Now()
	heard := &watched{ReadWriter: conn}
	d := protocol.NewDialogue(heard)
	d.Name, d.Port = a.ServerName, a.To.Port()
	answer := p.Ask(d)
	said, n, at := c.heard()
	switch {
	case answer.Spoken:
		a.s.Identified, a.s.Product, a.s.Code = p.Name, cut(answer.Product, maxName), cut(answer.Code, maxName)
		if answer.Refused {
			a.s.Notes = append(a.s.Notes, evidence.NoteTurnedAway)
		}
	case n == 0 || inside:
		a.mute(p.Name, inside, heard.err, time.Since(began))
		return false
	default:
		a.identify(said)
	}
	if !inside {
		a.banner(said, n, at.Sub(a.start))
		a.s.Banner.Provoked = true
	}
	a.leave(conn, c, p)
	return true
}
