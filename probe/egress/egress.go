// Package egress finds out which ports may leave this network: SYNs that live only so many hops towards an address, compared
// port by port with one that goes on. None of them needs to arrive anywhere; what answers is the routers' time exceeded.
//
//	reference  the port whose packets get farthest, of 443, 80 and those that are asked for      (egress.go)
//	contest    at one hop: which ports are answered there, which stay silent between two answers (contest.go)
//	place      for those that stay silent: the hop up to which they are answered, by halves      (place.go)
package egress

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/path"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

const farthest = verdict.EgressFar

// References are the ports that most networks let out.
func References() []uint16 { return []uint16{443, 80} }

// Against makes the question whose ports are compared with these, where they get farther than those asked for.
func Against(references []uint16) func(context.Context, probe.Plan, probe.Hooks) *probe.Run {
	return func(ctx context.Context, plan probe.Plan, hooks probe.Hooks) *probe.Run {
		return execute(ctx, plan, hooks, references)
	}
}

// execute asks all ports of the plan's targets, at the first address of each.
func execute(ctx context.Context, plan probe.Plan, hooks probe.Hooks, references []uint16) *probe.Run {
	out := &probe.Run{Started: time.Now(), Requirement: verdict.All, Met: true}
	out.Hostname, _ = os.Hostname()
	network := plan.Options.Network
	if network == nil {
		network = socket.System{}
	}
	out.Addresses = probe.Reachable(network.Addresses())
	for i, t := range plan.Targets {
		run := probe.TargetRun{Target: t, Egress: true, Hosts: map[netip.Addr]*evidence.Host{}}
		run.Resolution = probe.Resolve(ctx, t, plan.Options)
		target(ctx, &run, i, newQuestion(network, plan.Options, references), hooks)
		out.Met = out.Met && run.Met
		out.Targets = append(out.Targets, run)
	}
	out.Elapsed, out.Interrupted = time.Since(out.Started), ctx.Err() != nil
	return out
}

// target asks the ports of one target; it is met where all of them leave.
func target(ctx context.Context, run *probe.TargetRun, index int, q *question, hooks probe.Hooks) {
	var ports []evidence.Port
	judged := func(p *evidence.Port) verdict.Verdict { return verdict.Unresolved(&run.Resolution) }
	if len(run.Resolution.Addresses) > 0 {
		q.line.Addr, q.host.Addr = run.Resolution.Addresses[0], run.Resolution.Addresses[0]
		ports = q.ask(ctx, run.Target.Candidates)
		host := &q.host
		run.Hosts[host.Addr] = host
		judged = func(p *evidence.Port) verdict.Verdict { return verdict.Egress(p, host) }
	}
	run.Met = true
	for i, c := range run.Target.Candidates {
		p := evidence.Port{Port: c.Port, Protocol: c.Protocol}
		if i < len(ports) {
			p = ports[i]
		}
		res := probe.Result{Target: index, Candidate: i, Port: p, Verdict: judged(&p)}
		run.Met = run.Met && res.Verdict.Reason == verdict.LeavesNetwork
		run.Results = append(run.Results, res)
		if hooks.Result != nil {
			hooks.Result(res)
		}
	}
}

// question is the work on one address.
type question struct {
	line       *line.Line
	tracer     path.Tracer
	host       evidence.Host
	references []uint16
	against    uint16 // the port of the reference
	lossy      bool   // a packet was answered that had not been before
}

func newQuestion(network socket.Network, o probe.Options, references []uint16) *question {
	limits := &line.Limits{Slots: line.NewSlots(probe.DefaultHostConcurrency)}
	q := &question{
		references: references,
		line:       &line.Line{Network: network, Limits: limits, Timeout: probe.DefaultTimeout, Attempts: probe.DefaultAttempts},
	}
	q.tracer.Line = q.line
	if !o.NoNames {
		q.tracer.Names = path.NewNames(q.line)
	}
	q.host = evidence.Host{Own: network.Addresses()}
	return q
}

// ask says of each candidate how far its packets get.
func (q *question) ask(ctx context.Context, candidates []probe.Candidate) []evidence.Port {
	q.findReference(ctx, candidates)
	rivals := make([]*rival, len(candidates))
	for i, c := range candidates {
		rivals[i] = newRival(c.Port)
	}
	if hops := q.compared(); len(hops) > 0 {
		q.place(ctx, rivals, hops)
	}
	var out []evidence.Port
	for _, r := range rivals {
		out = append(out, r.seen(q))
	}
	q.tracer.Names.Await()
	q.host.Names = q.tracer.Names.Found()
	return out
}

// findReference walks towards the ports that most networks let out, then to those asked for, until a second one
// is answered at its end or gets as far as is looked.
func (q *question) findReference(ctx context.Context, candidates []probe.Candidate) {
	ports := slices.Clone(q.references)
	for _, c := range candidates {
		if !slices.Contains(ports, c.Port) {
			ports = append(ports, c.Port)
		}
	}
	const most = 5 // ports that are tried
	for i, p := range ports[:min(most, len(ports))] {
		w := q.tracer.TCP(ctx, p, farthest)
		if q.host.Reference == nil || w.LastReply().TTL > q.host.Reference.LastReply().TTL {
			q.host.Reference, q.against = w, p
		}
		answered := w.LastReply().TTL > 0 && w.Distance() > 0 || w.LastReply().TTL == farthest
		if ctx.Err() != nil || answered && i > 0 { // something near may answer for one of them
			return
		}
	}
}

// compared are the hops at which a router answered for the reference, the nearest first.
func (q *question) compared() (hops []uint8) {
	for _, h := range q.host.Reference.Hops {
		if h.ICMP != nil && h.ICMP.TimeExceeded() {
			hops = append(hops, h.TTL)
		}
	}
	return hops
}
