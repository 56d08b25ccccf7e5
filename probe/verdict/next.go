package verdict

import (
	"net/netip"
	"whyport/probe/evidence"
)

// What stands one hop away.

// entered reports that a SYN which no server behind a router can get was answered.
func (o *observed) entered() bool {
	e := o.port.Entry
	return e != nil && e.ICMP == nil && e.Outcome == evidence.Connected && o.host.Link == nil && !o.here()
}

// enteredUnexplained: so it was, and nothing showed what is one hop away: a router that keeps silent and intercepts the
// port, or the host itself.
func (o *observed) enteredUnexplained() bool {
	return o.entered() && !o.isNext()
}

// isNext reports that the address itself is one hop away: it answered a datagram there.
func (o *observed) isNext() bool {
	for _, w := range o.walks() {
		if h := w.At(1); h.ICMP != nil && !h.ICMP.TimeExceeded() && sameAddr(h.Addr, o.port.Addr) {
			return true
		}
	}
	return false
}

// routerNext is the router one hop away: it sent an error of any kind.
func (o *observed) routerNext() netip.Addr {
	for _, w := range o.walks() {
		if h := w.At(1); o.isRouter(h) {
			return h.Addr
		}
	}
	return o.host.Gateway
}

// isRouter reports an ICMP error that neither the address itself nor this computer sent.
func (o *observed) isRouter(h evidence.Hop) bool {
	return h.ICMP != nil && !sameAddr(h.Addr, o.port.Addr) && !o.host.IsOwn(h.Addr) && !h.Addr.IsLoopback()
}
