package evidence

import "time"

// Swept is what a sweep knows of one port, in 8 bytes: a run can have a million of them.
type Swept struct {
	Outcome SweptOutcome
	Tries   uint8
	Local   bool   // the kernel refused before sending
	Micros  uint32 // from the answered SYN to its answer
}

// SweptOutcome is an Outcome in a byte.
type SweptOutcome uint8

// The ways in which a sweep's attempts end.
const (
	SweptNothing SweptOutcome = iota // given up before its time
	SweptOpen
	SweptRefused
	SweptRejected // refused by an ICMP error
	SweptFailed
	SweptSilent
	SweptNoSocket

	SweptOutcomes = int(SweptNoSocket) + 1
)

// Outcome is the same in words.
func (o SweptOutcome) Outcome() Outcome {
	return [...]Outcome{Interrupted, Connected, Refused, Refused, Failed, Silent, NoSocket}[o]
}

// Answered reports a SYN-ACK or a RST.
func (s Swept) Answered() bool { return s.Outcome == SweptOpen || s.Outcome == SweptRefused }

// Asked reports whether the sweep came to an end with the port.
func (s Swept) Asked() bool { return s.Outcome != SweptNothing && s.Outcome != SweptNoSocket }

// Attempts are the SYNs that a sweep sent: the last one was answered, if any was.
func (s Swept) Attempts() []Attempt {
	if !s.Asked() { // the silence before says nothing: it was not listened to for long enough
		return []Attempt{{Outcome: s.Outcome.Outcome()}}
	}
	all := make([]Attempt, max(1, s.Tries))
	for i := range all {
		all[i].Outcome = Silent
	}
	last := &all[len(all)-1]
	last.Outcome, last.Elapsed, last.Local = s.Outcome.Outcome(), time.Duration(s.Micros)*time.Microsecond, s.Local
	return all
}

// Agrees reports whether a close look at a port found what the sweep had found, so that it speaks for other ports like
// it. An ICMP error that was held back from the sweep explains its silence.
func (s Swept) Agrees(p *Port) bool {
	best := p.Best()
	switch {
	case best == nil:
		return false
	case s.Answered():
		return best.Outcome == s.Outcome.Outcome() && best.ICMP == nil
	}
	return best.Outcome == s.Outcome.Outcome() || best.ICMP != nil
}

// Corrected is the true outcome of a port that the sweep called silent and that has answered a closer look since; false
// where there is nothing to correct. An ICMP error that was held back explains the sweep's silence.
func (s Swept) Corrected(p *Port) (SweptOutcome, bool) {
	best := p.Best()
	if s.Outcome != SweptSilent || best == nil || best.ICMP != nil || best.Local || best.TTL != 0 || best.MinTTL != 0 {
		return s.Outcome, false
	}
	switch best.Outcome {
	case Connected:
		return SweptOpen, true
	case Refused:
		return SweptRefused, true
	}
	return s.Outcome, false
}
