package local

import (
	"net"
	"net/netip"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Interface is one of this computer's, with the addresses that it has now.
type Interface struct {
	Name      string
	Medium    evidence.Medium
	Addresses []netip.Addr // without zones
}

func interfaces() (out []Interface) {
	media := socket.System{}.Ways().Media
	all, _ := net.Interfaces()
	for _, i := range all {
		found := Interface{Name: i.Name, Medium: media[i.Name]}
		if i.Flags&net.FlagLoopback != 0 {
			found.Medium = evidence.Loopback
		}
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				found.Addresses = append(found.Addresses, p.Addr().Unmap().WithZone(""))
			}
		}
		out = append(out, found)
	}
	return out
}
