// Package hold keeps connections to usable ports idle and finds out whether they still work afterwards: firewalls forget
// connections on which nothing is said, and drop what comes later without telling anyone.
//
//	hold  which ports are held, for how long                  (hold.go)
//	idle  one connection: silence, a word, what comes of it   (idle.go)
//	word  what may be said without harm, by protocol          (word.go)
package hold

import (
	"cmp"
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/socket"
)

// MaxPorts are held at most, each by as many connections as there are parts.
const MaxPorts = 16

// parts of the whole silence that are tried, each on a connection of its own, so that the time-out lies between two.
func parts(whole time.Duration) []time.Duration {
	return []time.Duration{whole / 8, whole / 4, whole / 2, whole * 3 / 4, whole}
}

// After is a run that goes on, when it is done, to hold each usable port for so long. Results are handed over at the end.
func After(whole time.Duration) func(context.Context, probe.Plan, probe.Hooks) *probe.Run {
	return func(ctx context.Context, plan probe.Plan, hooks probe.Hooks) *probe.Run {
		settled := hooks
		settled.Result = func(probe.Result) {
			if hooks.Progress != nil {
				hooks.Progress(1)
			}
		}
		out := probe.Execute(ctx, plan, settled)
		holdAll(ctx, out, plan.Options, whole)
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

// holdAll holds each candidate's first usable address, all at once.
func holdAll(ctx context.Context, out *probe.Run, o probe.Options, whole time.Duration) {
	network := o.Network
	if network == nil {
		network = socket.System{}
	}
	limits := &line.Limits{Slots: line.NewSlots(probe.DefaultHostConcurrency)}
	var wg sync.WaitGroup
	left := MaxPorts
	for i := range out.Targets {
		t := &out.Targets[i]
		seen := map[int]bool{}
		for j := range t.Results {
			r := &t.Results[j]
			if !holdable(r) || seen[r.Candidate] || left == 0 {
				continue
			}
			seen[r.Candidate], left = true, left-1
			l := &line.Line{Addr: r.Port.Addr, Network: network, Limits: limits, Timeout: probe.DefaultTimeout, Attempts: 1}
			h := &holder{
				word: wordOf(r.Port.Speech, nameOf(t, &o), t.Target.Host, o.Careful),
				dial: func(ctx context.Context) net.Conn { return dial(ctx, l, r.Port.Port) },
			}
			wg.Go(func() { r.Port.Hold = h.hold(ctx, whole) })
		}
	}
	wg.Wait()
}

// holdable: a connection over TCP that this computer makes itself. What a proxy keeps is the proxy's.
func holdable(r *probe.Result) bool {
	return r.Verdict.Usable && r.Port.Protocol == evidence.TCP && r.Port.Proxied == nil && r.Port.Open()
}

// nameOf is the name that the server is asked for by.
func nameOf(t *probe.TargetRun, o *probe.Options) string {
	return cmp.Or(o.ServerName, t.Target.ServerName)
}

// dial connects; one lost packet is no reason to give up. It is nil where nothing came of it.
func dial(ctx context.Context, l *line.Line, port uint16) net.Conn {
	for range 3 {
		if _, conn := l.Connect(ctx, socket.Request{Timeout: 3 * time.Second}, port, time.Time{}); conn != nil {
			return conn
		}
	}
	return nil
}

// holder holds one port.
type holder struct {
	word word
	dial func(context.Context) net.Conn
}

// hold tries all parts of the silence at once; nil where no connection came to its end.
func (h *holder) hold(ctx context.Context, whole time.Duration) *evidence.Hold {
	out := &evidence.Hold{Word: h.word.name}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, silence := range parts(whole) {
		wg.Go(func() {
			idle, ok := h.idle(ctx, silence)
			if !ok {
				return
			}
			mu.Lock()
			out.Idles = append(out.Idles, idle)
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(out.Idles) == 0 {
		return nil
	}
	slices.SortFunc(out.Idles, func(a, b evidence.Idle) int { return cmp.Compare(a.For, b.For) })
	if slices.ContainsFunc(out.Idles, func(i evidence.Idle) bool { return i.End != evidence.EndAnswered && !i.Unasked }) {
		if fresh, ok := h.idle(ctx, 0); ok {
			out.Fresh = fresh.End
		}
	}
	return out
}
