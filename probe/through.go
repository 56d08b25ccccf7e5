package probe

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/proxy"
	"whyport/probe/speak"
	"whyport/probe/verdict"
)

// Through is what became of a port through a proxy, beside the direct way.
type Through struct {
	Port    evidence.Port
	Verdict verdict.Verdict
}

// throughs are a target's ports that are asked for through a proxy.
type throughs struct {
	sync.WaitGroup
	asked sync.Map // throughKey -> func() *Through
}

// routed is the proxy that leads to a candidate; false: it is asked direct. A proxy makes TCP connections only.
func (r *runner) routed(t Target, c Candidate) (proxy.Server, bool) {
	if r.options.Proxy == nil {
		return proxy.Server{}, false
	}
	host := t.Host
	if t.Addr.IsValid() {
		host = t.Addr.WithZone("").String()
	}
	return r.options.Proxy(host, c.Port)
}

// firstProxy is the URL of the proxy that a target's first port with one is led through.
func (r *runner) firstProxy(targets []Target) string {
	for _, t := range targets {
		for _, c := range t.Candidates {
			if s, is := r.routed(asTarget(t, c.Host), c); is && s.Problem == "" {
				return s.String()
			}
		}
	}
	return ""
}

// leave hands over the candidates that are asked through a proxy alone and need no address here, and returns the others.
func (r *runner) leave(ctx context.Context, t *TargetRun, target Target, members []int) (direct []int) {
	if !r.options.ProxyOnly {
		return members
	}
	for _, c := range members {
		want := target.Candidates[c]
		s, is := r.routed(target, want)
		switch {
		case is && want.Protocol == evidence.UDP:
			p := evidence.Port{Addr: target.Addr, Port: want.Port, Protocol: want.Protocol}
			r.leaving(t, target)
			r.deliver(t, Result{Candidate: c, Port: p, Verdict: verdict.Judge(&p, nil)}, nil)
		case is && (s.ResolvesNames() || target.Addr.IsValid() || s.Problem != ""):
			r.leaving(t, target)
			t.through.Go(func() { r.only(ctx, t, address{target: target, addr: target.Addr}, c, s) })
		default:
			direct = append(direct, c)
		}
	}
	return direct
}

// byAddress hands over the candidates whose proxy takes no names, and returns the others.
func (r *runner) byAddress(ctx context.Context, t *TargetRun, a address, members []int) (direct []int) {
	for _, c := range members {
		if s, is := r.routed(a.target, a.target.Candidates[c]); is {
			t.through.Go(func() { r.only(ctx, t, a, c, s) })
		} else {
			direct = append(direct, c)
		}
	}
	return direct
}

// leaving notes that the target's name is the proxy's to resolve.
func (r *runner) leaving(t *TargetRun, target Target) {
	if target.Host == t.Target.Host && !t.Resolution.ByProxy {
		t.Resolution = evidence.Resolution{ByProxy: !target.Addr.IsValid(), Literal: target.Addr.IsValid()}
		if target.Addr.IsValid() {
			t.Resolution.Addresses = []netip.Addr{target.Addr}
		}
	}
}

// only asks for a port through its proxy and delivers that.
func (r *runner) only(ctx context.Context, t *TargetRun, a address, candidate int, s proxy.Server) {
	seen := r.ask(ctx, a, candidate, s)
	r.deliver(t, Result{Candidate: candidate, Address: a.index, Port: seen.Port, Verdict: seen.Verdict}, nil)
}

// beside delivers a direct result; where that way fails and a proxy is set up, what comes through that is laid beside it.
func (r *runner) beside(ctx context.Context, t *TargetRun, a address, res Result, h *host) {
	s, is := r.routed(a.target, a.target.Candidates[res.Candidate])
	if !is || r.options.ProxyOnly || res.Verdict.Usable || res.Port.Protocol == evidence.UDP || ctx.Err() != nil {
		r.deliver(t, res, h)
		return
	}
	t.through.Go(func() {
		res.Through = r.onceThrough(ctx, t, a, res.Candidate, s)
		r.deliver(t, res, h)
	})
}

