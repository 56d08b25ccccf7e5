package probe

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// A run is large above this many probes in all, or on one host. A large run sweeps first and then looks closely at
// the open ports and at a sample of the others.
const (
	largeRun  = 2000
	largeHost = 256
)

// What a large run looks at closely, for each host: open ports, and a sample of the others while there are few hosts.
const (
	looksOpen   = 1024
	looksSample = 12
	fewHosts    = 16
	lookers     = 64 // at the same time
)

func isLarge(p Plan) bool {
	total := 0
	for _, t := range p.Targets {
		if len(t.Candidates) > largeHost {
			return true
		}
		total += len(t.Candidates)
	}
	return total > largeRun
}

// unit is one address of a large run.
type unit struct {
	h       *host
	target  int
	address int
	members []int // TCP candidates that are swept
	ports   []*port
	begun   [sweptNoSocket + 1]atomic.Int32 // looks begun, by outcome
	mu      sync.Mutex
	looked  map[int]*port // by member
}

// large tests a plan by a sweep.
func (r *runner) large(ctx context.Context, plan Plan, out *Run) {
	units, others := r.units(ctx, plan, out)
	type endpoint struct{ unit, member int32 }
	var order []endpoint // host by host for each port, so that no host gets all SYNs at once
	for m, more := 0, true; more; m++ {
		more = false
		for u := range units {
			if m < len(units[u].members) {
				order, more = append(order, endpoint{int32(u), int32(m)}), true
			}
		}
	}
	q := &looks{}
	s := &sweep{
		count: len(order), hosts: len(units), limit: sweepSockets(max(r.options.Concurrency, sweepConcurrency)), rate: r.options.Rate,
		endpoint: func(i int) netip.AddrPort {
			u := units[order[i].unit]
			return u.h.endpoint(u.candidate(int(order[i].member)).Port)
		},
		host:     func(i int) int { return int(order[i].unit) },
		progress: r.options.Progress,
		look: func(i int, o sweptOutcome) {
			if u, m := units[order[i].unit], int(order[i].member); u.worth(m, o, len(units) <= fewHosts) {
				q.add(func() { u.look(ctx, m, o) })
			}
		},
	}
	swepts := s.run(ctx)
	perUnit := make([][]swept, len(units))
	for u := range units {
		perUnit[u] = make([]swept, len(units[u].members))
	}
	for i, o := range order {
		perUnit[o.unit][o.member] = swepts[i]
	}
	q.wait()
	var wg sync.WaitGroup
	gate := newLimiter(hostsAtOnce)
	for i, u := range units {
		gate.acquire(context.WithoutCancel(ctx))
		wg.Go(func() {
			defer gate.release()
			r.conclude(ctx, u, perUnit[i], &out.Targets[u.target], len(units) <= fewHosts)
		})
	}
	wg.Wait()
	others()
	for i := range out.Targets {
		out.Targets[i].sortResults()
		out.Targets[i].Met = out.Targets[i].meets()
	}
}

// sweepConcurrency is how many sockets a sweep may grow to unless --concurrency allows more: the window begins
// small and grows only while nothing is lost.
const sweepConcurrency = 16_384

// candidate is what a member stands for.
func (u *unit) candidate(m int) Candidate { return u.h.target.Candidates[u.members[m]] }

// worth reports whether a port is looked at closely: an open one, and, on few hosts, the first and some evenly
// spread ones of each other outcome.
func (u *unit) worth(m int, o sweptOutcome, few bool) bool {
	switch {
	case o == sweptOpen:
		return u.begun[o].Add(1) <= looksOpen
	case !few || u.h.here() && o == sweptRefused:
		return false
	case o == sweptSilent: // one is watched for longer than its SYN's first retransmit; a sample follows the sweep
		return u.begun[o].CompareAndSwap(0, 1)
	case m%max(1, len(u.members)/looksSample) == 0:
		u.begun[o].Add(1)
		return true
	}
	return u.begun[o].CompareAndSwap(0, 1)
}

// look is the close look at one port; a port is looked at once.
func (u *unit) look(ctx context.Context, m int, o sweptOutcome) {
	p := u.h.newPort(u.members[m], u.candidate(m))
	u.mu.Lock()
	_, again := u.looked[m]
	u.looked[m] = p
	u.mu.Unlock()
	if again {
		return
	}
	p.quick = true
	if o == sweptSilent {
		p.attempts = 1 // the sweep sends the others
	}
	u.h.ask(ctx, p)
	close(p.settled)
}

