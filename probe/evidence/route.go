package evidence

import "net/netip"

// Route is a row of this computer's routing table.
type Route struct {
	Prefix    netip.Prefix
	Gateway   netip.Addr // not valid: the prefix is on the link
	Interface string
	Metric    uint32 // of several for one prefix the lowest counts
}

// Ways are the ways out of this computer when a run began.
type Ways struct {
	Interfaces map[netip.Addr]string // by own address
	Media      map[string]Medium     // by interface, those with an address
	Routes     []Route               // of the main table; none where the system does not tell
}

// Out is the interface and the gateway of a connection. The gateway is not valid where there is none or where it is not
// known: a rule of policy routing can choose another table, and then the route's interface is not the source's.
func (w *Ways) Out(source, to netip.Addr) (name string, gateway netip.Addr) {
	source, to = source.Unmap().WithZone(""), to.Unmap().WithZone("")
	name = w.Interfaces[source]
	best := w.route(to)
	if best == nil || best.Interface != name {
		return name, netip.Addr{}
	}
	return name, best.Gateway
}

// To is the interface of the route to an address; "": there is none, or the system does not tell.
func (w *Ways) To(to netip.Addr) string {
	if best := w.route(to.Unmap().WithZone("")); best != nil {
		return best.Interface
	}
	return ""
}

func (w *Ways) route(to netip.Addr) (best *Route) {
	for i := range w.Routes {
		r := &w.Routes[i]
		if r.Prefix.Contains(to) && (best == nil || r.Prefix.Bits() > best.Prefix.Bits() ||
			r.Prefix.Bits() == best.Prefix.Bits() && r.Metric < best.Metric) {
			best = r
		}
	}
	return best
}
