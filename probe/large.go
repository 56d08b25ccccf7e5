package probe

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

// A run is large above this many probes in all, or on one host. A large run sweeps first and then looks closely at
// the open ports and at a sample of the others.
const (
	largeRun  = 2000
	largeHost = 100
)

// IsLarge reports whether a plan makes a large run.
func IsLarge(p *Plan) bool {
	total := 0
	for _, t := range p.Targets {
		if len(t.Candidates) > largeHost {
			return true
		}
		total += len(t.Candidates)
	}
	return total > largeRun
}

// endpoint is a member of a unit.
type endpoint struct{ unit, member int32 }

// batchTargets is how many targets a sweep has at most, so that memory does not grow with their number.
const batchTargets = 1024

// large tests a plan by sweeps, and gives up what is known of a target when it has been handed over.
func (r *runner) large(ctx context.Context, plan Plan, out *Run) {
	r.few = len(plan.Targets) <= fewHosts
	for i, t := range plan.Targets {
		out.Targets[i] = TargetRun{Target: t, index: i}
	}
	for batch := range slices.Chunk(out.Targets, batchTargets) {
		r.batch(ctx, batch, out)
		for i := range batch {
			batch[i].sortResults()
			batch[i].Met = batch[i].meets()
		}
		corroborate(batch)
		for i := range batch {
			if t := &batch[i]; r.options.Done != nil {
				r.options.Done(out, t.index)
				t.Results, t.Bulk, t.Hosts, t.Released = nil, nil, nil, true
			}
		}
	}
}

// batch tests some targets by a sweep.
func (r *runner) batch(ctx context.Context, batch []TargetRun, out *Run) {
	units, others := r.units(ctx, batch)
	q := &looks{}
	for _, u := range units {
		if p := u.post(); p != nil {
			q.add(func() { u.look(ctx, p, swept{outcome: sweptSilent}, socket.End{}) })
		}
	}
	if pace := r.sweep(ctx, units, visits(units), q, r.options.Progress, r.sweepRate); pace > 0 {
		r.pace.limit(pace)
		r.sweepRate = pace
	}
	var wg sync.WaitGroup
	gate := newLimiter(hostsAtOnce)
	for _, u := range units {
		gate.acquire(context.WithoutCancel(ctx))
		wg.Go(func() {
			defer gate.release()
			r.conclude(ctx, u, &out.Targets[u.target], q)
		})
	}
	wg.Wait()
	q.wait()
	others()
}

// sweep asks the endpoints in order, one sweep at a time: each may use all that is allowed. Those that are worth it are
// looked at closely, by q, while it goes on. rate is in SYNs a second, as is what it returns: how slow it had to become;
// 0 is no limit.
func (r *runner) sweep(ctx context.Context, units []*unit, order []endpoint, q *looks, progress func(int), rate int) (pace int) {
	r.sweeping.Lock()
	defer r.sweeping.Unlock()
	if len(order) == 0 {
		return 0
	}
	var patience time.Duration
	if units[0].few {
		patience = min(neighborTimeout, r.options.Timeout)
	}
	s := &sweep{
		count: len(order), hosts: len(units), limit: sweepSockets(r.sweepLimit), rate: rate, longest: r.options.Timeout,
		endpoint: func(i int) netip.AddrPort {
			u := units[order[i].unit]
			return u.h.endpoint(u.candidate(int(order[i].member)).Port)
		},
		host:     func(i int) int { return int(order[i].unit) },
		known:    func(host int) time.Duration { return units[host].h.rtt.get() },
		progress: progress,
		patience: patience,
		look: func(i int, seen swept, e socket.End) {
			u, m := units[order[i].unit], int(order[i].member)
			u.meet(seen, e)
			p := u.chosen(m, seen.outcome)
			if p == nil || !q.short() { // connections are not kept waiting for long
				e.Drop()
			}
			if p != nil {
				q.add(func() { u.look(ctx, p, seen, e) })
			}
		},
	}
	for i, seen := range s.run(ctx) {
		units[order[i].unit].note(int(order[i].member), seen)
	}
	oneServer := !slices.ContainsFunc(units, func(u *unit) bool { return u.target != units[0].target })
	for _, u := range units {
		u.doubtful = u.doubtful || s.gaveUp.Load() && u.count(swept.answered) > 0
		if s.limited.Load() && oneServer { // or nobody knows whose it is
			u.h.learn(func(f *evidence.Host) { f.SYNLimit = s.pace() })
		}
	}
	return s.pace()
}

