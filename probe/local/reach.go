package local

import (
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// Scope is from where a socket can be reached, firewalls left aside.
type Scope string

// The scopes.
const (
	ThisComputer Scope = "this-computer" // bound to loopback
	Everywhere   Scope = "all-addresses" // of both families
	IPv4Only     Scope = "ipv4-only"
	IPv6Only     Scope = "ipv6-only"
	IPv6Surely   Scope = "ipv6-surely" // bound to ::, and the system does not tell whether IPv4 is taken, too
	OneAddress   Scope = "one-address"
	OneInterface Scope = "one-interface"
	Neighbours   Scope = "link-local"       // bound to an address that no router passes on (RFC 4291, 2.5.6; RFC 3927, 7)
	Inside       Scope = "inside"           // bound to the address of a network inside this computer: containers, virtual machines
	Group        Scope = "group"            // bound to a multicast address
	AddressGone  Scope = "address-not-here" // bound to an address that no interface has now
)

// Reach is a scope with what it is about.
type Reach struct {
	Scope     Scope
	Interface string // whose address it is, or that it is bound to
	Medium    evidence.Medium
}

// Outside reports that others can reach the socket, as far as its address goes.
func (r Reach) Outside() bool {
	return !slices.Contains([]Scope{ThisComputer, Inside, AddressGone}, r.Scope)
}

// Reach is from where a socket can be reached.
func (f *Facts) Reach(s *Socket) Reach {
	a := s.Local.Addr().Unmap()
	device := f.interfaceNamed(s.Device)
	if a.IsLoopback() || device.Medium == evidence.Loopback {
		return Reach{Scope: ThisComputer}
	}
	if s.wildcard() {
		return f.wild(s, device)
	}
	if a.IsMulticast() {
		return Reach{Scope: Group, Interface: s.Device}
	}
	i := f.interfaceWith(a.WithZone(""), s.Device)
	found := Reach{OneAddress, i.Name, i.Medium}
	switch {
	case i.Name == "":
		found.Scope = AddressGone
	case i.Medium == evidence.Bridge:
		found.Scope = Inside
	case a.IsLinkLocalUnicast():
		found.Scope = Neighbours
	}
	return found
}

// wild is the reach of a socket that is bound to no address: what a second one of the same program takes counts, too.
func (f *Facts) wild(s *Socket, device Interface) Reach {
	if s.Device != "" {
		return Reach{OneInterface, s.Device, device.Medium}
	}
	four := s.Local.Addr().Is4() || s.Local.Addr().Is4In6()
	other := slices.ContainsFunc(f.All, func(o Socket) bool {
		is4 := o.Local.Addr().Is4() || o.Local.Addr().Is4In6()
		return o.wildcard() && is4 != four && o.Device == "" && o.Protocol == s.Protocol && o.Local.Port() == s.Local.Port() && sameProgram(&o, s)
	})
	switch {
	case other:
		return Reach{Scope: Everywhere}
	case four:
		return Reach{Scope: IPv4Only}
	case s.V6Only == nil:
		return Reach{Scope: IPv6Surely}
	case *s.V6Only:
		return Reach{Scope: IPv6Only}
	}
	return Reach{Scope: Everywhere}
}

// sameProgram compares what is known: the programs, else the users.
func sameProgram(a, b *Socket) bool {
	if len(a.Holders) > 0 && len(b.Holders) > 0 {
		return slices.ContainsFunc(a.Holders, func(p Process) bool {
			return slices.ContainsFunc(b.Holders, func(q Process) bool { return p.PID == q.PID || p.Name != "" && p.Name == q.Name })
		})
	}
	return a.User == b.User
}

func (f *Facts) interfaceNamed(name string) Interface {
	for _, i := range f.Interfaces {
		if name != "" && i.Name == name {
			return i
		}
	}
	return Interface{}
}

// interfaceWith is the one that has an address; several can have the same link-local one.
func (f *Facts) interfaceWith(a netip.Addr, name string) (found Interface) {
	for _, i := range f.Interfaces {
		if slices.Contains(i.Addresses, a) && (found.Name == "" || i.Name == name) {
			found = i
		}
	}
	return found
}
