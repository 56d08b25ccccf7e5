// Package ask is the client's end: after a run it asks the listener at the server (probe/farend/listen) on every port that can
// be reached, and then about those that can't.
//
//	ask       which ports, in which order, and what is kept    (ask.go, asker.go, about.go)
//	exchange  one question: plain, in TLS, in a request        (caller.go, encrypted.go, stream.go, request.go)
//	datagram  the same over UDP                                (datagram.go)
//	mapping   what a NAT makes of one source port              (mapping.go)
//	back      connections from the server to here              (back.go)
//	code      what a person typed                              (code.go)
package ask

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/line"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

// Options of the questions.
type Options struct {
	Token farend.Token
	Code  string   // as the listener printed it, for when no port works; ""
	Back  []uint16 // ports of this computer that the listener is asked to connect to
	Meet  uint16   // where it answers, too, beside the ports of the run (whyport peer); 0: nowhere
}

// MaxPorts of a target can be asked about.
const MaxPorts = farend.MaxPorts

// After is a run that goes on, when it is done, to ask the listener. Results are handed over at the end.
func After(o Options) func(context.Context, probe.Plan, probe.Hooks) *probe.Run {
	return func(ctx context.Context, plan probe.Plan, hooks probe.Hooks) *probe.Run {
		settled := hooks
		settled.Result = func(probe.Result) {
			if hooks.Progress != nil {
				hooks.Progress(1)
			}
		}
		out := probe.Execute(ctx, plan, settled)
		askAll(ctx, o, out, &plan.Options)
		out.Settle()
		out.Elapsed, out.Interrupted = time.Since(out.Started), ctx.Err() != nil || out.Interrupted
		if hooks.Result == nil {
			return out
		}
		for i := range out.Targets {
			for _, r := range out.Targets[i].Results {
				r.Host = out.Targets[i].Hosts[r.Port.Addr]
				hooks.Result(r)
			}
		}
		return out
	}
}

func askAll(ctx context.Context, o Options, out *probe.Run, options *probe.Options) {
	network := options.Network
	if network == nil {
		network = socket.System{}
	}
	limits := &line.Limits{Slots: line.NewSlots(probe.DefaultHostConcurrency)}
	var wg sync.WaitGroup
	for i := range out.Targets {
		t := &out.Targets[i]
		for addr, ports := range portsOf(t) {
			a := &asker{
				Options: o, begun: out.Started, ports: ports, slots: line.NewSlots(atOnce),
				caller: caller{
					token: o.Token, network: network, name: cmp.Or(options.ServerName, t.Target.ServerName), run: farend.Nonce(),
					line: &line.Line{Addr: addr, Network: network, Limits: limits, Timeout: probe.DefaultTimeout, Attempts: 1},
				},
			}
			wg.Go(func() { a.ask(ctx) })
		}
	}
	wg.Wait()
	for i := range out.Targets {
		judge(&out.Targets[i])
	}
}

// portsOf are those of a target that were asked for directly, by address.
func portsOf(t *probe.TargetRun) map[netip.Addr][]*evidence.Port {
	all := map[netip.Addr][]*evidence.Port{}
	for i := range t.Results {
		if p := &t.Results[i].Port; p.Addr.IsValid() && p.Proxied == nil && len(p.Attempts) > 0 && len(all[p.Addr]) < MaxPorts {
			p.FarAsked = true
			all[p.Addr] = append(all[p.Addr], p)
		}
	}
	return all
}

// judge gives those ports another verdict that the far end decides.
func judge(t *probe.TargetRun) {
	for i := range t.Results {
		r := &t.Results[i]
		if r.Port.FarEnd == nil {
			continue
		}
		if v := verdict.Judge(&r.Port, t.Hosts[r.Port.Addr]); verdict.ByFarEnd(v) {
			r.Verdict = v
		}
	}
}

// ask asks each port that may answer, and then about all.
func (a *asker) ask(ctx context.Context) {
	var wg sync.WaitGroup
	for _, p := range a.ports {
		switch {
		case p.Protocol == evidence.UDP:
			wg.Go(func() { a.inTurn(ctx, func() { a.askDatagram(ctx, p) }) })
		case p.Open():
			wg.Go(func() { a.inTurn(ctx, func() { a.askStream(ctx, p) }) })
		}
	}
	if a.Meet != 0 {
		wg.Go(func() { a.inTurn(ctx, func() { a.askMeeting(ctx) }) })
	}
	wg.Wait()
	if len(a.reaches) == 0 {
		a.takeCode()
		return
	}
	slices.SortFunc(a.reaches, func(x, y reach) int { return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.port, y.port)) })
	a.mapping(ctx)
	a.askBack(ctx)
	a.askAbout(ctx)
	a.askHas(ctx)
	for _, p := range a.ports {
		p.FarElsewhere = p.FarEnd == nil
	}
}
