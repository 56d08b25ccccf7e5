package speak

import (
	"errors"
	"time"

	"whyport/probe/evidence"
)

// mute keeps how a conversation ended in which the other side said nothing.
func (a *asker) mute(said string, inside bool, err error, after time.Duration) {
	end := endOf(err)
	if a.interrupted() || a.promised() == nil && a.usual.Loose && (said != "" || end == evidence.EndSilent) {
		return
	}
	a.s.Mute = append(a.s.Mute, evidence.Mute{Said: said, Inside: inside, End: end, After: after})
}

// cutOff keeps that a further connection was accepted and reset at once, if that is why there is none.
func (a *asker) cutOff(err error) bool {
	if endOf(err) != evidence.EndReset {
		return false
	}
	a.mute("", false, err, 0)
	return true
}

// endOf is how the other side ended a conversation; nil is a reply that has no end.
func endOf(err error) string {
	switch {
	case err != nil && (isReset(err) || errors.Is(err, ErrCut)):
		return evidence.EndReset
	case err != nil && ended(err):
		return evidence.EndEOF
	}
	return evidence.EndSilent
}

// hangsUp opens a connection, says nothing, and reports whether the other side ends it: took is how long one lived on
// which something had been said. What it says instead is taken as a greeting.
func (a *asker) hangsUp(took time.Duration) bool {
	c, err := a.open(a.ctx)
	if err != nil {
		return a.cutOff(err)
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
