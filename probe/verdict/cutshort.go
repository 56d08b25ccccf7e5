package verdict

// cutShort: the user's time-out ended the looks at the port. What is known without them stays; the rest is possible.
func cutShort(o *observed, v Verdict) Verdict {
	if v.Where != nil && v.Where.Party == ThisComputer {
		return v
	}
	if o.icmp == nil && v.State != Unknown {
		v.Confidence = Possible
	}
	if v.Where != nil {
		place := *v.Where
		place.Confidence = Possible
		v.Where = &place
	}
	v.Caveats = append(v.Caveats, CutShort)
	return v
}
