package verdict

import (
	"cmp"
	"slices"

	"whyport/probe/evidence"
)

// What one port's evidence says of others.

// Looked is a port that was looked at, with its verdict.
type Looked struct {
	Port    *evidence.Port
	Verdict Verdict
}

// Shared is one verdict for many ports of an address that were only swept.
type Shared struct {
	Verdict Verdict
	// Walk and Place are the sample's, of a path that was looked at.
	Walk  *evidence.Walk
	Place evidence.Place
	// ICMP is the error that the sample was answered with; nil if there was none.
	ICMP    *evidence.ICMP
	Members []int32 // of the sweep, ascending
}

// Sweep is what a sweep and closer looks have found at one address.
type Sweep struct {
	Host   *evidence.Host
	Swept  []evidence.Swept
	Looked map[int]*Looked // by member
	// Errors are the first ICMP error that the sweep met, by outcome; nil: none.
	Errors [evidence.SweptOutcomes]*evidence.ICMP
}

// Spread gives every port that was only swept the verdict of the ports that were looked at: of the nearest ones before
// and after it with the same outcome, since rules cover ranges. Where those differ, the place is left open.
func (s *Sweep) Spread() (out []Shared) {
	before, after := s.neighbours()
	type key struct {
		outcome evidence.SweptOutcome
		from    *Looked
		differ  bool
	}
	all := map[key]*Shared{}
	var last key // neighbours mostly share a verdict
	var one *Shared
	var kinds []*Looked // one of each verdict
	for m, swept := range s.Swept {
		if s.Looked[m] != nil {
			continue
		}
		k := key{outcome: swept.Outcome, from: cmp.Or(before[m], after[m])}
		if k.from != nil {
			k.differ = after[m] != nil && !alike(k.from, after[m])
			if i := slices.IndexFunc(kinds, func(l *Looked) bool { return alike(l, k.from) }); i >= 0 {
				k.from = kinds[i]
			} else {
				kinds = append(kinds, k.from)
			}
		}
		if one == nil || k != last {
			one, last = all[k], k
		}
		if one == nil {
			made := s.share(swept, k.from, k.differ)
			one = &made
			all[k] = one
		}
		one.Members = append(one.Members, int32(m))
	}
	for _, shared := range all {
		out = append(out, *shared)
	}
	slices.SortFunc(out, func(a, b Shared) int { return int(a.Members[0] - b.Members[0]) })
	return out
}

// neighbours finds, for each member, the nearest members with the same outcome that were looked at.
func (s *Sweep) neighbours() (before, after []*Looked) {
	before, after = make([]*Looked, len(s.Swept)), make([]*Looked, len(s.Swept))
	var last [evidence.SweptOutcomes]*Looked
	meet := func(m int, into []*Looked) {
		o := s.Swept[m].Outcome
		if l := s.Looked[m]; l != nil && s.Swept[m].Agrees(l.Port) {
			last[o] = l
		}
		into[m] = last[o]
	}
	for m := range s.Swept {
		meet(m, before)
	}
	clear(last[:])
	for m := len(s.Swept) - 1; m >= 0; m-- {
		meet(m, after)
	}
	return before, after
}

// alike reports whether two verdicts say the same of the same place.
func alike(a, b *Looked) bool {
	if a.Verdict.State != b.Verdict.State || a.Verdict.Reason != b.Verdict.Reason {
		return false
	}
	x, y := a.Verdict.Where, b.Verdict.Where
	return x == nil && y == nil || x != nil && y != nil && x.Address == y.Address && x.Hop == y.Hop && x.Party == y.Party
}

// share is the verdict of ports that were swept like one that was looked at. Without such a port the judge sees what the
// sweep saw.
func (s *Sweep) share(swept evidence.Swept, from *Looked, differ bool) (b Shared) {
	if from == nil || !swept.Asked() {
		return s.shareSwept(swept)
	}
	b.Verdict = from.Verdict
	b.Verdict.Caveats = without(b.Verdict.Caveats, Lossy, Disagreed)
	if !here(s.Host.Addr, s.Host) {
		b.Verdict = forOthers(b.Verdict)
	}
	if s.Host.Doubted && from.Verdict.Reason == NoResponse {
		b.Verdict = doubt(b.Verdict)
		return b
	}
	if differ {
		b.Verdict.Confidence, b.Verdict.Where = Possible, nil
		return b
	}
	b.Walk, b.Place = from.Port.Walk, evidence.PlaceAssumed
	if best := from.Port.Best(); best != nil {
		b.ICMP = best.ICMP
	}
	return b
}

func (s *Sweep) shareSwept(swept evidence.Swept) (b Shared) {
	p := evidence.Port{Addr: s.Host.Addr, Protocol: evidence.TCP, Attempts: swept.Attempts()}
	if swept.Outcome == evidence.SweptRejected || swept.Outcome == evidence.SweptFailed && !swept.Local {
		b.ICMP = s.Errors[swept.Outcome]
		p.Attempts[len(p.Attempts)-1].ICMP = b.ICMP
	}
	b.Verdict = Judge(&p, s.Host)
	if b.ICMP != nil { // one port's stands for all
		b.Verdict = forOthers(b.Verdict)
	}
	return b
}
