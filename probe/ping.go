package probe

import (
	"context"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// pinger is a network that can ask for an echo; a simulated one need not.
type pinger interface {
	Ping(ctx context.Context, r socket.Request) evidence.Attempt
}

// echoWait is for both echoes that are asked for.
const echoWait = 1500 * time.Millisecond

// ping asks, where nothing of a host has answered, whether that is there at all; with --trace always. It is asked last: what a router
// owes is spent on ports first. What it says decides no port's state.
func (h *host) ping(ctx context.Context) {
	p, can := socket.Beneath(h.options.Network).(pinger)
	f := h.snapshot()
	if !can || h.scout != nil || h.here() || f.Unreachable != nil || ctx.Err() != nil {
		return
	}
	if (h.line.LeastRTT() > 0 || h.anyAnswered()) && h.options.Trace != TraceAlways {
		return // a plain run asks nothing more of what is there
	}
	a := p.Ping(ctx, socket.Request{To: netip.AddrPortFrom(h.line.Addr, 0), Timeout: min(echoWait, h.options.Timeout)})
	if a.Outcome == evidence.Connected || a.Outcome == evidence.Silent {
		h.learn(func(f *evidence.Host) { f.Ping = &a })
	}
}

func (h *host) anyAnswered() bool {
	for _, p := range h.ports {
		if p.seen.Answered() > 0 {
			return true
		}
	}
	return false
}
