package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// Holding is what becomes of connections to a port that stay idle; the zero value is "not asked".
type Holding string

// What becomes of them.
const (
	HoldKept      Holding = "idle-kept"      // the longest silence did no harm
	HoldForgotten Holding = "idle-forgotten" // packets are dropped after it, those of a fresh connection are not
	HoldReset     Holding = "idle-reset"
	HoldClosed    Holding = "idle-closed" // in order, while nothing was said
	HoldUnclear   Holding = "idle-unclear"
)

// Holdings are all of them.
func Holdings() []Holding {
	return []Holding{HoldKept, HoldForgotten, HoldReset, HoldClosed, HoldUnclear}
}

// Held is a holding with the silences between which it happens.
type Held struct {
	Holding  Holding
	Survived time.Duration // the longest silence that did no harm; 0: none
	Lost     time.Duration // the shortest that did; 0: none
	Unasked  bool          // it ended by itself, after Lost
}

// JudgeHold says what the silences show. A connection that a longer silence did not harm shows that a shorter one's end was
// another matter: then nothing is established.
func JudgeHold(h *evidence.Hold) Held {
	if h == nil || len(h.Idles) == 0 {
		return Held{}
	}
	var out Held
	var lost *evidence.Idle
	for i := range h.Idles {
		switch idle := &h.Idles[i]; {
		case idle.End == evidence.EndAnswered:
			out.Survived = max(out.Survived, idle.For)
		case lost == nil || idle.For < lost.For:
			lost = idle
		}
	}
	if lost == nil {
		out.Holding = HoldKept
		return out
	}
	out.Lost, out.Unasked = lost.For, lost.Unasked
	fresh := h.Fresh == evidence.EndAnswered
	switch {
	case out.Survived >= lost.For:
		out.Holding = HoldUnclear
	case lost.End == evidence.EndEOF && lost.Unasked:
		out.Holding = HoldClosed
	case lost.End == evidence.EndReset && (lost.Unasked || fresh):
		out.Holding = HoldReset
	case lost.End == evidence.EndSilent && fresh:
		out.Holding = HoldForgotten
	default:
		out.Holding = HoldUnclear
	}
	return out
}
