package verdict

import "whyport/probe/evidence"

// Onward says whether clients get on to where a server sends them.
type Onward int

// Whether they do.
const (
	OnwardUnknown Onward = iota // not tested
	OnwardWorks                 // a TCP connection stands
	OnwardFails                 // no connection, or no address to connect to
)

// OnwardOf is what became of one referral.
func OnwardOf(r *evidence.Referral) Onward {
	switch r.Skipped {
	case evidence.SkippedSelf, evidence.SkippedNowhere:
		return OnwardFails
	case evidence.SkippedExcluded, evidence.SkippedTooMany:
		return OnwardUnknown
	}
	if NothingToTest(&r.Resolution) {
		if r.Resolution.Problem == evidence.LookupInterrupted {
			return OnwardUnknown
		}
		return OnwardFails
	}
	out := OnwardUnknown
	for i := range r.Reached {
		switch best := r.Reached[i].Best(); {
		case best == nil || best.Outcome == evidence.Interrupted || best.Outcome == evidence.NoSocket || best.Outcome == evidence.NotRun:
		case best.Outcome == evidence.Connected:
			return OnwardWorks
		default:
			out = OnwardFails
		}
	}
	return out
}

// onward counts the referrals.
func (o *observed) onward() (works, fails, unknown int) {
	for i := range o.port.Referred {
		switch OnwardOf(&o.port.Referred[i]) {
		case OnwardWorks:
			works++
		case OnwardFails:
			fails++
		case OnwardUnknown:
			unknown++
		}
	}
	return works, fails, unknown
}

// referredNowhere reports that clients get on to none of the addresses that the server sends them to.
func (o *observed) referredNowhere() bool {
	works, fails, unknown := o.onward()
	return fails > 0 && works == 0 && unknown == 0
}

// referredPartly reports that some of them can't be reached.
func (o *observed) referredPartly() bool {
	_, fails, _ := o.onward()
	return fails > 0
}
