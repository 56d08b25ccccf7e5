package report_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/services"
)

const longName = "a-rather-long-name-of-a-server.department.company.example"

// nameAnswer is what the name server 192.0.2.53 said.
func nameAnswer(name string, f evidence.Family, rcode string, rest ...string) evidence.NameAnswer {
	a := evidence.NameAnswer{Server: netip.MustParseAddrPort("192.0.2.53:53"), Name: name, Family: f, End: evidence.Answered, RCode: rcode, Elapsed: ms}
	if rcode == "" {
		a.End = evidence.Unanswered
	}
	for _, x := range rest {
		if addr, err := netip.ParseAddr(x); err == nil {
			a.Addresses = append(a.Addresses, addr)
		}
	}
	return a
}

func withError(a evidence.NameAnswer, code uint16, text string) evidence.NameAnswer {
	a.Extended = append(a.Extended, evidence.ExtendedError{Code: code, Text: text})
	return a
}

// fullResolution has every field set; the text is foreign.
func fullResolution(text string) evidence.Resolution {
	a := withError(nameAnswer(text, evidence.IPv4, text, server), 65535, text)
	a.Truncated, a.TCP = true, evidence.NotReached
	r := evidence.Resolution{Name: text, Addresses: []netip.Addr{ip(server)}, Withheld: []netip.Addr{ip("0.0.0.0")}, Silent: evidence.IPv6,
		HostsFile: true, Asked: []evidence.NameAnswer{a}, Invented: []evidence.NameAnswer{a}, Compared: []evidence.NameAnswer{a}, Elapsed: ms}
	r.Asked = append(r.Asked, nameAnswer(text+".corp.example", evidence.IPv4, "NOERROR", server))
	return r
}

