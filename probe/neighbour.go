package probe

import (
	"net/netip"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// tunnelTo is the interface of a VPN into which packets for an address go; "" where none does, or the system does not tell.
func (r *runner) tunnelTo(a netip.Addr) string {
	if name := r.routing.To(a); evidence.MediumByName(name) == evidence.Tunnel {
		return name
	}
	return ""
}

// neighbourOf is what the neighbour table says of an address on a link; false where nobody can read it.
func neighbourOf(network socket.Network, a netip.Addr) (evidence.Neighbour, bool) {
	table, has := socket.Beneath(network).(interface {
		Neighbour(netip.Addr) evidence.Neighbour
	})
	if !has {
		return "", false
	}
	return table.Neighbour(a), true
}
