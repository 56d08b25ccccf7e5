package speak

import (
	"errors"
	"slices"
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

// hangsUp opens a connection, says nothing, and reports whether that explains why the other side ended the first one: it
// ends this one, too, or greets.
func (a *asker) hangsUp(first *recorder, end error) bool {
	took := time.Since(first.opened)
	c, err := a.open(a.ctx)
	if err != nil {
		return a.cutOff(first, end, err)
	}
	defer func() { _ = c.Close() }()
	said, err := c.listen(a.patience(min(2*took+hangUpWait, greetingWait), 0.4), a.heardOf)
	switch {
	case len(said) > 0:
		_, n, at := c.heard()
		a.banner(said, n, at.Sub(c.opened))
		a.identify(said)
	case err != nil && !timedOut(err):
		a.endedUnasked(first, end, err, time.Since(c.opened))
		return true
	}
	return len(said) > 0
}

// cutOff keeps that a further connection was accepted and reset at once, if that is why there is none.
func (a *asker) cutOff(first *recorder, end, err error) bool {
	if endOf(err) != evidence.EndReset {
		return false
	}
	a.endedUnasked(first, end, err, 0)
	return true
}

// clearlyLonger is more than chance: a busy server accepts late.
const clearlyLonger = 20 * time.Millisecond

// endedUnasked keeps that a further connection ended before anything was said on it. Where the first one, which ended with
// end, stood longer or ended in another way, and one more stands later, the other side takes one caller at a time, and
// nothing more can be learned.
func (a *asker) endedUnasked(first *recorder, end, err error, after time.Duration) {
	if first != nil && (first.waited()-after > clearlyLonger || isReset(err) && ended(end)) && a.standsLater(first, after) {
		a.alone()
		return
	}
	a.mute("", false, err, after)
}

// standsLater reports whether another connection, a while after the first one is given up, lasts longer than one that ended
// unasked after so long.
func (a *asker) standsLater(first *recorder, after time.Duration) bool {
	wait := 2*after + hangUpWait
	if a.patience(aloneWait, 0.3) < aloneWait || a.patience(wait, 0.3) < wait {
		return false // no time to find out
	}
	_ = first.Close()
	select {
	case <-time.After(aloneWait):
	case <-a.ctx.Done():
		return false
	}
	c, err := a.open(a.ctx)
	if err != nil {
		return endOf(err) != evidence.EndReset
	}
	defer func() { _ = c.Close() }()
	said, err := c.listen(wait, a.heardOf)
	return len(said) > 0 || timedOut(err)
}

// alone notes that the other side takes one caller at a time: what further connections meet says nothing of the service.
func (a *asker) alone() { a.s.Notes = note(a.s.Notes, evidence.NoteOneCaller) }

func (a *asker) isAlone() bool { return slices.Contains(a.s.Notes, evidence.NoteOneCaller) }
