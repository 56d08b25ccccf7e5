package probe

import (
	"context"
	"iter"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
	"whyport/probe/speak"
	"whyport/probe/verdict"
)

// runner is one run's shared state.
type runner struct {
	options Options
	slots   *limiter // sockets in flight
	pace    pacer
	// Of a large run: bounds of the sockets and of SYNs a second (0: none), and whether hosts are looked at closely.
	sweepLimit, sweepRate int
	sweeping              sync.Mutex
	few                   bool
	own                   []netip.Addr
	roots                 speak.Roots
	rooting               sync.Once
	tokens                tokens
	emit                  func(Result)
	collect               sync.Mutex // of what large runs gather for a target
}

// Execute tests a plan. Every result is handed to emit as soon as it is known, one call at a time, but for the many of
// a large run that share a verdict (Bulk). The same results stand in the returned Run, in the plan's order. When ctx ends, ports without a verdict become
// unknown/interrupted and Execute returns with what is known.
func Execute(ctx context.Context, plan Plan, emit func(Result)) *Run {
	began := time.Now()
	out := &Run{Started: began, Targets: make([]TargetRun, len(plan.Targets)), Addresses: OwnAddresses()}
	out.Hostname, _ = os.Hostname()
	var serial sync.Mutex
	r := &runner{options: plan.Options.withDefaults(), own: socket.System{}.Addresses(), emit: func(res Result) {
		serial.Lock()
		defer serial.Unlock()
		if emit != nil {
			emit(res)
		}
	}}
	r.slots = newLimiter(r.options.Concurrency)
	if r.sweepLimit = plan.Options.Concurrency; r.sweepLimit <= 0 {
		r.sweepLimit = sweepConcurrency
	}
	r.sweepRate = r.options.Rate
	if IsLarge(&plan) {
		r.large(ctx, plan, out)
		out.finish(ctx, began)
		return out
	}
	hosts := newLimiter(hostsAtOnce)
	var wg sync.WaitGroup
	for i := range plan.Targets {
		if !hosts.acquire(ctx) {
			out.Targets[i] = r.untested(plan.Targets[i], i)
			continue
		}
		wg.Go(func() {
			defer hosts.release()
			out.Targets[i] = r.target(ctx, i, plan.Targets[i])
		})
	}
	wg.Wait()
	out.finish(ctx, began)
	return out
}

// loadRoots begins to load the roots that certificates are held against, which takes as long as half a dozen handshakes.
func (r *runner) loadRoots() {
	if o := &r.options; o.TLS != TLSNever && o.System == nil {
		r.rooting.Do(func() { go r.roots.System() })
	}
}

// hostsAtOnce bounds the targets in progress; the sockets are bounded by the run's limiter.
const hostsAtOnce = 64

func (out *Run) finish(ctx context.Context, began time.Time) {
	corroborate(out.Targets)
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
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
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

// target resolves one target, and the hosts that a profile names instead of it, and tests all their
// addresses at once.
func (r *runner) target(ctx context.Context, index int, t Target) TargetRun {
	run := TargetRun{Target: t, Hosts: map[netip.Addr]*evidence.Host{}, index: index}
	var mu sync.Mutex
	var wg sync.WaitGroup
	add := func(res Result, h *host) {
		res.Target = index
		mu.Lock()
		run.Results = append(run.Results, res)
		mu.Unlock()
		r.handOver(res, h)
	}
	for name, members := range byHost(t) {
		resolution := resolve(ctx, asTarget(t, name), r.options)
		if name == "" {
			run.Resolution = resolution
		}
		if resolution.Problem != "" {
			for _, c := range members {
				add(unresolved(c, t.Candidates[c], resolution.Problem), nil)
			}
			continue
		}
		for a, addr := range resolution.Addresses {
			wg.Go(func() {
				h := newHost(r, asTarget(t, name), addr, members)
				h.probe(ctx, func(candidate int, p evidence.Port) {
					add(Result{Candidate: candidate, Address: a, Port: p, Verdict: verdict.Judge(&p, h.snapshot())}, h)
				})
				mu.Lock()
				run.Hosts[addr] = h.snapshot()
				mu.Unlock()
			})
		}
	}
	wg.Wait()
	run.sortResults()
	run.Met = run.meets()
	return run
}

// byHost groups a target's candidates by the host that they are asked of: "" is the target itself, and comes first.
func byHost(t Target) iter.Seq2[string, []int] {
	members := map[string][]int{}
	names := []string{""}
	for i, c := range t.Candidates {
		if _, known := members[c.Host]; !known && c.Host != "" {
			names = append(names, c.Host)
		}
		members[c.Host] = append(members[c.Host], i)
	}
	return func(yield func(string, []int) bool) {
		for _, name := range names {
			if !yield(name, members[name]) {
				return
			}
		}
	}
}

// asTarget is the target under the name of a profile's host; t itself for "".
func asTarget(t Target, host string) Target {
	if host == "" {
		return t
	}
	t.Host, t.ServerName = host, host
	t.Addr, _ = netip.ParseAddr(host)
	if t.Addr.IsValid() {
		t.ServerName = ""
	}
	return t
}

// untested is a target that was not begun when the run ended.
func (r *runner) untested(t Target, index int) TargetRun {
	run := TargetRun{Target: t, index: index, Resolution: evidence.Resolution{Problem: problemInterrupted}}
	for c := range t.Candidates {
		res := unresolved(c, t.Candidates[c], problemInterrupted)
		res.Target = index
		run.Results = append(run.Results, res)
		r.emit(res)
	}
	return run
}

// handOver emits a result, with what is known of its address; h is nil where it has none.
func (r *runner) handOver(res Result, h *host) {
	if h != nil {
		res.Host = h.snapshot()
	}
	r.emit(res)
}

// unresolved is the result of a port whose target has no address.
func unresolved(candidate int, c Candidate, problem string) Result {
	return Result{
		Candidate: candidate,
		Port:      evidence.Port{Port: c.Port, Protocol: c.Protocol},
		Verdict:   verdict.Unresolved(problem),
	}
}

// OwnAddresses are this computer's addresses that others can reach: no loopback, no link-local ones, and none of an
// interface that is off or without a network.
func OwnAddresses() (out []netip.Addr) {
	var off []netip.Addr
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		if i.Flags&net.FlagRunning == 0 {
			addrs, _ := i.Addrs()
			off = append(off, addressesOf(addrs)...)
		}
	}
	for _, a := range (socket.System{}).Addresses() {
		if !a.IsLoopback() && !a.IsLinkLocalUnicast() && !slices.Contains(off, a) {
			out = append(out, a)
		}
	}
	return out
}

func addressesOf(addrs []net.Addr) (out []netip.Addr) {
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, p.Addr().Unmap())
		}
	}
	return out
}
