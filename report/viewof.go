package report

import "time"

// ViewOf is a report that was saved, as people read it. Ports that share what is said of them share an entry, as in the
// view of a run.
func ViewOf(doc *Document) *View {
	v := &View{Document: doc}
	for i := range doc.Targets {
		t := &doc.Targets[i]
		v.Targets = append(v.Targets, &TargetView{Target: t, Entries: savedEntries(t)})
	}
	return v
}

// sharedKey is what ports have in common that say the same.
type sharedKey struct{ address, host, protocol, state, reason, usable, why, next, where string }

func savedEntries(t *Target) (out []*Entry) {
	groups := map[sharedKey][]int{}
	key := func(p *Port) sharedKey {
		return sharedKey{Value(p.Address), Value(p.Host), p.Protocol, p.State, p.Reason, UsableKey(p), p.Why, Value(p.NextStep),
			WhereKey(p.Where)}
	}
	for i := range t.Ports {
		k := key(&t.Ports[i])
		groups[k] = append(groups[k], i)
	}
	for i := range t.Ports {
		p := &t.Ports[i]
		together := groups[key(p)]
		if len(together) <= ManyUnusable || IsTrue(p.Usable) {
			together = []int{i}
		}
		if together[0] != i {
			continue
		}
		e := &Entry{Port: p}
		for _, j := range together {
			e.Numbers = append(e.Numbers, t.Ports[j].Port)
		}
		if p.Connect != nil {
			e.Answered = time.Duration(float64(*p.Connect) * float64(time.Millisecond))
		}
		out = append(out, e)
	}
	return out
}
