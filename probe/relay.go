package probe

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"whyport/probe/evidence"
	"whyport/probe/proxy"
)

// Bounds of what a large run asks for through proxies, after its sweep.
const (
	maxRelayed = 64             // ports
	maxChosen  = 4 * maxRelayed // for which the way is looked up
)

// Relayed is how many of a target's ports that the direct way does not reach a large run asked for through a proxy, and how many
// it did not ask for, as there are too many.
type Relayed struct{ Asked, Left int }

// stranded is a port that the direct way does not reach.
type stranded struct {
	res  Result
	bulk int // index among the target's bulks; -1: it is among the results
}

// relay asks for some ports that the sweep found not to be usable through the proxies that lead there: in turn of each target one,
// those of the web first. Their results get what came through; what shared a verdict with others gets a result of its own.
func (r *runner) relay(ctx context.Context, batch []TargetRun) {
	if r.relaying == nil || ctx.Err() != nil {
		return
	}
	r.options.Proxy = r.relaying
	defer func() { r.options.Proxy = nil }()
	lists := make([][]stranded, len(batch))
	chosen := make([][]stranded, len(batch))
	total := 0
	for i := range batch {
		lists[i] = batch[i].stranded()
		total += len(lists[i])
	}
	servers := make([][]proxy.Server, len(batch))
	for n := 0; total > 0 && r.relayed < maxRelayed && r.chosen < maxChosen; n++ {
		some := false
		for i := range batch {
			if n >= len(lists[i]) || r.relayed >= maxRelayed {
				continue
			}
			some, r.chosen = true, r.chosen+1
			m, t := lists[i][n], &batch[i]
			want := t.Target.Candidates[m.res.Candidate]
			if s, is := r.routed(asTarget(t.Target, want.Host), want); is {
				chosen[i], servers[i] = append(chosen[i], m), append(servers[i], s)
				r.relayed++
			}
		}
		if !some {
			break
		}
	}
	var asking sync.WaitGroup
	for i := range batch {
		t := &batch[i]
		for k := range chosen[i] {
			asking.Go(func() { r.relayOne(ctx, t, &chosen[i][k], servers[i][k]) })
		}
	}
	asking.Wait()
	for i := range batch {
		if len(chosen[i]) > 0 {
			batch[i].relay(chosen[i], len(lists[i])-len(chosen[i]))
		}
	}
}

func (r *runner) relayOne(ctx context.Context, t *TargetRun, m *stranded, s proxy.Server) {
	target := asTarget(t.Target, t.Target.Candidates[m.res.Candidate].Host)
	a := address{target: target, index: m.res.Address, addr: m.res.Port.Addr}
	m.res.Through = r.onceThrough(ctx, t, a, m.res.Candidate, s)
}

// stranded are the TCP ports that the direct way does not reach.
func (t *TargetRun) stranded() (out []stranded) {
	add := func(res Result, bulk int) {
		if !res.Verdict.Usable && res.Port.Protocol == evidence.TCP {
			out = append(out, stranded{res, bulk})
		}
	}
	for i := range t.Results {
		add(t.Results[i], -1)
	}
	for b := range t.Bulk {
		if !t.Bulk[b].Verdict.Usable {
			for _, p := range t.Bulk[b].Ports {
				add(t.Bulk[b].Result(t, t.index, p), b)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b stranded) int {
		return cmp.Or(cmp.Compare(rank(a.res.Port.Port), rank(b.res.Port.Port)), cmp.Compare(a.res.Candidate, b.res.Candidate))
	})
	return out
}

// rank puts first what proxies are made for, then what has a well-known port.
func rank(port uint16) int {
	switch {
	case port == 443 || port == 80:
		return 0
	case port == 8443 || port == 8080:
		return 1
	case port < 1024:
		return 2
	}
	return 3
}

// relay keeps what came through.
func (t *TargetRun) relay(all []stranded, left int) {
	t.Relayed = Relayed{len(all), left}
	for _, m := range all {
		if m.bulk < 0 {
			i := slices.IndexFunc(t.Results, func(r Result) bool {
				return r.Candidate == m.res.Candidate && r.Address == m.res.Address && r.Port.Addr == m.res.Port.Addr
			})
			t.Results[i].Through = m.res.Through
			continue
		}
		b := &t.Bulk[m.bulk]
		b.Ports = slices.DeleteFunc(b.Ports, func(p BulkPort) bool { return int(p.Candidate) == m.res.Candidate })
		t.Results = append(t.Results, m.res)
	}
	t.Bulk = slices.DeleteFunc(t.Bulk, func(b Bulk) bool { return len(b.Ports) == 0 })
}
