package speak

import (
	"crypto/tls"
	"io"
	"net"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// questionWait is how long a server that has greeted may take to answer what it is asked beside.
const questionWait = 1500 * time.Millisecond

// glanceWait is how long a server of which nothing is known has to speak first.
const glanceWait = 30 * time.Millisecond

// elsewhere asks, where nothing is usual and nothing that was said got an answer, for protocols that are at home on any
// port, the commonest first, each on a connection of its own as long as there are connections left.
func (a *asker) elsewhere() {
	if a.s.Asked != "" || a.usual.Usual != "" || a.s.Banner != nil || a.s.Identified != "" || a.s.TLS == nil || !quiet(a.s.TLS.State) ||
		a.s.Listened() != nil || a.isAlone() || slices.ContainsFunc(a.s.TLS.Variants, func(v evidence.TLSVariant) bool { return !quiet(v.State) }) {
		return
	}
	for _, p := range protocol.Anywhere() {
		c, err := a.open(a.ctx)
		if err != nil {
			return
		}
		c.within(a.patience(anywhereWait, 0.5))
		answer := p.Ask(a.dialogue(c, nil))
		if answer.Spoken {
			a.takes(p, answer)
			a.leave(c, c, p)
		}
		_ = c.Close()
		if answer.Spoken {
			return
		}
	}
}

// anywhereWait is how long such an answer may take.
const anywhereWait = 400 * time.Millisecond

// takes makes an answer of p's servers the evidence.
func (a *asker) takes(p *protocol.Protocol, answer protocol.Answer) {
	a.s.Identified, a.s.Product, a.s.Code = p.Name, cut(answer.Product, maxName), cut(answer.Code, maxName)
	a.s.Seen, a.s.Refers = answer.Seen, answer.Refers
	if answer.Refused {
		a.s.Notes = note(a.s.Notes, evidence.NoteTurnedAway)
	}
}

// asks puts p's question on c, and the older one on another connection; c is used up. Where neither was answered there is a
// fresh connection, or nil.
func (a *asker) asks(c *recorder, p *protocol.Protocol) (fresh *recorder, answered bool) {
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

// askGreeter asks a server that has greeted what it does beside; whoever does not answer has still greeted.
func (a *asker) askGreeter(c *recorder, p *protocol.Protocol, greeting []byte) {
	c.within(a.patience(questionWait, 0.5))
	if got := p.Ask(a.dialogue(c, greeting)); got.Spoken {
		a.s.Product = cut(got.Product, maxName)
		if got.Refused {
			a.s.Code, a.s.Notes = cut(got.Code, maxName), note(a.s.Notes, evidence.NoteTurnedAway)
		}
	}
}

// admits asks a server that has been spoken to whether it lets this computer in.
func (a *asker) admits(p *protocol.Protocol, conn io.ReadWriter, c *recorder) {
	if p.Admits == nil {
		return
	}
	c.within(a.patience(questionWait, 0.4))
	got := p.Admits(protocol.NewDialogue(conn))
	if got.Refused {
		a.s.Code, a.s.Notes = cut(got.Code, maxName), note(a.s.Notes, evidence.NoteTurnedAway)
	}
	if got.Unlisted {
		a.s.Notes = note(a.s.Notes, evidence.NoteUnlisted)
	}
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
		a.hung = !inside && endOf(heard.err) != evidence.EndSilent
		a.mute(p.Name, inside, heard.err, time.Since(began))
		return false
	}
	a.banner(heard.said, len(heard.said), at.Sub(a.start))
	a.s.Banner.Provoked = true
	switch {
	case !inside && c.returned():
		a.s.Identified = "echo"
	case answer.Spoken:
		a.takes(p, answer)
	case a.identify(heard.said) == nil:
		return false
	}
	a.leave(conn, c, p)
	return true
}
