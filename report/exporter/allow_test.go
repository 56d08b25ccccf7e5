package exporter

import (
	"net/netip"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/target"
	"whyport/services"
)

func candidates(port uint16, p evidence.Protocol) []probe.Candidate {
	return []probe.Candidate{{Port: port, Protocol: p}}
}

// A target is allowed by what was written for it: a name by its name alone, an address by its address alone.
func TestAllow(t *testing.T) {
	names := services.New()
	for _, c := range []struct {
		list, target string
		port         uint16
		protocol     evidence.Protocol
		allowed      bool
	}{
		{"server.example", "server.example", 443, evidence.TCP, true},
		{"Server.Example.", "SERVER.example", 443, evidence.TCP, true},
		{"server.example", "server.example.", 443, evidence.TCP, true},
		{"server.example", "a.server.example", 443, evidence.TCP, false},
		{"server.example", "192.0.2.1", 443, evidence.TCP, false},
		{"*.corp.example", "a.b.corp.example", 443, evidence.TCP, true},
		{"*.corp.example", "corp.example", 443, evidence.TCP, false},
		{"*.corp.example", "evilcorp.example", 443, evidence.TCP, false},
		{"*.corp.example", "corp.example.evil.example", 443, evidence.TCP, false},
		{"*", "any.example", 443, evidence.TCP, true},
		{"*", "192.0.2.1", 443, evidence.TCP, false},
		{"192.0.2.0/24", "192.0.2.255", 443, evidence.TCP, true},
		{"192.0.2.0/24", "192.0.3.0", 443, evidence.TCP, false},
		{"192.0.2.7/24", "192.0.2.1", 443, evidence.TCP, true},
		{"192.0.2.0/24", "::ffff:192.0.2.1", 443, evidence.TCP, true},
		{"192.0.2.0/24", "names.that.lead.there.example", 443, evidence.TCP, false},
		{"192.0.2.1", "192.0.2.1", 443, evidence.TCP, true},
		{"192.0.2.1", "192.0.2.2", 443, evidence.TCP, false},
		{"::1", "::1", 443, evidence.TCP, true},
		{"2001:db8::/32", "2001:db8::1", 443, evidence.TCP, true},
		{"2001:db8::/32", "2001:db9::1", 443, evidence.TCP, false},
		{"::/0", "2001:db8::1", 443, evidence.TCP, true},
		{"::/0", "192.0.2.1", 443, evidence.TCP, false},
		{"0.0.0.0/0,::/0,*", "192.0.2.1", 443, evidence.TCP, true},
		// Ports: those of the profiles, or those that are named.
		{"server.example", "server.example", 4711, evidence.TCP, false},
		{"server.example", "server.example", 443, evidence.UDP, true}, // of a profile for meetings
		{"server.example,:4711", "server.example", 4711, evidence.TCP, true},
		{"server.example,:4711", "server.example", 443, evidence.TCP, false},
		{"server.example,:4711", "server.example", 4711, evidence.UDP, false},
		{"server.example, :https , :161/udp", "server.example", 443, evidence.TCP, true},
		{"server.example,:https,:161/udp", "server.example", 161, evidence.UDP, true},
		{":1-65535,server.example", "server.example", 65535, evidence.TCP, true},
	} {
		a, err := ParseAllow(c.list, names)
		if err != nil {
			t.Errorf("%s: %v", c.list, err)
			continue
		}
		found, err := target.Parse(c.target, nil)
		if err != nil || len(found) != 1 {
			t.Fatal(c.target, err)
		}
		no := a.permits(&probe.Target{Host: found[0].Host, Addr: found[0].Addr, Candidates: candidates(c.port, c.protocol)})
		if (no == nil) != c.allowed {
			t.Errorf("--allow %s: %s port %d/%s: %v", c.list, c.target, c.port, c.protocol, no)
		}
		if no != nil && no.status != 403 {
			t.Errorf("status %d", no.status)
		}
	}
}

func TestAllowRefusesNonsense(t *testing.T) {
	for _, list := range []string{"", ",", ":443", "server.example:443", "*.192.0.2.1", "192.0.2.0/33", "a b", "server.example,:nonsense",
		"*.*.example", "https://server.example", "server.example,:0"} {
		if a, err := ParseAllow(list, services.New()); err == nil {
			t.Errorf("%q: %+v", list, a)
		}
	}
}

// What an allowed server says, or an allowed name leads to, opens nothing else.
func TestAllowLimitsTheRun(t *testing.T) {
	a, err := ParseAllow("*.corp.example,127.0.0.5,:443,:9092", services.New())
	if err != nil {
		t.Fatal(err)
	}
	given := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	o := probe.Options{Exclude: given[:1:1]}
	a.limit(&o)
	for _, c := range []struct {
		host    string
		port    uint16
		allowed bool
	}{{"b1.corp.example", 9092, true}, {"", 9092, true}, {"", 22, false}, {"b1.corp.example", 22, false}, {"other.example", 9092, false},
		{"169.254.169.254", 443, false}, {"127.0.0.5", 443, true}, {"127.0.0.6", 443, false}} {
		if o.Follow(c.host, c.port) != c.allowed {
			t.Errorf("%s:%d", c.host, c.port)
		}
	}
	if v4, _ := ParseAllow("192.0.2.0/24", services.New()); !v4.host("", netip.MustParseAddr("::ffff:192.0.2.1")) {
		t.Error("an IPv4 address in IPv6's form is another")
	}
	excluded := func(addr string) bool {
		for _, p := range o.Exclude {
			if p.Contains(netip.MustParseAddr(addr)) {
				return true
			}
		}
		return false
	}
	for addr, want := range map[string]bool{"169.254.169.254": true, "fe80::1": true, "::1": true, "192.0.2.1": true,
		"127.0.0.5": false, // it is named, so its range is not closed
		"10.0.0.1":  false} {
		if excluded(addr) != want {
			t.Errorf("%s: %v", addr, !want)
		}
	}
}
