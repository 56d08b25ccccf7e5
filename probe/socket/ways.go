package socket

import (
	"net"
	"net/netip"

	"whyport/probe/evidence"
)

// Ways reads the interfaces and, where the system shows it in a file, the routing table.
func (System) Ways() evidence.Ways {
	out := evidence.Ways{Interfaces: map[netip.Addr]string{}, Routes: routes()}
	all, _ := net.Interfaces()
	for _, i := range all {
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				out.Interfaces[p.Addr().Unmap()] = i.Name
			}
		}
	}
	return out
}
