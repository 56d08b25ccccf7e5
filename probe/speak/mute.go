package speak

import (
	"time"

	"whyport/probe/evidence"
)

// mute keeps how a conversation ended in which the other side said nothing.
func (a *asker) mute(said string, inside bool, err error, after time.Duration) {
	if a.interrupted() || a.promised() == nil && a.usual.Loose {
		return
	}
	a.s.Mute = append(a.s.Mute, evidence.Mute{Said: said, Inside: inside, End: endOf(err), After: after})
}

// endOf is how the other side ended a conversation; nil is a reply that has no end.
func endOf(err error) string {
	switch {
	case err != nil && isReset(err):
		return evidence.EndReset
	case err != nil && ended(err):
		return evidence.EndEOF
	}
	return evidence.EndSilent
}

// hangsUp opens a connection, says nothing, and reports whether the other side ends it: took is how long it took to end
// one on which something had been said. What it says instead is taken as a greeting.
func (a *asker) hangsUp(took time.Duration) bool {
	c, err := a.open(a.ctx)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	said, err := c.listen(a.patience(min(2*took+hangUpWait, greetingWait), 0.4), a.heardOf)
	switch {
	case len(said) > 0:
		_, n, at := c.heard()
		a.banner(said, n, at.Sub(c.opened))
		a.identify(said)
	case err != nil && !timedOut(err):
		a.mute("", false, err, time.Since(c.opened))
		return true
	}
	return len(said) > 0
}