// TestNameWords: each way in which a name leads nowhere has its sentences, which say who said so.
func TestNameWords(t *testing.T) {
	both := func(rcode string, code uint16, text string) []evidence.NameAnswer {
		four, six := nameAnswer(longName, evidence.IPv4, rcode), nameAnswer(longName, evidence.IPv6, rcode)
		if code > 0 {
			four, six = withError(four, code, text), withError(six, code, text)
		}
		return []evidence.NameAnswer{four, six}
	}
	nothing := nameAnswer(longName, evidence.IPv6, "NOERROR")
	closed := nameAnswer(longName, evidence.IPv4, "")
	closed.End = evidence.NotReached
	cut := nameAnswer(longName, evidence.IPv4, "NOERROR")
	cut.Truncated, cut.TCP = true, evidence.Unanswered
	hole := []netip.Addr{ip("0.0.0.0"), ip("::")}
	here := []netip.Addr{ip("127.0.0.1")}
	said := map[string]string{}
	used := map[string]bool{}
	for name, c := range map[string]struct {
		r    evidence.Resolution
		says []string // in the reason or the next step
	}{
		"hosts file":          {evidence.Resolution{Withheld: hole, HostsFile: true}, []string{"hosts file", "0.0.0.0", "nothing was sent"}},
		"sinkhole":            {evidence.Resolution{Withheld: hole, Asked: []evidence.NameAnswer{nameAnswer(longName, evidence.IPv4, "NOERROR", "0.0.0.0")}}, []string{"192.0.2.53 blocks"}},
		"sinkhole, not asked": {evidence.Resolution{Withheld: hole}, []string{"resolver, or its name server, blocks"}},
		"block page": {evidence.Resolution{Withheld: []netip.Addr{ip("198.51.100.99")},
			Asked: []evidence.NameAnswer{withError(nameAnswer(longName, evidence.IPv4, "NOERROR", "198.51.100.99"), 16, "court order 7")}},
			[]string{"192.0.2.53 blocks", "censored", `"court order 7"`, "198.51.100.99 instead"}},
		"this computer, hosts": {evidence.Resolution{Withheld: here, HostsFile: true}, []string{"this computer itself (127.0.0.1)", "Remove the name from the hosts file"}},
		"this computer":        {evidence.Resolution{Withheld: here, Asked: []evidence.NameAnswer{nameAnswer(longName, evidence.IPv4, "NOERROR", "127.0.0.1")}}, []string{"The name server 192.0.2.53 leads", "this computer itself"}},
		"blocked":              {evidence.Resolution{Problem: "server-failure", Asked: both("REFUSED", 15, "malware list")}, []string{"192.0.2.53 refuses the name", `blocked by its list "malware list"`, "allow the name"}},
		"filtered":             {evidence.Resolution{Problem: "not-found", Asked: both("NXDOMAIN", 17, "")}, []string{"192.0.2.53 answers as if there were no name", "filtered"}},
		"refused, others are not": {evidence.Resolution{Problem: "server-failure", Asked: both("REFUSED", 0, ""), Invented: []evidence.NameAnswer{nameAnswer("whyport-x.example", evidence.IPv4, "NXDOMAIN")}},
			[]string{"192.0.2.53 refuses to answer", "but answers for others", "allow the name"}},
		"nobody's servers answer": {evidence.Resolution{Problem: "server-failure", Asked: both("SERVFAIL", 22, "")}, []string{"none of the domain's own servers answers", "administrator of the domain to look at its own name servers"}},
		"refused":                 {evidence.Resolution{Problem: "server-failure", Asked: both("REFUSED", 0, "")}, []string{"192.0.2.53 refuses to answer"}},
		"refused, this computer":  {evidence.Resolution{Problem: "server-failure", Asked: both("REFUSED", 18, "not your network")}, []string{"may not ask it", `"not your network"`}},
		"other family":            {evidence.Resolution{Problem: "no-address"}, []string{"of the wanted kind", "-4 or -6"}},
		"no data":                 {evidence.Resolution{Problem: "not-found", Asked: both("NOERROR", 0, "")}, []string{"exists, says the name server 192.0.2.53,", "neither IPv4 nor IPv6"}},
		"no such name":            {evidence.Resolution{Problem: "not-found", Asked: both("NXDOMAIN", 0, "")}, []string{"does not exist, says the name server 192.0.2.53,"}},
		"no such name, old":       {evidence.Resolution{Problem: "not-found", Asked: both("NXDOMAIN", 19, "")}, []string{"an old answer"}},
		"no such name, system":    {evidence.Resolution{Problem: "not-found"}, []string{"does not exist, so"}},
		"cut off":                 {evidence.Resolution{Problem: "server-failure", Asked: []evidence.NameAnswer{cut, nothing}}, []string{"too large for one datagram", "allow TCP 53 to 192.0.2.53"}},
		"A dropped":               {evidence.Resolution{Problem: "timeout", Asked: []evidence.NameAnswer{nameAnswer(longName, evidence.IPv4, ""), nothing}}, []string{"never when asked for its IPv4 address"}},
		"silence":                 {evidence.Resolution{Problem: "timeout", Asked: both("", 0, "")}, []string{"192.0.2.53 did not answer"}},
		"silence, system":         {evidence.Resolution{Problem: "timeout"}, []string{"The name server did not answer"}},
		"nobody there":            {evidence.Resolution{Problem: "server-failure", Asked: []evidence.NameAnswer{closed}}, []string{"192.0.2.53 can't be reached", "at once"}},
		"failure":                 {evidence.Resolution{Problem: "server-failure", Asked: both("SERVFAIL", 0, "")}, []string{"192.0.2.53 could not find out", "SERVFAIL"}},
		"DNSSEC":                  {evidence.Resolution{Problem: "server-failure", Asked: both("SERVFAIL", 7, "")}, []string{"signatures have expired (DNSSEC)", "administrator of the domain to mend its signatures"}},
		"own words":               {evidence.Resolution{Problem: "server-failure", Asked: both("SERVFAIL", 0, "")}, nil},
		"unknown error":           {evidence.Resolution{Problem: "server-failure", Asked: both("SERVFAIL", 4711, "why\x1b")}, []string{`its error 4711 "why\x1b"`}},
		"resolver alone fails": {evidence.Resolution{Problem: "server-failure", Asked: []evidence.NameAnswer{nameAnswer(longName, evidence.IPv4, "NOERROR", server), nothing}},
			[]string{"own resolver failed", "although the name server 192.0.2.53 has an address"}},
		"interrupted": {evidence.Resolution{Problem: "interrupted"}, []string{"stopped before"}},
	} {
		c.r.Name = longName
		v := verdict.Unresolved(&c.r)
		used[v.Rule] = true
		tr := probe.TargetRun{Target: target(longName, 443), Resolution: c.r,
			Results: []probe.Result{{Port: evidence.Port{Port: 443, Protocol: evidence.TCP}, Verdict: v}}}
		got := report.Build(run(tr), services.New(), "test").Targets[0]
		p := got.Ports[0]
		checkSentence(t, name+" why", p.Why, 240)
		checkSentence(t, name+" next", *p.NextStep, 240)
		for _, want := range c.says {
			if !strings.Contains(p.Why+" "+*p.NextStep, want) {
				t.Errorf("%s: no %q in\n%s\n%s", name, want, p.Why, *p.NextStep)
			}
		}
		if len(p.Finding) > 40 || p.Usable != nil || *got.Resolution.Reason != string(v.Reason) {
			t.Errorf("%s: %q, usable %v, %q", name, p.Finding, p.Usable, *got.Resolution.Reason)
		}
		if other, twice := said[p.Why]; twice && name != "own words" && other != "own words" {
			t.Errorf("%s and %s say the same: %s", name, other, p.Why)
		}
		said[p.Why] = name
	}
	for _, rule := range verdict.Rules() {
		if strings.HasPrefix(rule, "name-") && !used[rule] {
			t.Errorf("rule %s is not said", rule)
		}
	}
}