// sampleSilence makes ports of some endpoints that stayed silent, so that their path is looked at like a small run's.
func (u *unit) sampleSilence(all []swept) {
	step := max(1, len(all)/looksSample)
	for m := 0; m < len(all); m += step {
		if all[m].outcome != sweptSilent || u.looked[m] != nil {
			continue
		}
		p := u.h.newPort(u.members[m], u.candidate(m))
		p.begun = time.Now()
		p.seen.Attempts = BulkPort{Tries: all[m].tries, Outcome: all[m].outcome}.attempts()
		close(p.settled)
		u.looked[m] = p
	}
}

// conclude explains the ports that were looked at and shares their verdicts with the others.
func (r *runner) conclude(ctx context.Context, u *unit, all []swept, t *TargetRun, few bool) {
	judged := map[int]*Result{}
	if few && !u.h.here() && ctx.Err() == nil {
		u.sampleSilence(all)
	}
	var looked []*port
	for m := range u.members {
		if p := u.looked[m]; p != nil {
			looked = append(looked, p)
		}
	}
	member := map[int]int{}
	for m, c := range u.members {
		member[c] = m
	}
	u.h.ports = looked
	var mu sync.Mutex
	record := func(p *port) {
		res := &Result{Target: u.target, Candidate: p.candidate, Address: u.address, Port: p.seen}
		res.Verdict = verdict.Judge(&p.seen, u.h.snapshot())
		mu.Lock()
		judged[member[p.candidate]] = res
		mu.Unlock()
		r.emit(*res)
	}
	if few {
		u.h.finishLooked(ctx, looked, record)
	} else {
		for _, p := range looked {
			p.dropLate()
			record(p)
		}
	}
	bulks := share(u, all, judged)
	r.collect.Lock()
	defer r.collect.Unlock()
	for _, m := range slices.Sorted(maps.Keys(judged)) {
		t.Results = append(t.Results, *judged[m])
	}
	t.Bulk = append(t.Bulk, bulks...)
	t.Hosts[u.h.addr] = u.h.snapshot()
}

// finishLooked is host.probe for ports that have been asked already.
func (h *host) finishLooked(ctx context.Context, looked []*port, record func(*port)) {
	if len(looked) == 0 {
		return
	}
	controls := h.controls()
	var wg sync.WaitGroup
	for _, c := range controls {
		wg.Go(func() {
			defer close(c.settled)
			h.ask(ctx, c)
		})
	}
	h.explain(ctx, looked, controls, func(p *port) {
		p.dropLate()
		record(p)
	})
	wg.Wait()
	for _, c := range controls {
		c.dropLate()
	}
	h.awaitNames()
}

// units resolves the plan's targets. What is not swept (UDP, names that do not resolve) is left to the function
// that it returns.
func (r *runner) units(ctx context.Context, plan Plan, out *Run) (units []*unit, others func()) {
	for i, t := range plan.Targets {
		out.Targets[i] = TargetRun{Target: t, Hosts: map[netip.Addr]*evidence.Host{}, index: i}
	}
	perTarget := make([][]*unit, len(plan.Targets))
	rest := make([][]func(), len(plan.Targets))
	each := newLimiter(hostsAtOnce)
	var wg sync.WaitGroup
	for i, t := range plan.Targets {
		each.acquire(context.WithoutCancel(ctx))
		wg.Go(func() {
			defer each.release()
			perTarget[i], rest[i] = r.unitsOf(ctx, i, t, &out.Targets[i])
		})
	}
	wg.Wait()
	return slices.Concat(perTarget...), func() {
		for _, f := range slices.Concat(rest...) {
			f()
		}
	}
}

// unitsOf are one target's addresses, for itself and for the hosts that a profile names.
func (r *runner) unitsOf(ctx context.Context, index int, t Target, run *TargetRun) (units []*unit, rest []func()) {
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
			units = append(units, &unit{h: h, target: index, address: a, members: tcp, looked: map[int]*port{}})
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

// looks are close looks waiting their turn; the sweep's threads add to them without waiting.
type looks struct {
	mu      sync.Mutex
	waiting []func()
	running int
	active  sync.WaitGroup
}

func (q *looks) add(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, f)
	if q.running < lookers {
		q.running++
		q.active.Go(q.work)
	}
}

func (q *looks) work() {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.running--
			q.mu.Unlock()
			return
		}
		f := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		f()
	}
}

// wait returns when all looks have been made; nothing may be added any more.
func (q *looks) wait() { q.active.Wait() }
