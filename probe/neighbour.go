package probe

import (
	"context"
	"net/netip"

	"whyport/probe/evidence"
)

// tunnelTo is the interface of a VPN into which packets for an address go; "" where none does, or the system does not tell.
func (r *runner) tunnelTo(a netip.Addr) string {
	if name := r.routing.To(a); evidence.MediumByName(name) == evidence.Tunnel {
		return name
	}
	return ""
}

// lookAtNeighbour reads the neighbour table where the host is on a link and ports of it are silent.
func (h *host) lookAtNeighbour(ctx context.Context) {
	table, has := h.options.Network.(interface {
		Neighbour(netip.Addr) evidence.Neighbour
	})
	if !has || h.facts.Link == nil || ctx.Err() != nil {
		return
	}
	state := table.Neighbour(h.line.Addr)
	h.learn(func(f *evidence.Host) { f.Neighbour = state })
}
