package here

import (
	"cmp"
	"net"
	"net/netip"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Machine is what the system tells of this computer's network.
type Machine struct {
	Interfaces []Interface
	Routes     []evidence.Route // of the main table; none where the system does not tell
	// Outside are the ways to the rest of the world, a family at most once, by all the system's tables and rules.
	Outside []Outlet
}

// Interface is one with an address, loopback left out.
type Interface struct {
	Name     string
	Medium   evidence.Medium
	Running  bool
	Prefixes []netip.Prefix // with this computer's own address in it
}

// Outlet is how a packet to the rest of the world leaves.
type Outlet struct {
	Family    evidence.Family
	Towards   netip.Addr // an address that stands for the rest of the world
	Source    netip.Addr
	Interface string
	Medium    evidence.Medium
	Gateway   netip.Addr // not valid: none, as on a tunnel, or the system does not tell
}

// strangers are addresses that stand for the rest of the world: they are nobody's (RFC 5737, RFC 3849, RFC 9637), so that what is
// sent there by mistake arrives nowhere. Networks that are set up with them by hand use seldom more than one.
var strangers = map[evidence.Family][]netip.Addr{
	evidence.IPv4: {netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("192.0.2.1")},
	evidence.IPv6: {netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("3fff::1")},
}

// stranger is one that no interface is in a network with and no route but a wide one leads to.
func (m *Machine) stranger(family evidence.Family) netip.Addr {
	const wide = 8
	near := func(a netip.Addr) bool {
		return slices.ContainsFunc(m.Interfaces, func(i Interface) bool {
			return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
		}) || slices.ContainsFunc(m.Routes, func(r evidence.Route) bool { return r.Prefix.Bits() > wide && r.Prefix.Contains(a) })
	}
	for _, a := range strangers[family] {
		if !near(a) {
			return a
		}
	}
	return strangers[family][0]
}

// Read asks the system.
func Read() Machine {
	system := socket.System{}
	ways := system.Ways()
	m := Machine{Routes: ways.Routes, Interfaces: interfaces(ways)}
	for _, family := range []evidence.Family{evidence.IPv4, evidence.IPv6} {
		towards := m.stranger(family)
		source := system.Source(towards)
		if !source.IsValid() || source.IsLoopback() {
			continue
		}
		name, gateway := ways.Out(source, towards)
		m.Outside = append(m.Outside, Outlet{family, towards, source, name, ways.Media[name], gateway})
	}
	return m
}

func interfaces(ways evidence.Ways) (out []Interface) {
	all, _ := net.Interfaces()
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			continue
		}
		found := Interface{Name: i.Name, Medium: ways.Media[i.Name], Running: i.Flags&net.FlagRunning != 0}
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				found.Prefixes = append(found.Prefixes, netip.PrefixFrom(p.Addr().Unmap(), p.Bits()))
			}
		}
		if len(found.Prefixes) > 0 {
			out = append(out, found)
		}
	}
	slices.SortStableFunc(out, func(a, b Interface) int { return cmp.Compare(order(a), order(b)) })
	return out
}

// order puts what leads somewhere before what is only inside this computer.
func order(i Interface) int {
	switch {
	case !i.Running:
		return 2
	case i.Medium == evidence.Bridge:
		return 1
	}
	return 0
}

// has reports an address of the interface that others can reach: no link-local one.
func (i *Interface) has(family evidence.Family) bool {
	return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool {
		return p.Addr().Is4() == (family == evidence.IPv4) && !p.Addr().IsLinkLocalUnicast()
	})
}
