package probe

import (
	"cmp"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// share gives every port that was only swept the verdict of the ports that were looked at: of the nearest ones before
// and after it with the same outcome, since rules cover ranges. Where those differ, the place is left open.
func share(u *unit, all []swept, judged map[int]*Result) []Bulk {
	before, after := neighbours(all, judged)
	type key struct {
		outcome sweptOutcome
		from    *Result
		differ  bool
	}
	bulks := map[key]*Bulk{}
	var last key // neighbours mostly share a bulk
	var b *Bulk
	var kinds []*Result // one of each verdict
	for m, s := range all {
		if judged[m] != nil {
			continue
		}
		k := key{outcome: s.outcome, from: cmp.Or(before[m], after[m])}
		if k.from != nil {
			k.differ = after[m] != nil && !alike(k.from, after[m])
			if i := slices.IndexFunc(kinds, func(r *Result) bool { return alike(r, k.from) }); i >= 0 {
				k.from = kinds[i]
			} else {
				kinds = append(kinds, k.from)
			}
		}
		if b == nil || k != last {
			b, last = bulks[k], k
		}
		if b == nil {
			made := template(u, s, k.from, k.differ)
			b = &made
			bulks[k] = b
		}
		b.Ports = append(b.Ports, BulkPort{Candidate: int32(u.members[m]), Micros: s.micros, Tries: s.tries, Outcome: s.outcome})
	}
	var out []Bulk
	for _, b := range bulks {
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b Bulk) int { return int(a.Ports[0].Candidate) - int(b.Ports[0].Candidate) })
	return out
}

// neighbours finds, for each member, the nearest judged members with the same swept outcome.
func neighbours(all []swept, judged map[int]*Result) (before, after []*Result) {
	before, after = make([]*Result, len(all)), make([]*Result, len(all))
	var last [sweptNoSocket + 1]*Result
	for m := range all {
		if r := judged[m]; r != nil && agrees(r, all[m].outcome) {
			last[all[m].outcome] = r
		}
		before[m] = last[all[m].outcome]
	}
	clear(last[:])
	for m := len(all) - 1; m >= 0; m-- {
		if r := judged[m]; r != nil && agrees(r, all[m].outcome) {
			last[all[m].outcome] = r
		}
		after[m] = last[all[m].outcome]
	}
	return before, after
}

// agrees reports whether a close look found what the sweep had found, so that it speaks for other ports like it. An
// ICMP error that was held back from the sweep explains its silence.
func agrees(r *Result, o sweptOutcome) bool {
	best := r.Port.Best()
	switch {
	case best == nil:
		return false
	case o == sweptOpen || o == sweptRefused:
		return best.Outcome == o.evidence() && best.ICMP == nil
	}
	return best.Outcome == o.evidence() || best.ICMP != nil
}

// alike reports whether two verdicts say the same of the same place.
func alike(a, b *Result) bool {
	if a.Verdict.State != b.Verdict.State || a.Verdict.Reason != b.Verdict.Reason {
		return false
	}
	x, y := a.Verdict.Where, b.Verdict.Where
	return x == nil && y == nil || x != nil && y != nil && x.Address == y.Address && x.Hop == y.Hop && x.Party == y.Party
}

// template is the bulk of ports that share a verdict. Without a port to go by the judge sees what the sweep saw.
func template(u *unit, s swept, from *Result, differ bool) Bulk {
	b := Bulk{Address: u.address, Addr: u.h.addr}
	p := evidence.Port{Addr: u.h.addr, Protocol: evidence.TCP, Attempts: s.attempts()}
	if s.outcome == sweptRejected || s.outcome == sweptFailed && !s.local {
		b.ICMP = u.icmp[s.outcome].Load()
		p.Attempts[len(p.Attempts)-1].ICMP = b.ICMP
	}
	if from == nil || s.outcome == sweptNothing || s.outcome == sweptNoSocket {
		b.Verdict = verdict.Judge(&p, u.h.snapshot())
		if b.ICMP != nil { // one port's stands for all
			b.Verdict = shared(b.Verdict)
		}
		if u.doubtful {
			b.Verdict = doubted(b.Verdict)
		}
		return b
	}
	b.Verdict = from.Verdict
	b.Verdict.Caveats = slices.DeleteFunc(slices.Clone(b.Verdict.Caveats), func(c verdict.Caveat) bool { return c == verdict.Lossy || c == verdict.Disagreed })
	if !u.h.here() {
		b.Verdict = shared(b.Verdict)
	}
	if u.doubtful && from.Verdict.Reason == verdict.NoResponse {
		b.Verdict = doubted(b.Verdict)
		return b
	}
	if differ {
		b.Verdict.Confidence, b.Verdict.Where, b.ICMP = verdict.Possible, nil, nil
		return b
	}
	b.Walk, b.Place = from.Port.Walk, evidence.PlaceAssumed
	if best := from.Port.Best(); best != nil {
		b.ICMP = best.ICMP
	}
	return b
}

// shared is a port's verdict for others that were treated like it: no surer than likely.
func shared(v verdict.Verdict) verdict.Verdict {
	if v.Confidence == verdict.Certain {
		v.Confidence = verdict.Likely
	}
	if !v.Has(verdict.SameRule) {
		v.Caveats = append(slices.Clone(v.Caveats), verdict.SameRule)
	}
	return v
}

// doubted is the verdict on a silent port of a host that has answered late for others, or less and less: it may be no
// more than that.
func doubted(v verdict.Verdict) verdict.Verdict {
	if v.Reason != verdict.NoResponse {
		return v
	}
	v.Confidence, v.Where = verdict.Possible, nil
	v.Caveats = slices.DeleteFunc(slices.Clone(v.Caveats), func(c verdict.Caveat) bool { return c == verdict.SameRule || c == verdict.Lossy })
	v.Caveats = append(v.Caveats, verdict.Lossy)
	return v
}
