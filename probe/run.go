package probe

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/lookup"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

// Hooks tell the caller what happens while a run goes on; each may be nil.
type Hooks struct {
	// Result is called for every result as soon as it is known, one call at a time, but for the many of a large run that
	// share a verdict (Bulk).
	Result func(Result)
	// Progress is called with the number of ports that a large run has newly settled.
	Progress func(done int)
	// Done is called with each target's index in out.Targets when a large run has finished the target, in the plan's
	// order; afterwards its results are given up (Released), so that memory does not grow with the hosts.
	Done func(out *Run, target int)
}

// Execute tests a plan. The results that are handed to the hooks stand in the returned Run, too, in the plan's order. When
// ctx ends, ports without a verdict become unknown/interrupted and Execute returns with what is known.
func Execute(ctx context.Context, plan Plan, hooks Hooks) *Run {
	began := time.Now()
	if limit := plan.Options.MaxTime; limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithCancel(ctx) // ends as by Ctrl-C
		defer stop()
		defer time.AfterFunc(limit, stop).Stop()
	}
	r := newRunner(plan.Options, hooks)
	r.spare = plan.spare()
	if r.limits.Hearing == nil {
		pulse := line.NewPulse()
		r.limits.Hearing = pulse
		beating, stop := context.WithCancel(context.WithoutCancel(ctx))
		defer stop()
		go pulse.Run(beating)
	}
	out := &Run{Started: began, Targets: make([]TargetRun, len(plan.Targets)), Addresses: Reachable(r.own)}
	out.Hostname, _ = os.Hostname()
	out.Ways = r.routing
	if n, one := socket.Beneath(r.options.Network).(interface{ Sources() []netip.Addr }); one {
		out.Addresses = Reachable(n.Sources())
	}
	for i, t := range plan.Targets {
		out.Targets[i] = TargetRun{Target: t, index: i, through: &throughs{}, referrals: newReferrals(&r.options, &r.limits, r.lookUp),
			Hosts: map[netip.Addr]*evidence.Host{}}
	}
	if !r.options.ProxyLater {
		out.Proxy = r.firstProxy(plan.Targets)
	}
	if IsLarge(&plan) {
		r.relaying, r.options.Proxy = r.options.Proxy, nil // some of what a sweep finds is asked for through it at the end
		r.large(ctx, out)
	} else {
		r.small(ctx, out)
		corroborate(out.Targets)
		for i := range out.Targets { // at the end: two targets may share an address
			r.visitedInAll(&out.Targets[i])
		}
	}
	if used := r.used.Load(); out.Proxy == "" && used != nil {
		out.Proxy = *used
	}
	out.finish(ctx, began)
	return out
}

func newRunner(o Options, hooks Hooks) *runner {
	r := &runner{options: o.withDefaults(), hooks: hooks, names: lookup.New(o.Resolver), sweepRate: o.Rate, sweepLimit: o.Concurrency}
	r.tally = &socket.Tally{Network: r.options.Network}
	r.options.Network = r.tally
	if r.sweepLimit <= 0 {
		r.sweepLimit = sweepConcurrency
	}
	r.limits.Slots, r.sweeping = line.NewSlots(r.options.Concurrency), line.NewSlots(1)
	r.tunnels = line.NewSlots(r.options.HostConcurrency)
	beneath := socket.Beneath(r.options.Network)
	r.limits.Hearing, _ = beneath.(line.Hearing)                      // a simulated network's
	if n, real := beneath.(interface{ Ways() evidence.Ways }); real { // a simulated network has none
		r.routing = n.Ways()
	}
	r.own, r.links = r.options.Network.Addresses(), r.options.Network.Links()
	return r
}

// Resolve looks a target's name up, for other questions than a run's.
func Resolve(ctx context.Context, t Target, o Options) evidence.Resolution {
	return newRunner(o, Hooks{}).lookUp(ctx, t)
}

