package verdict

import (
	"net/netip"
	"testing"

	"whyport/probe/evidence"
)

// TestOwner: addresses prove no ownership, so only this computer and the tested address are certain.
func TestOwner(t *testing.T) {
	addr := netip.MustParseAddr
	v4 := &evidence.Host{Own: []netip.Addr{addr("10.1.0.2"), addr("fd00:1::2"), addr("127.0.0.1")}, Reference: path("10.1.0.1", "100.64.1.2", "198.51.100.2", "10.9.9.9", "203.0.113.1")}
	v6 := &evidence.Host{Own: v4.Own, Reference: path("fd00:1::1", "fd00:2::2", "2001:db8:3::2", "fd00:9::9", "2001:db8:113::1")}
	shared := &evidence.Host{Own: []netip.Addr{addr("100.72.3.4")}}
	public := &evidence.Host{Own: []netip.Addr{addr("192.0.2.10")}}
	for _, c := range []struct {
		what   string
		host   *evidence.Host
		target string
		addr   string
		hop    uint8
		party  Party
		sure   Confidence
	}{
		{"own", v4, "203.0.113.7", "10.1.0.2", 0, ThisComputer, Certain},
		{"own IPv6 with a zone", v6, "2001:db8:113::7", "fd00:1::2%eth0", 0, ThisComputer, Certain},
		{"own, mapped", v4, "203.0.113.7", "::ffff:10.1.0.2", 0, ThisComputer, Certain},
		{"gateway", v4, "203.0.113.7", "10.1.0.1", 1, LocalNetwork, Likely},
		{"private, before the first public hop", v4, "203.0.113.7", "172.16.3.1", 2, LocalNetwork, Likely},
		{"shared space", v4, "203.0.113.7", "100.64.1.2", 2, Provider, Likely},
		{"shared space, not on a walk", v4, "203.0.113.7", "100.64.1.2", 0, Provider, Likely},
		{"shared space behind a public hop", v4, "203.0.113.7", "100.64.9.9", 4, Provider, Possible},
		{"shared space beside the own address", shared, "203.0.113.7", "100.72.3.1", 1, Provider, Possible},
		{"shared space beside the server", shared, "100.90.1.7", "100.90.1.1", 3, ServerNetwork, Likely},
		{"private behind shared space", v4, "203.0.113.7", "10.9.9.9", 3, Provider, Possible},
		{"unique local", v6, "2001:db8:113::7", "fd00:2::2", 2, LocalNetwork, Likely},
		{"link-local", v6, "2001:db8:113::7", "fe80::1", 1, LocalNetwork, Likely},
		{"public", v4, "203.0.113.7", "198.51.100.2", 3, Provider, Possible},
		{"public IPv6", v6, "2001:db8:113::7", "2001:db8:3::2", 3, Provider, Possible},
		{"private behind a public hop", v4, "203.0.113.7", "10.9.9.9", 4, Provider, Possible},
		{"unique local behind a public hop", v6, "2001:db8:113::7", "fd00:9::9", 4, Provider, Possible},
		{"server's /24", v4, "203.0.113.7", "203.0.113.1", 5, ServerNetwork, Likely},
		{"server's /48", v6, "2001:db8:113::7", "2001:db8:113:4::1", 5, ServerNetwork, Likely},
		{"beside the server's /24", v4, "203.0.113.7", "203.0.112.255", 5, Provider, Possible},
		{"server", v4, "203.0.113.7", "203.0.113.7", 6, Server, Certain},
		{"server, mapped", v4, "203.0.113.7", "::ffff:203.0.113.7", 6, Server, Certain},
		{"nobody", v4, "203.0.113.7", "", 2, PartyUnknown, Possible},
		{"public neighbour of a public computer", public, "203.0.113.7", "192.0.2.1", 1, LocalNetwork, Likely},
		{"server in the own network", v4, "10.1.0.99", "10.1.0.1", 1, LocalNetwork, Likely},
	} {
		o := observe(&evidence.Port{Addr: addr(c.target)}, c.host)
		var a netip.Addr
		if c.addr != "" {
			a = addr(c.addr)
		}
		if party, sure := o.owner(a, c.hop); party != c.party || sure != c.sure {
			t.Errorf("%s (%s): %s %s, want %s %s", c.what, c.addr, party, sure, c.party, c.sure)
		}
	}
}

// path is a walk on which these routers answer.
func path(routers ...string) *evidence.Walk {
	w := &evidence.Walk{}
	for i, r := range routers {
		a := netip.MustParseAddr(r)
		exceeded := &evidence.ICMP{Type: 11, From: a}
		if a.Is6() {
			exceeded.Type = 3
		}
		w.Hops = append(w.Hops, evidence.Hop{TTL: uint8(i + 1), Addr: a, ICMP: exceeded})
	}
	return w
}

func TestHopGuess(t *testing.T) {
	for ttl, hop := range map[uint8]uint8{0: 0, 64: 1, 62: 3, 255: 1, 253: 3, 127: 2, 30: 0} {
		if got := (evidence.ICMP{TTL: ttl}).HopGuess(); got != hop {
			t.Errorf("TTL %d: hop %d, want %d", ttl, got, hop)
		}
	}
}

func TestRequirement(t *testing.T) {
	group := func(mode Mode, members ...int) Group { return Group{Mode: mode, Members: members} }
	for _, c := range []struct {
		groups []Group
		usable []int
		met    bool
	}{
		{[]Group{group(Any, 0, 1)}, []int{1}, true},
		{[]Group{group(Any, 0, 1)}, nil, false},
		{[]Group{group(All, 0, 1)}, []int{1}, false},
		{[]Group{group(All, 0, 1)}, []int{0, 1}, true},
		{[]Group{group(All, 0), group(Any, 1, 2)}, []int{0}, false},
		{[]Group{group(All, 0), group(Optional, 1)}, []int{0}, true},
		{[]Group{group(Optional, 0)}, nil, false},
		{nil, nil, false},
	} {
		r := Requirement{Groups: c.groups}
		got := r.Met(func(i int) bool {
			for _, u := range c.usable {
				if u == i {
					return true
				}
			}
			return false
		})
		if got != c.met {
			t.Errorf("%+v with %v usable: %v", c.groups, c.usable, got)
		}
	}
}