// onceThrough asks once for all addresses of a name that the proxy resolves itself.
func (r *runner) onceThrough(ctx context.Context, t *TargetRun, a address, candidate int, s proxy.Server) *Through {
	if !s.ResolvesNames() && !a.addr.IsValid() && s.Problem == "" {
		return nil // no address, and the proxy takes no name
	}
	if s.ResolvesNames() && !a.target.Addr.IsValid() {
		a.addr = netip.Addr{}
	}
	ask := sync.OnceValue(func() *Through { return r.ask(ctx, a, candidate, s) })
	once, _ := t.through.asked.LoadOrStore(throughKey{candidate, a.addr}, ask)
	return once.(func() *Through)()
}

type throughKey struct {
	candidate int
	addr      netip.Addr
}

// ask connects through the proxy and asks what speaks there, which never leaves the tunnel.
func (r *runner) ask(ctx context.Context, a address, candidate int, s proxy.Server) *Through {
	want := a.target.Candidates[candidate]
	out := &Through{Port: evidence.Port{Addr: a.addr, Port: want.Port, Protocol: evidence.TCP}}
	p := &out.Port
	if s.Problem != "" {
		p.Proxied = &evidence.Proxied{From: s.From, Outcome: evidence.ProxyUndecided, Problem: s.Problem}
		out.Verdict = verdict.Judge(p, nil)
		return out
	}
	r.used.CompareAndSwap(nil, new(s.String()))
	if !r.tunnels.Acquire(ctx) {
		p.Attempts = []evidence.Attempt{{Outcome: evidence.Interrupted}}
		out.Verdict = verdict.Judge(p, nil)
		return out
	}
	defer r.tunnels.Release()
	begun, w := time.Now(), r.way(ctx, s)
	ask := proxy.Request{Server: s, Addr: a.addr, Port: want.Port, Dial: w.dial, Timeout: r.options.Timeout, Roots: r.options.System,
		TunnelOnly: r.options.Careful}
	if !a.target.Addr.IsValid() {
		ask.Host = a.target.Host
	}
	seen, conn := proxy.Connect(ctx, ask)
	p.Proxied = seen
	switch {
	case conn != nil:
		p.Attempts = []evidence.Attempt{{Outcome: evidence.Connected, Through: true, Elapsed: seen.Elapsed}}
		name := a.target.ServerName
		if r.options.ServerName != "" {
			name = r.options.ServerName
		}
		p.Speech = speak.Ask(ctx, speak.Request{
			To: netip.AddrPortFrom(a.addr, want.Port), ServerName: name, Expect: string(want.Expect), Mode: string(r.options.TLS),
			Careful: r.options.Careful, First: conn, Connected: time.Now(), RTT: seen.Elapsed, Dial: w.again(ask),
			Timeout: max(r.options.Timeout-time.Since(begun), time.Second),
			System:  r.options.System, Public: r.options.Public, Roots: &r.roots,
		})
		p.Speech.Interrupted = ctx.Err() != nil && !p.Speech.SignOfLife()
	case seen.Outcome == evidence.ProxyInterrupted:
		p.Attempts = []evidence.Attempt{{Outcome: evidence.Interrupted}}
	case w.resolution.Problem != "" && seen.Outcome == evidence.ProxyUnreached:
		seen.Outcome, seen.Problem = evidence.ProxyUnresolved, w.resolution.Problem
	case seen.Outcome == evidence.ProxyUnreached, seen.Outcome == evidence.ProxyUnsafe:
		seen.Reach, seen.ReachHost = w.reach(ctx)
	}
	if p.Speech != nil {
		p.Connections = 1 + p.Speech.Connections
	}
	p.Elapsed = time.Since(begun)
	out.Verdict = verdict.Judge(p, nil)
	return out
}
