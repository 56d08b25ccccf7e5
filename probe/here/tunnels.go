package here

import (
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// tunnels says what leads into tunnels: everything, one family, or certain networks.
func (f *Facts) tunnels() (out []Finding) {
	var all []Outlet
	for _, o := range f.Outside {
		if o.Medium == evidence.Tunnel {
			all = append(all, o)
		}
	}
	switch {
	case len(all) > 0 && len(all) < len(f.Outside):
		out = append(out, Finding{Code: TunnelOneFamily, Family: all[0].Family, Interface: all[0].Interface})
	case len(all) > 0:
		out = append(out, Finding{Code: TunnelTakesAll, Interface: all[0].Interface, Address: all[0].Source})
	}
	for _, i := range f.Interfaces {
		if i.Medium != evidence.Tunnel || slices.ContainsFunc(all, func(o Outlet) bool { return o.Interface == i.Name }) {
			continue
		}
		if into := f.into(i); len(into) > 0 {
			out = append(out, Finding{Code: TunnelTakesSome, Interface: i.Name, Prefixes: into})
		}
	}
	return out
}

// into are the networks that the routing table leads into an interface: no single addresses of its own, no multicast.
func (f *Facts) into(i Interface) (out []netip.Prefix) {
	for _, r := range f.Routes {
		own := slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Addr() == r.Prefix.Addr() && r.Prefix.IsSingleIP() })
		if r.Interface == i.Name && !own && !r.Prefix.Addr().IsMulticast() && !r.Prefix.Addr().IsLinkLocalUnicast() {
			out = append(out, r.Prefix)
		}
	}
	if len(f.Routes) == 0 { // the system does not tell: what is known is its own network
		for _, p := range i.Prefixes {
			if !p.IsSingleIP() && !p.Addr().IsLinkLocalUnicast() {
				out = append(out, p.Masked())
			}
		}
	}
	return out
}

// overlaps are networks of one interface that a route of another covers or is covered by: addresses in both are looked for
// where the longer prefix leads, and what is in the other's network is not reached.
func (f *Facts) overlaps() (out []Finding) {
	for n, i := range f.Interfaces {
		for _, other := range f.Interfaces[n+1:] {
			if both := f.shared(i, other); len(both) > 0 && i.Running && other.Running {
				out = append(out, Finding{Code: Overlap, Interface: i.Name, Other: other, Prefixes: both})
			}
		}
	}
	return out
}

// shared is one pair of prefixes of two interfaces that have addresses in common, the longer one last.
func (f *Facts) shared(a, b Interface) []netip.Prefix {
	for _, p := range f.nets(a) {
		for _, q := range f.nets(b) {
			if p.Overlaps(q) {
				if p.Bits() > q.Bits() {
					p, q = q, p
				}
				return []netip.Prefix{p, q}
			}
		}
	}
	return nil
}

// nets are the networks that an interface is in or leads to, without the defaults: all routes of VPNs cut through those. A host's
// own route is none: VPNs have one to their server, beside the tunnel.
func (f *Facts) nets(i Interface) (out []netip.Prefix) {
	const widest = 8
	for _, p := range i.Prefixes {
		if !p.IsSingleIP() && !p.Addr().IsLinkLocalUnicast() {
			out = append(out, p.Masked())
		}
	}
	for _, r := range f.Routes {
		if r.Interface == i.Name && r.Prefix.Bits() >= widest && !r.Prefix.IsSingleIP() && !slices.Contains(out, r.Prefix) &&
			!r.Prefix.Addr().IsMulticast() && !r.Prefix.Addr().IsLinkLocalUnicast() {
			out = append(out, r.Prefix)
		}
	}
	return out
}
