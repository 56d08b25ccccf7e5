package probe

import (
	"context"

	"whyport/probe/evidence"
)

// locate finds the hop of an ICMP error's sender: on a walk that is known already, or on one of its own. Routers limit
// their ICMP errors, and a walk beyond the sender would use them up: so it is made once for each sender, and ends where
// the TTL that the error arrived with says the sender is.
func (h *host) locate(ctx context.Context, p *port, icmp *evidence.ICMP) {
	if !h.placing.Acquire(ctx) {
		return
	}
	defer h.placing.Release()
	h.tracer.Names.Of(ctx, icmp.From)
	facts := h.snapshot()
	if icmp.From == h.line.Addr || facts.IsOwn(icmp.From) || p.want.Protocol != evidence.TCP {
		return
	}
	if w := h.offenders[icmp.From]; w != nil {
		p.seen.Walk = w
		return
	}
	if facts.Reference.Has(icmp.From) {
		return
	}
	p.seen.Walk = h.tracer.TCP(ctx, p.want.Port, icmp.HopGuess())
	h.offenders[icmp.From] = p.seen.Walk
}
