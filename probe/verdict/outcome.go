package verdict

import "slices"

// Verdicts that rules have in common, and how they are made weaker.

func says(s State, r Reason) outcome {
	return func(*observed) Verdict { return Verdict{State: s, Reason: r} }
}

func usable(s State, r Reason) outcome {
	return func(*observed) Verdict { return Verdict{State: s, Reason: r, Usable: true} }
}

func atHome(s State, r Reason) outcome {
	return func(o *observed) Verdict {
		return Verdict{State: s, Reason: r, Where: &Where{Party: ThisComputer, Confidence: Certain}}
	}
}

func atMost(c, limit Confidence) Confidence {
	rank := map[Confidence]int{Possible: 1, Likely: 2, Certain: 3}
	if rank[c] > rank[limit] {
		return limit
	}
	return c
}

// forOthers is a port's verdict for others that were treated like it: no surer than likely.
func forOthers(v Verdict) Verdict {
	v.Confidence = atMost(v.Confidence, Likely)
	if !v.Has(SameRule) {
		v.Caveats = append(slices.Clone(v.Caveats), SameRule)
	}
	return v
}

// doubt is the verdict on a silent port of a host that has answered late for others, or less and less: it may be no more
// than that. What this computer knows of itself is not doubted.
func doubt(v Verdict) Verdict {
	if v.Reason != NoResponse {
		return v
	}
	v.Confidence, v.Where = Possible, nil
	v.Caveats = append(without(v.Caveats, SameRule, Lossy), Lossy)
	return v
}

// restsOnWaiting reports a verdict that says of the port that nothing came.
func restsOnWaiting(v *Verdict) bool {
	switch v.Reason {
	case NoResponse, TLSNoResponse, SNINoResponse:
		return true
	}
	return v.Has(NothingSpoke)
}

// starved is what is left of such a verdict where this program hardly ran.
func starved(v Verdict) Verdict {
	v.Confidence = Possible
	if v.Where != nil {
		where := *v.Where
		where.Confidence, v.Where = Possible, &where
	}
	v.Caveats = append(slices.Clone(v.Caveats), Starved)
	return v
}

func without(all []Caveat, some ...Caveat) []Caveat {
	return slices.DeleteFunc(slices.Clone(all), func(c Caveat) bool { return slices.Contains(some, c) })
}
