package verdict

import (
	"net/netip"
	"slices"
	"testing"

	"whyport/probe/evidence"
)

// asked is what a name server said of server.example, IPv4 first.
func asked(four, six evidence.NameAnswer) []evidence.NameAnswer {
	for i, a := range []*evidence.NameAnswer{&four, &six} {
		a.Server, a.Name = netip.MustParseAddrPort("192.0.2.53:53"), "server.example"
		a.Family = []evidence.Family{evidence.IPv4, evidence.IPv6}[i]
		if a.End == evidence.NotAsked {
			a.End = evidence.Answered
		}
	}
	return []evidence.NameAnswer{four, six}
}

func twice(a evidence.NameAnswer) []evidence.NameAnswer { return asked(a, a) }

func code(rcode string, extended ...uint16) (a evidence.NameAnswer) {
	a.RCode = rcode
	for _, e := range extended {
		a.Extended = append(a.Extended, evidence.ExtendedError{Code: e})
	}
	return a
}

type res = evidence.Resolution

func TestNameRules(t *testing.T) {
	ip := netip.MustParseAddr
	none, silent := code("NOERROR"), evidence.NameAnswer{End: evidence.Unanswered}
	closed, garbled := evidence.NameAnswer{End: evidence.NotReached}, evidence.NameAnswer{End: evidence.Garbled}
	found := evidence.NameAnswer{RCode: "NOERROR", Addresses: []netip.Addr{ip("198.51.100.7")}}
	cut := evidence.NameAnswer{RCode: "NOERROR", Truncated: true, TCP: evidence.Unanswered}
	decided := map[string]bool{}
	for name, c := range map[string]struct {
		r    res
		want string // rule, reason
	}{
		"stopped":                     {res{Problem: "interrupted"}, "name-interrupted interrupted"},
		"0.0.0.0":                     {res{Withheld: []netip.Addr{ip("0.0.0.0"), ip("::")}}, "name-sinkhole name-blocked"},
		"this computer":               {res{Withheld: []netip.Addr{ip("127.0.0.1"), ip("::1")}}, "name-leads-here name-blocked"},
		"refused by a filter":         {res{Problem: "server-failure", Asked: twice(code("REFUSED", 15))}, "name-blocked name-blocked"},
		"a filter denies that it is":  {res{Problem: "not-found", Asked: asked(code("NXDOMAIN", 17), code("NXDOMAIN"))}, "name-blocked name-blocked"},
		"refused":                     {res{Problem: "server-failure", Asked: twice(code("REFUSED"))}, "name-refused name-refused"},
		"refused, this computer":      {res{Problem: "server-failure", Asked: twice(code("REFUSED", 18))}, "name-refused name-refused"},
		"DNSSEC":                      {res{Problem: "server-failure", Asked: twice(code("SERVFAIL", 6))}, "name-server-failure name-server-failure"},
		"the other family":            {res{Problem: "no-address"}, "name-other-family no-address"},
		"no data":                     {res{Problem: "not-found", Asked: asked(none, none)}, "name-without-address no-address"},
		"no such name":                {res{Problem: "not-found", Asked: twice(code("NXDOMAIN"))}, "name-not-found name-not-found"},
		"no such name, of one family": {res{Problem: "not-found", Asked: asked(none, code("NXDOMAIN"))}, "name-not-found name-not-found"},
		"only the system":             {res{Problem: "not-found"}, "name-not-found name-not-found"},
		"garbled, and no data":        {res{Problem: "not-found", Asked: asked(garbled, none)}, "name-server-failure name-server-failure"},
		"no answer over TCP":          {res{Problem: "timeout", Asked: asked(cut, none)}, "name-answer-cut name-server-timeout"},
		"A dropped":                   {res{Problem: "timeout", Asked: asked(silent, none)}, "name-family-silent name-server-timeout"},
		"A dropped, the system denies": {res{Problem: "not-found", Asked: asked(silent, none)},
			"name-family-silent name-server-timeout"},
		"silence":             {res{Problem: "timeout", Asked: asked(silent, silent)}, "name-server-timeout name-server-timeout"},
		"nobody there":        {res{Problem: "server-failure", Asked: asked(closed, silent)}, "name-server-unreachable name-server-failure"},
		"found when too late": {res{Problem: "server-failure", Asked: asked(found, none)}, "name-server-failure name-server-failure"},
	} {
		c.r.Name = "server.example"
		v := Unresolved(&c.r)
		decided[v.Rule] = true
		if got := v.Rule + " " + string(v.Reason); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if v.State != Unknown || v.Usable || !NothingToTest(&c.r) || !slices.Contains(Reasons(), v.Reason) {
			t.Errorf("%s: %+v", name, v)
		}
	}
	for _, r := range nameRules() {
		if !decided[r.name] {
			t.Errorf("rule %q decides no case", r.name)
		}
	}
	if v := Unresolved(&evidence.Resolution{}); v.Reason != NotTested || NothingToTest(&evidence.Resolution{}) {
		t.Errorf("%+v of nothing", v)
	}
}

func TestSinkhole(t *testing.T) {
	forged := evidence.NameAnswer{RCode: "NOERROR", Addresses: []netip.Addr{netip.MustParseAddr("198.51.100.99")},
		Extended: []evidence.ExtendedError{{Code: 16, Text: "court order"}}}
	for _, c := range []struct {
		name, addr string
		own, want  bool
	}{
		{"server.example", "0.0.0.0", false, true}, {"server", "::", false, true},
		{"ads.example", "127.0.0.1", false, true}, {"ads.example", "::1", false, true},
		{"localhost", "127.0.0.1", false, false}, {"app.localhost", "::1", false, false}, {"app.test", "127.0.0.1", false, false},
		{"myhost", "127.0.1.1", false, false}, {"myhost.example.com", "127.0.1.1", true, false},
		{"intranet.example", "10.1.2.3", false, false}, {"server.example", "198.51.100.7", false, false},
		{"server.example", "198.51.100.99", false, true},
	} {
		r := &evidence.Resolution{Name: c.name, OwnName: c.own, Asked: asked(forged, code("NOERROR"))}
		if got := Sinkhole(r, netip.MustParseAddr(c.addr)); got != c.want {
			t.Errorf("%s at %s: %t", c.name, c.addr, got)
		}
	}
}

func TestAnyName(t *testing.T) {
	same, other := []netip.Addr{netip.MustParseAddr("198.51.100.7")}, []netip.Addr{netip.MustParseAddr("198.51.100.8")}
	invented := func(a []netip.Addr) []evidence.NameAnswer {
		return []evidence.NameAnswer{{Name: "whyport-x.example", End: evidence.Answered, RCode: "NOERROR", Addresses: a}}
	}
	if AnyName(&evidence.Resolution{Addresses: same, Invented: invented(same)}) == nil {
		t.Error("the same address for a name that nobody has is not seen")
	}
	for _, r := range []res{{Addresses: same, Invented: invented(other)}, {Addresses: same}, {Addresses: same, Invented: invented(nil)}} {
		if AnyName(&r) != nil {
			t.Errorf("%+v", r)
		}
	}
}
