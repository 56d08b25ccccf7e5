package speak

import (
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// run asks in the order that costs a healthy port least: listen where servers greet, otherwise speak
// at once, on the connection that is already there.
func (a *asker) run() {
	c := a.first()
	if c == nil {
		return
	}
	defer func() { _ = c.Close() }()
	switch {
	case a.usual.Quiet && a.Mode != modeAlways && a.s.Asked != askedTLS && a.s.Asked != askedStartTLS:
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
	case a.waiting() != nil:
		next, answered := a.asked(c, a.waiting())
		if c = next; answered || c == nil {
			return
		}
	case a.upgrades() && a.tlsWanted() && a.s.Asked != askedTLS:
		if a.startTLS(c, a.usual.Protocol, nil) {
			return
		}
		if c = a.again(c); c == nil {
			return
		}
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
		return a.record(a.ctx, a.First)
	}
	c, err := a.open(a.ctx)
	if err != nil {
		return nil
	}
	return c
}

// again closes a connection that is used up and opens another; nil where there is none to be had.
func (a *asker) again(old *recorder) *recorder {
	_ = old.Close()
	if a.interrupted() {
		return nil
	}
	c, err := a.open(a.ctx)
	if err != nil {
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

// greetingExpected reports whether the server ought to speak first. A port that was promised to be
// TLS gets its ClientHello at once; a server that greets there shows itself all the same.
func (a *asker) greetingExpected() bool {
	switch a.s.Asked {
	case askedTLS:
		return false
	case askedStartTLS:
		return a.usual.First == protocol.Server || !a.upgrades()
	}
	if p := a.promised(); p != nil {
		return p.First == protocol.Server
	}
	return a.usual.First == protocol.Server && !a.usual.TLS
}

// greetingWait is how long a server has to speak first.
func (a *asker) greetingWait() time.Duration {
	switch {
	case a.usual.Quiet:
		return a.patience(quietWait, 0.4)
	case a.s.Asked == askedStartTLS && a.usual.Late > 0:
		return a.patience(a.usual.Late, 0.7)
	case a.s.Asked == askedStartTLS:
		return a.patience(promisedWait, 0.4)
	case a.promised() != nil:
		return a.patience(sshWait, 0.4)
	}
	return a.patience(greetingWait, 0.4)
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
	said, err := c.listen(a.greetingWait())
	if len(said) == 0 {
		if err != nil && timedOut(err) {
			return heardNothing
		}
		return heardEnd
	}
	_, n, at := c.heard()
	a.banner(said, n, at.Sub(a.start))
	p := a.identify(said)
	switch away, busy := a.turnedAway(p, said); {
	case busy:
		return heardBusy
	case away || p == nil:
	case a.tlsWanted() && p.Upgrade != nil:
		a.startTLS(c, p, said)
	case p.Ask != nil && p.First == protocol.Server:
		a.askGreeter(c, p, said)
	default:
		a.data(p, c, c)
	}
	return heardWords
}
