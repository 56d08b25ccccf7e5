package speak

import (
	"slices"
	"time"

	"whyport/probe/evidence"
)

// mute keeps how a conversation ended in which the other side said nothing.
func (a *asker) mute(said string, inside bool, err error, after time.Duration) {
	end := endOf(err)
	if a.interrupted() || a.promised() == nil && a.usual.Loose && end == evidence.EndSilent {
		return
	}
	a.s.Mute = append(a.s.Mute, evidence.Mute{Said: said, Inside: inside, End: end, After: after})
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

// hangsUp opens a connection, says nothing, and reports whether that explains why the other side ended the first one, which
// took so long after something had been said on it: it ends this one, too, or greets. Where it ends this one in another way
// it takes one caller at a time, and nothing more can be learned.
func (a *asker) hangsUp(first *recorder, end error, took time.Duration) bool {
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
		if after := time.Since(c.opened); after < first.waited()*3/4 || isReset(err) && ended(end) {
			a.alone()
		} else {
			a.mute("", false, err, after)
		}
		return true
	}
	return len(said) > 0
}

// alone notes that the other side takes one caller at a time: what further connections meet says nothing of the service.
func (a *asker) alone() { a.s.Notes = note(a.s.Notes, evidence.NoteOneCaller) }

func (a *asker) isAlone() bool { return slices.Contains(a.s.Notes, evidence.NoteOneCaller) }
