package socket

import (
	"net"
	"net/netip"

	"whyport/probe/evidence"
)

// Source is the address that the kernel would send from, by its rules and all its tables, without sending anything; not valid
// where there is no way.
func (System) Source(to netip.Addr) netip.Addr {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 9)))
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone("")
}

// Ways reads the interfaces and, where the system shows it in a file, the routing table.
func (System) Ways() evidence.Ways {
	out := evidence.Ways{Interfaces: map[netip.Addr]string{}, Media: map[string]evidence.Medium{}, Routes: routes()}
	all, _ := net.Interfaces()
	for _, i := range all {
		addrs, _ := i.Addrs()
		if len(addrs) > 0 {
			out.Media[i.Name] = medium(i)
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				out.Interfaces[p.Addr().Unmap()] = i.Name
			}
		}
	}
	return out
}
