package probe

import (
	"context"
	"slices"
	"sync"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/socket"
)

// A run is large above this many probes in all, or on one host. A large run sweeps first and then looks closely at
// the open ports and at a sample of the others.
const (
	largeRun  = 2000
	largeHost = 100
)

// IsLarge reports whether a plan makes a large run.
func IsLarge(p *Plan) bool {
	if p.Options.ProxyOnly {
		return false // a proxy is asked port by port
	}
	total := 0
	for _, t := range p.Targets {
		if len(t.Candidates) > largeHost {
			return true
		}
		total += len(t.Candidates)
	}
	return total > largeRun
}

// batchTargets is how many targets a sweep has at most, so that memory does not grow with their number.
const batchTargets = 1024

// large tests targets by sweeps, and gives up what is known of one when it has been handed over.
func (r *runner) large(ctx context.Context, out *Run) {
	r.few = len(out.Targets) <= fewHosts
	r.many = !r.few
	for batch := range slices.Chunk(out.Targets, batchTargets) {
		r.batch(ctx, batch)
		r.relay(ctx, batch)
		for i := range batch {
			r.visitedInAll(&batch[i])
			batch[i].finish()
		}
		corroborate(batch)
		for i := range batch {
			if t := &batch[i]; r.hooks.Done != nil {
				r.hooks.Done(out, t.index)
				for a := range t.Hosts {
					r.tally.Forget(a)
				}
				t.Results, t.Bulk, t.Hosts, t.Released = nil, nil, nil, true
			}
		}
	}
	if r.hooks.Done == nil {
		corroborate(out.Targets)
	}
}

// batch tests some targets by a sweep.
func (r *runner) batch(ctx context.Context, batch []TargetRun) {
	surveys, datagrams := r.surveys(ctx, batch)
	q := &queue{}
	for _, u := range surveys {
		if p := u.post(); p != nil {
			q.add(func() { u.look(ctx, p, evidence.Swept{Outcome: evidence.SweptSilent}, socket.End{}) })
		}
	}
	if pace := r.sweep(ctx, surveys, visits(surveys), q, r.hooks.Progress, r.sweepRate); pace > 0 {
		r.limits.Pace.Limit(pace)
		r.sweepRate = pace
	}
	atOnce(surveys, func(u *survey) { u.conclude(ctx, q) })
	q.wait()
	for _, f := range datagrams {
		f()
	}
}

// surveys are the addresses of a batch, with their TCP ports. UDP ports are not swept, but left to functions.
func (r *runner) surveys(ctx context.Context, batch []TargetRun) (all []*survey, datagrams []func()) {
	var indexes []int
	for i := range batch {
		indexes = append(indexes, i)
	}
	addresses := make([][]address, len(batch))
	atOnce(indexes, func(i int) { addresses[i] = r.resolve(ctx, &batch[i]) })
	for i := range batch {
		for _, a := range addresses[i] {
			isUDP := func(c int) bool { return a.target.Candidates[c].Protocol == evidence.UDP }
			tcp := slices.DeleteFunc(slices.Clone(a.members), isUDP)
			all = append(all, r.newSurvey(&batch[i], a, tcp))
			if udp := slices.DeleteFunc(slices.Clone(a.members), func(c int) bool { return !isUDP(c) }); len(udp) > 0 {
				datagrams = append(datagrams, func() { r.address(ctx, &batch[i], a, udp) })
			}
		}
	}
	for _, u := range all {
		u.prepare(ctx, r.few && len(all) <= fewHosts)
	}
	return all, datagrams
}

// atOnce runs f for all, hostsAtOnce at a time.
func atOnce[T any](all []T, f func(T)) {
	gate := line.NewSlots(hostsAtOnce)
	var wg sync.WaitGroup
	for _, one := range all {
		gate.Acquire(context.Background())
		wg.Go(func() {
			defer gate.Release()
			f(one)
		})
	}
	wg.Wait()
}
