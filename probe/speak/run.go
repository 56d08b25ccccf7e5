package speak

import (
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// run asks in the order that costs a healthy port least: listen where servers greet, put the usual protocol's own
// question, otherwise say ClientHello at once, all on the connection that is already there.
func (a *asker) run() {
	c := a.first()
	if c == nil {
		return
	}
	defer func() { _ = c.Close() }()
	switch {
	case a.Careful, a.usual.Quiet && a.Mode != modeAlways && a.s.Asked != askedTLS && a.s.Asked != askedStartTLS:
		a.s.Notes = append(a.s.Notes, evidence.NoteListenedOnly)
		a.greeted(c)
		return
	case a.greetingExpected():
		switch a.greeted(c) {
		case heardWords:
			return
		case heardBusy:
			if next := a.later(c); next != nil {
				c = next
				a.greeted(c)
			}
			return
		case heardEnd:
			// Closed before anything was said: one more connection tells whether speaking first helps.
			if c = a.again(c); c == nil {
				return
			}
		}
	case a.s.Asked == askedTLS:
	case a.upgrades() && a.tlsWanted():
		if a.startTLS(c, a.expected(), nil) {
			return
		}
		if c = a.again(c); c == nil {
			return
		}
	case a.expected().Ask != nil && !a.usual.TLS:
		next, answered := a.asks(c, a.expected())
		if c = next; answered || c == nil {
			return
		}
	case a.s.Asked == "" && a.usual.Usual == "":
		// Nothing is known: a server that greets mostly has already.
		said, err := c.listen(a.patience(glanceWait, 0.1), a.heardOf)
		if len(said) > 0 {
			a.hears(c, said)
			return
		}
		if err != nil && !timedOut(err) {
			a.mute("", false, err, time.Since(a.start))
			if c = a.again(c); c == nil {
				return
			}
		}
	case a.expected().Pages && (!a.usual.TLS || a.promised() != nil):
		a.askPage(c)
		return
	}
	if a.tlsWanted() {
		a.askTLS(c)
		return
	}
	if a.usual.Usual == "" || a.usual.Pages || a.usual.First == protocol.Server {
		a.askHTTP(c)
	}
}

// first is the connection to begin with; nil where there is none.
func (a *asker) first() *recorder {
	if a.First != nil {
		c := a.record(a.ctx, a.First)
		c.opened = a.start
		return c
	}
	c, err := a.open(a.ctx)
	if err != nil {
		a.cutOff(nil, nil, err)
		return nil
	}
	return c
}

// later is again after a while, for a server that has too many callers at the moment: this test's own connections to
// its other ports and addresses may be among them.
func (a *asker) later(old *recorder) *recorder {
	_ = old.Close()
	timer := time.NewTimer(a.patience(busyWait, 0.3))
	defer timer.Stop()
	select {
	case <-timer.C:
		return a.again(old)
	case <-a.ctx.Done():
		return nil
	}
}

// heard is what came of listening.
type heard int

const (
	heardNothing heard = iota // silence; the connection can still be used
	heardWords
	heardEnd  // closed or reset without a word
	heardBusy // turned away for now
)

// greeted waits for the server's first words and acts on them.
func (a *asker) greeted(c *recorder) heard {
	said, err := c.listen(a.greetingWait(), a.heardOf)
	if len(said) == 0 {
		a.mute("", false, err, time.Since(a.start))
		if err != nil && timedOut(err) {
			return heardNothing
		}
		return heardEnd
	}
	return a.hears(c, said)
}

// hears acts on a server's first words.
func (a *asker) hears(c *recorder, said []byte) heard {
	_, n, at := c.heard()
	a.banner(said, n, at.Sub(a.start))
	p := a.identify(said)
	switch away, busy := a.turnedAway(p, said); {
	case busy:
		return heardBusy
	case away:
	case a.heardOf(said) == protocol.Partial:
		a.s.Notes = append(a.s.Notes, evidence.NoteUnfinished)
	case p == nil || slices.Contains(a.s.Notes, evidence.NoteListenedOnly):
	case a.tlsWanted() && p.Upgrade != nil:
		a.startTLS(c, p, said)
	case p.Ask != nil && p.First == protocol.Server:
		a.askGreeter(c, p, said)
		a.leave(c, c, p)
	default:
		a.data(p, c, c)
		a.leave(c, c, p)
	}
	return heardWords
}