// TestNameNotes: what is odd about a name that leads to an address is said, and nothing of one that is not.
func TestNameNotes(t *testing.T) {
	four := nameAnswer(longName, evidence.IPv4, "NOERROR", server)
	none := nameAnswer(longName, evidence.IPv6, "NOERROR")
	cut := nameAnswer(longName, evidence.IPv6, "NOERROR")
	cut.Truncated, cut.TCP = true, evidence.Unanswered
	addr := []netip.Addr{ip(server)}
	invented := func(name, address string) []evidence.NameAnswer {
		return []evidence.NameAnswer{nameAnswer(name, evidence.IPv4, "NOERROR", address)}
	}
	at := func(port string, a evidence.NameAnswer) evidence.NameAnswer {
		a.Server = netip.MustParseAddrPort("192.0.2.54:" + port)
		return a
	}
	for name, c := range map[string]struct {
		r    evidence.Resolution
		code string
		says []string
	}{
		"plain":   {evidence.Resolution{Addresses: addr, Asked: []evidence.NameAnswer{four, none}, Invented: []evidence.NameAnswer{nameAnswer("whyport-x.example", evidence.IPv4, "NXDOMAIN")}}, "", nil},
		"literal": {evidence.Resolution{Addresses: []netip.Addr{ip("10.1.2.3")}, Literal: true}, "", nil},
		"every name": {evidence.Resolution{Addresses: addr, Asked: []evidence.NameAnswer{four, none}, Invented: invented("whyport-x.example", server)}, "any-name",
			[]string{"invented name (whyport-x.example)", "every name"}},
		"every name of a domain": {evidence.Resolution{Addresses: addr, Asked: []evidence.NameAnswer{four, none}, Invented: invented("whyport-x.department.company.example", server)},
			"any-name", []string{"in the domain department.company.example every name"}},
		"an invented name elsewhere": {evidence.Resolution{Addresses: addr, Invented: invented("whyport-x.example", "198.51.100.99")}, "", nil},
		"private":                    {evidence.Resolution{Addresses: []netip.Addr{ip("10.1.2.3")}}, "address-confined", []string{"10.1.2.3, a private address"}},
		"link-local":                 {evidence.Resolution{Addresses: []netip.Addr{ip("169.254.7.7")}}, "address-confined", []string{"a link-local address"}},
		"hosts file":                 {evidence.Resolution{Addresses: addr, HostsFile: true}, "hosts-file", []string{"hosts file"}},
		"half a sinkhole":            {evidence.Resolution{Addresses: addr, Withheld: []netip.Addr{ip("::")}}, "address-withheld", []string{"also to ::"}},
		"search domain": {evidence.Resolution{Addresses: addr, Asked: []evidence.NameAnswer{nameAnswer(longName, evidence.IPv4, "NXDOMAIN"), nameAnswer(longName, evidence.IPv6, "NXDOMAIN"),
			nameAnswer(longName+".corp.example", evidence.IPv4, "NOERROR", server)}}, "search-domain", []string{".corp.example"}},
		"AAAA dropped":         {evidence.Resolution{Addresses: addr, Silent: evidence.IPv6, Asked: []evidence.NameAnswer{four, nameAnswer(longName, evidence.IPv6, "")}}, "name-family-unanswered", []string{"192.0.2.53 does not answer when asked for the IPv6"}},
		"AAAA dropped, system": {evidence.Resolution{Addresses: addr, Silent: evidence.IPv6}, "name-family-unanswered", []string{"did not answer when asked for the IPv6"}},
		"AAAA fails":           {evidence.Resolution{Addresses: addr, Asked: []evidence.NameAnswer{four, withError(nameAnswer(longName, evidence.IPv6, "SERVFAIL"), 22, "")}}, "name-family-unanswered", []string{"answers with an error (SERVFAIL)", "none of the domain's own servers"}},
		"AAAA cut off":         {evidence.Resolution{Addresses: addr, Asked: []evidence.NameAnswer{four, cut}}, "name-family-unanswered", []string{"TCP (port 53)"}},
		"compared, the same":   {evidence.Resolution{Addresses: addr, Compared: []evidence.NameAnswer{at("53", four), at("53", none)}}, "names-compared", []string{"192.0.2.54 says the same."}},
		"compared, another":    {evidence.Resolution{Addresses: []netip.Addr{ip("198.51.100.9")}, Compared: []evidence.NameAnswer{at("5353", four)}}, "names-compared", []string{"192.0.2.54:5353 leads to " + server, "different things"}},
		"compared, none":       {evidence.Resolution{Addresses: addr, Compared: []evidence.NameAnswer{at("53", nameAnswer(longName, evidence.IPv4, "NXDOMAIN"))}}, "names-compared", []string{"knows no such name", "different things"}},
		"compared, silent":     {evidence.Resolution{Addresses: addr, Compared: []evidence.NameAnswer{at("53", nameAnswer(longName, evidence.IPv4, ""))}}, "names-compared", []string{"does not answer."}},
		"compared, only there": {evidence.Resolution{Problem: "not-found", Compared: []evidence.NameAnswer{at("53", four)}}, "names-compared", []string{"finds no address", "different things"}},
	} {
		c.r.Name = longName
		tr := probe.TargetRun{Target: target(longName, 443), Resolution: c.r, Results: []probe.Result{{Port: evidence.Port{Port: 443, Protocol: evidence.TCP},
			Verdict: verdict.Verdict{State: verdict.Unknown, Reason: verdict.NotTested, Rule: "not-tested"}}}}
		notes := report.Build(run(tr), services.New(), "test").Targets[0].Notes
		i := slices.IndexFunc(notes, func(n report.Note) bool { return n.Code == c.code })
		if c.code == "" {
			if len(notes) > 0 {
				t.Errorf("%s: %+v", name, notes)
			}
			continue
		}
		if i < 0 || len(notes) != 1 {
			t.Errorf("%s: %+v", name, notes)
			continue
		}
		checkSentence(t, name, notes[i].Sentence, 420)
		for _, want := range c.says {
			if !strings.Contains(notes[i].Sentence, want) {
				t.Errorf("%s: no %q in %s", name, want, notes[i].Sentence)
			}
		}
	}
}
