package socket

import (
	"net"
	"net/netip"
)

// Sending is how a connection sends.
type Sending struct {
	Segment        int // bytes of data in the largest segment
	Headers        int // of IP and TCP before them
	Unacknowledged int // bytes that the other side's TCP has not acknowledged yet
}

// LinkMTU is the largest packet that the interface with this address sends; 0: not known.
func LinkMTU(source netip.Addr) int {
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Unmap() == source.Unmap().WithZone("") {
				return i.MTU
			}
		}
	}
	return 0
}

// CanSize and CanExtra are Sizes and Extras for those who only ask whether.
const (
	CanSize  = Sizes == "yes"
	CanExtra = Extras == "yes"
)
