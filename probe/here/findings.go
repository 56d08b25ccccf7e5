package here

import (
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// Code names what is worth saying of this computer's way out.
type Code string

// The codes. Those that Broken reports keep ports elsewhere from being reached or found.
const (
	NoNetwork         Code = "no-network"          // no interface has an address
	SelfAssigned      Code = "self-assigned"       // an interface has nothing but an address that it gave itself (RFC 3927)
	NoWay             Code = "no-way-out"          // no route to the rest of the world
	GatewayAbsent     Code = "gateway-absent"      // nobody is at the gateway's address
	GatewaySilent     Code = "gateway-silent"      // it answers nothing, which it need not
	NoNameServer      Code = "no-name-server"      // none is set, as far as the system shows
	NameServersSilent Code = "name-servers-silent" // none of them answers
	NameServerSilent  Code = "name-server-silent"  // one of several
	NameServerSlow    Code = "name-server-slow"    //
	NameServerHidden  Code = "name-server-hidden"  // its address is in a network that exists only inside this computer
	BehindPortal      Code = "captive-portal"      // the network wants a login first
	PortalPageAbsent  Code = "portal-page-absent"  // the page that would show it did not come
	ClockOff          Code = "clock-off"           // this computer's time is not the server's
	TunnelTakesAll    Code = "vpn-takes-all"       // a tunnel leads to the rest of the world
	TunnelTakesSome   Code = "vpn-takes-some"      // a tunnel leads to certain networks alone
	TunnelOneFamily   Code = "vpn-one-family"      // a tunnel leads to the rest of the world in one family, a card in the other
	Overlap           Code = "overlap"             // two interfaces lead to the same addresses
	OneFamily         Code = "one-family"          // no way out in the other
)

// Finding is one of them, with what it is about.
type Finding struct {
	Code      Code
	Family    evidence.Family
	Interface string
	Address   netip.Addr
	Prefixes  []netip.Prefix
	Other     Interface // the other one of two
	Took      time.Duration
}

// Broken reports a finding with which nothing, or nothing by name, can be reached.
func (f *Finding) Broken() bool {
	switch f.Code {
	case NoNetwork, SelfAssigned, NoWay, GatewayAbsent, NameServersSilent, BehindPortal:
		return true
	}
	return false
}

// Works reports that nothing keeps this computer from reaching others.
func (f *Facts) Works() bool {
	return !slices.ContainsFunc(f.Findings(), func(x Finding) bool { return x.Broken() })
}

// slow is a name server's answer that people notice: it is asked before every connection.
const slow = 500 * time.Millisecond

// clockOff is what certificates that were just issued, Kerberos (RFC 4120, 7.5.1: five minutes) and one-time passwords bear no more.
const clockOff = 2 * time.Minute

// Findings are what is worth saying, the gravest first.
func (f *Facts) Findings() (out []Finding) {
	add := func(all ...Finding) { out = append(out, all...) }
	add(f.network()...)
	for _, g := range f.Gateways {
		// One family that works is enough: the other's gateway is then said, and no more.
		switch {
		case g.Answer == Absent && !f.otherWay(g.Family):
			add(Finding{Code: GatewayAbsent, Family: g.Family, Interface: g.Interface, Address: g.Gateway})
		case (g.Answer == Silent || g.Answer == Absent) && g.Gateway.IsValid():
			add(Finding{Code: GatewaySilent, Family: g.Family, Interface: g.Interface, Address: g.Gateway})
		}
	}
	add(f.portal()...)
	add(f.names()...)
	add(f.tunnels()...)
	add(f.overlaps()...)
	if len(f.Outside) == 1 {
		add(Finding{Code: OneFamily, Family: f.Outside[0].Family})
	}
	return out
}

// network is what is wrong with addresses and routes.
func (f *Facts) network() []Finding {
	if len(f.Outside) > 0 {
		return nil
	}
	reachable := slices.ContainsFunc(f.Interfaces, func(i Interface) bool {
		return i.Running && i.Medium != evidence.Bridge && (i.has(evidence.IPv4) || i.has(evidence.IPv6))
	})
	if reachable {
		return []Finding{{Code: NoWay}}
	}
	for _, i := range f.Interfaces {
		for _, p := range i.Prefixes {
			if i.Running && p.Addr().Is4() && p.Addr().IsLinkLocalUnicast() {
				return []Finding{{Code: SelfAssigned, Interface: i.Name, Address: p.Addr()}}
			}
		}
	}
	return []Finding{{Code: NoNetwork}}
}

// otherWay reports a gateway of the other family that is there.
func (f *Facts) otherWay(family evidence.Family) bool {
	return slices.ContainsFunc(f.Gateways, func(g Gateway) bool { return g.Family != family && g.Answer == Answers })
}

func (f *Facts) portal() (out []Finding) {
	p := f.Portal
	switch {
	case p == nil:
		return nil
	case p.Verdict == IsPortal:
		out = append(out, Finding{Code: BehindPortal})
	case p.Verdict == NoPage:
		out = append(out, Finding{Code: PortalPageAbsent})
	}
	if p.Dated && p.Clock.Abs() > clockOff {
		out = append(out, Finding{Code: ClockOff, Took: p.Clock})
	}
	return out
}

func (f *Facts) names() (out []Finding) {
	if f.Offline || f.Interrupted {
		return nil
	}
	if len(f.NameServers) == 0 {
		return []Finding{{Code: NoNameServer}}
	}
	set := f.NameServers[:len(f.NameServers)-f.Behind]
	answered := func(a evidence.NameAnswer) bool { return a.End == evidence.Answered }
	if !slices.ContainsFunc(set, answered) {
		out = append(out, Finding{Code: NameServersSilent})
	}
	for _, a := range f.NameServers {
		switch {
		case answered(a) && a.Elapsed > slow:
			out = append(out, Finding{Code: NameServerSlow, Address: a.Server.Addr(), Took: a.Elapsed})
		case !answered(a) && slices.ContainsFunc(f.NameServers, answered):
			out = append(out, Finding{Code: NameServerSilent, Address: a.Server.Addr()})
		}
		for _, i := range f.Interfaces {
			for _, p := range i.Prefixes {
				if i.Medium == evidence.Bridge && p.Contains(a.Server.Addr()) && !answered(a) {
					out = append(out, Finding{Code: NameServerHidden, Address: a.Server.Addr(), Interface: i.Name, Prefixes: []netip.Prefix{p.Masked()}})
				}
			}
		}
	}
	return out
}