func (out *Run) finish(ctx context.Context, began time.Time) {
	out.Elapsed, out.Interrupted, out.Met = time.Since(began), ctx.Err() != nil, len(out.Targets) > 0
	for i := range out.Targets {
		t := &out.Targets[i]
		if i == 0 {
			out.Requirement = t.Target.Requirement.Mode
		} else if out.Requirement != t.Target.Requirement.Mode {
			out.Requirement = verdict.ModeGroups
		}
		out.Met = out.Met && t.Met
	}
}

func (o Options) withDefaults() Options {
	if o.Network == nil {
		o.Network = socket.System{}
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Addresses <= 0 {
		o.Addresses = DefaultAddresses
	}
	if o.Attempts <= 0 {
		o.Attempts = DefaultAttempts
	}
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.HostConcurrency <= 0 {
		o.HostConcurrency = DefaultHostConcurrency
	}
	if o.TLS == "" {
		o.TLS = TLSAuto
	}
	if o.Trace == "" {
		o.Trace = TraceAuto
	}
	return o
}

// hostsAtOnce bounds the targets in progress; the sockets are bounded by the run's limits.
const hostsAtOnce = 64

// small tests all targets at once, each address port by port.
func (r *runner) small(ctx context.Context, out *Run) {
	hosts := line.NewSlots(hostsAtOnce)
	var wg sync.WaitGroup
	for i := range out.Targets {
		t := &out.Targets[i]
		if !hosts.Acquire(ctx) {
			r.untested(t)
			continue
		}
		wg.Go(func() {
			defer hosts.Release()
			r.target(ctx, t)
		})
	}
	wg.Wait()
}

// target tests all addresses of one target, and of the hosts that a profile names instead of it, at once.
func (r *runner) target(ctx context.Context, t *TargetRun) {
	var wg sync.WaitGroup
	for _, a := range r.resolve(ctx, t) {
		wg.Go(func() { r.address(ctx, t, a, a.members) })
	}
	wg.Wait()
	t.through.Wait()
	t.finish()
}

// address tests some ports of one address.
func (r *runner) address(ctx context.Context, t *TargetRun, a address, members []int) {
	if r.options.ProxyOnly {
		if members = r.byAddress(ctx, t, a, members); len(members) == 0 {
			return
		}
	}
	h := r.newHost(a, members)
	h.referrals = t.referrals
	h.probe(ctx, func(p *port) {
		r.beside(
			ctx,
			t,
			a,
			Result{Candidate: p.candidate, Address: a.index, Port: p.seen, Verdict: verdict.Judge(&p.seen, h.snapshot())},
			h,
		)
	})
	r.met(t, h)
}

// untested is for a target that was not begun when the run ended.
func (r *runner) untested(t *TargetRun) {
	t.Resolution = evidence.Resolution{Problem: evidence.LookupInterrupted}
	for c := range t.Target.Candidates {
		r.deliver(t, unresolved(c, t.Target.Candidates[c], &t.Resolution), nil)
	}
}

// corroborate compares what certificates of the targets say of an authority.
func corroborate(targets []TargetRun) {
	var all []verdict.Named
	for i := range targets {
		t := &targets[i]
		named := verdict.Named{Name: t.Target.ServerName}
		for r := range t.Results {
			named.Ports = append(named.Ports, &t.Results[r].Port)
			if through := t.Results[r].Through; through != nil {
				named.Ports = append(named.Ports, &through.Port)
			}
		}
		all = append(all, named)
	}
	verdict.Corroborate(all)
}

// Reachable are those of this computer's addresses that others can reach: no loopback, no link-local ones, and none of an
// interface that is off or without a network.
func Reachable(own []netip.Addr) (out []netip.Addr) {
	var off []netip.Addr
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		if i.Flags&net.FlagRunning == 0 {
			addrs, _ := i.Addrs()
			for _, a := range addrs {
				if p, err := netip.ParsePrefix(a.String()); err == nil {
					off = append(off, p.Addr().Unmap())
				}
			}
		}
	}
	for _, a := range own {
		if !a.IsLoopback() && !a.IsLinkLocalUnicast() && !slices.Contains(off, a) {
			out = append(out, a)
		}
	}
	return out
}
