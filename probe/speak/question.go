package speak

import (
	"io"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// questionWait is how long an answer to a protocol's own question may take.
const questionWait = 1500 * time.Millisecond

// waiting is the protocol that was promised, or is usual here, and waits to be asked its own question in the open; nil
// where there is none.
func (a *asker) waiting() *protocol.Protocol {
	p := a.promised()
	if p == nil {
		p = a.usual.Protocol
		if a.usual.TLS || a.s.Asked == askedTLS || a.s.Asked == askedStartTLS || a.Mode == modeAlways || p.Upgrade != nil {
			return nil
		}
	}
	if p.Ask == nil || p.First == protocol.Server {
		return nil
	}
	return p
}

// asked asks p's question on c, and the older one on another connection; c is used up. Where neither was answered there
// is a fresh connection, or nil.
func (a *asker) asked(c *recorder, p *protocol.Protocol) (fresh *recorder, answered bool) {
	for _, ask := range []func(*protocol.Dialogue) protocol.Answer{p.Ask, p.Older} {
		if ask == nil || c == nil {
			continue
		}
		if a.question(c, c, p, ask) {
			_ = c.Close()
			return nil, true
		}
		c = a.again(c)
	}
	return c, false
}

// askInside asks the port's usual protocol its question in a session; false where it was not, or not answered.
func (a *asker) askInside(h *handshaken, c *recorder) bool {
	p := a.usual.Protocol
	return a.usual.TLS && p.Ask != nil && !p.Pages && a.s.TLS.Inspection == nil && a.question(h.conn, c, p, p.Ask)
}

// askGreeter asks a server that has greeted what it does beside; whoever does not answer has still greeted.
func (a *asker) askGreeter(c *recorder, p *protocol.Protocol, greeting []byte) {
	c.within(a.patience(questionWait, 0.5))
	if got := p.Ask(a.dialogue(c, greeting)); got.Spoken {
		a.s.Product = cut(got.Product, maxName)
	}
}

// question asks p's question on conn, which is c or a session on it, and takes the answer. What else is said is kept as
// first words.
func (a *asker) question(conn io.ReadWriter, c *recorder, p *protocol.Protocol, ask func(*protocol.Dialogue) protocol.Answer) bool {
	c.within(a.patience(questionWait, 0.5))
	c.mark()
	d := protocol.NewDialogue(conn)
	d.Name, d.Port = a.ServerName, a.To.Port()
	got := ask(d)
	if !got.Spoken {
		if said, n, at := c.heard(); n > 0 && conn == io.ReadWriter(c) {
			a.banner(said, n, at.Sub(a.start))
			a.s.Banner.Provoked = true
		}
		return false
	}
	a.s.Banner = nil // of an earlier question
	a.s.Identified, a.s.Product, a.s.Code = p.Name, cut(got.Product, maxName), cut(got.Code, maxName)
	a.s.Seen, a.s.Refers = got.Seen, got.Refers
	if got.Refused {
		a.s.Notes = note(a.s.Notes, evidence.NoteTurnedAway)
	}
	if p.Bye != "" {
		_ = d.Say(p.Bye)
	}
	return true
}