// visits is the order in which endpoints are asked: ports that servers often have first, since an answer, of
// whatever kind, tells how long the others have to be waited for; then host by host for each port, so that no host
// gets all SYNs at once.
func visits(units []*unit) (order []endpoint) {
	n, longest := 0, 0
	for _, u := range units {
		n, longest = n+len(u.members), max(longest, len(u.members))
	}
	order = make([]endpoint, 0, n)
	for _, usual := range []bool{true, false} {
		for m := range longest {
			for i, u := range units {
				if m < len(u.members) && slices.Contains(usualPorts, u.candidate(m).Port) == usual {
					order = append(order, endpoint{int32(i), int32(m)})
				}
			}
		}
	}
	return order
}

var usualPorts = []uint16{22, 80, 443, 25, 53, 135, 139, 445, 587, 993, 3389, 5985, 8080, 8443}

// sweepConcurrency is how many sockets a sweep may grow to unless --concurrency says otherwise: the window begins
// small and grows only while nothing is lost.
const sweepConcurrency = 16_384

// units resolves the names of a batch. What is not swept (UDP, names that do not resolve) is left to the function
// that it returns.
func (r *runner) units(ctx context.Context, batch []TargetRun) (units []*unit, others func()) {
	perTarget := make([][]*unit, len(batch))
	rest := make([][]func(), len(batch))
	each := newLimiter(hostsAtOnce)
	var wg sync.WaitGroup
	for i := range batch {
		batch[i].Hosts = map[netip.Addr]*evidence.Host{}
		each.acquire(context.WithoutCancel(ctx))
		wg.Go(func() {
			defer each.release()
			perTarget[i], rest[i] = r.unitsOf(ctx, &batch[i])
		})
	}
	wg.Wait()
	units = slices.Concat(perTarget...)
	for _, u := range units {
		u.prepare(ctx, r.few && len(units) <= fewHosts)
	}
	return units, func() {
		for _, f := range slices.Concat(rest...) {
			f()
		}
	}
}

// unitsOf are one target's addresses, for itself and for the hosts that a profile names.
func (r *runner) unitsOf(ctx context.Context, run *TargetRun) (units []*unit, rest []func()) {
	index, t := run.index, run.Target
	add := func(res Result) {
		res.Target = index
		r.collect.Lock()
		run.Results = append(run.Results, res)
		r.collect.Unlock()
		r.emit(res)
	}
	for name, members := range byHost(t) {
		resolution := resolve(ctx, asTarget(t, name), r.options)
		if name == "" {
			run.Resolution = resolution
		}
		if resolution.Problem != "" {
			for _, c := range members {
				add(unresolved(c, t.Candidates[c], resolution.Problem))
			}
			continue
		}
		udp := slices.DeleteFunc(slices.Clone(members), func(c int) bool { return t.Candidates[c].Protocol != evidence.UDP })
		tcp := slices.DeleteFunc(slices.Clone(members), func(c int) bool { return t.Candidates[c].Protocol == evidence.UDP })
		for a, addr := range resolution.Addresses {
			h := newHost(r, asTarget(t, name), addr, nil)
			units = append(units, newUnit(h, index, a, tcp))
			if len(udp) > 0 {
				rest = append(rest, func() {
					h := newHost(r, asTarget(t, name), addr, udp)
					h.probe(ctx, func(candidate int, p evidence.Port) {
						add(Result{Candidate: candidate, Address: a, Port: p, Verdict: verdict.Judge(&p, h.snapshot())})
					})
				})
			}
		}
	}
	return units, rest
}
