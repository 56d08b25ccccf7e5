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

func summaryOf(r *probe.Run) report.Target {
	return report.Build(r, services.New(), "test").Targets[0]
}

func TestSummaries(t *testing.T) {
	allSilent := run(probe.TargetRun{Target: target("h", 1, 2), Results: []probe.Result{result(0, silent(server, client, 1), drop2), result(1, silent(server, client, 2), drop2)}})
	one := run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, silent(server, client, 443), drop2)}})
	no6 := families()
	for i := range no6.Targets[0].Results {
		if r := &no6.Targets[0].Results[i]; r.Port.Addr.Is6() {
			r.Verdict = verdict.Verdict{State: verdict.Unreachable, Reason: verdict.NoRoute, Confidence: verdict.Certain}
		}
	}
	groups := iproject()
	groups.Targets[0].Target.Requirement = verdict.Requirement{Mode: verdict.ModeGroups, Groups: []verdict.Group{
		{Name: "sending", Mode: verdict.All, Members: []int{0, 2}}, {Name: "more", Mode: verdict.Optional, Members: []int{1}}}}
	groups.Targets[0].Met = false
	for name, c := range map[string]struct {
		run  *probe.Run
		want string
	}{
		"one of five":    {iproject(), "1 of 5 ports usable: 443 (https); 20, 80 are filtered at hop 2 or next; 2000 (cisco-sccp) is blocked at hop 2; 2001 (dc) is blocked, possibly at hop 3."},
		"broken IPv6":    {families(), "2 of 2 ports usable: 80 (http), 443 (https); IPv6 does not work, IPv4 does."},
		"no IPv6 here":   {no6, "2 of 2 ports usable: 80 (http), 443 (https); this computer has no way to IPv6 addresses."},
		"all silent":     {allSilent, "0 of 2 ports usable: 1, 2 are filtered at hop 2 or next."},
		"nothing at all": {silentHost(), "0 of 2 ports usable: nothing answers, the host is down or wholly filtered."},
		"one port":       {one, "443 (https) is not usable, filtered: dropped at 10.0.0.1 (hop 2 or next)."},
		"not found":      {notFound(), "The name sever.example does not exist, says the name server, so nothing could be tested."},
		"groups":         {groups, "1 of 5 ports usable, but sending needs all of 20/tcp, 443/tcp; 20, 80 are filtered at hop 2 or next; 2000 (cisco-sccp) is blocked at hop 2; 2001 (dc) is blocked, possibly at hop 3."},
	} {
		if got := summaryOf(c.run).Summary; got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
	if next := summaryOf(no6).NextStep; next != nil && strings.Contains(*next, "hang") {
		t.Errorf("nothing hangs without IPv6: %s", *next)
	}
	refused6 := families()
	for i := range refused6.Targets[0].Results {
		if r := &refused6.Targets[0].Results[i]; r.Port.Addr.Is6() {
			r.Verdict = verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Certain}
		}
	}
	for run, want := range map[*probe.Run]string{refused6: "may fail", families(): "may hang"} {
		if got := summaryOf(run); !strings.Contains(*got.NextStep, want) || !strings.Contains(got.Notes[0].Sentence, want) {
			t.Errorf("not %q: %s, %s", want, *got.NextStep, got.Notes[0].Sentence)
		}
	}
	if next := summaryOf(groups).NextStep; next == nil || !strings.Contains(*next, "allow TCP 20 from") {
		t.Errorf("the next step is not about what is missing: %v", next)
	}
}

func TestRecommendedPortIsTheFirstThatIsUsable(t *testing.T) {
	tr := probe.TargetRun{Target: target("h", 2001, 443, 80), Results: []probe.Result{result(0, silent(server, client, 2001), drop2),
		result(1, connected(server, client, 443), open), result(2, connected(server, client, 80), open)}}
	if got := summaryOf(run(tr)).RecommendedPort; got == nil || *got != 443 {
		t.Errorf("recommended %v", got)
	}
	tr.Target.Requirement.Groups = []verdict.Group{{Mode: verdict.Optional, Members: []int{0, 1}}, {Mode: verdict.Any, Members: []int{2}}}
	if got := summaryOf(run(tr)).RecommendedPort; got == nil || *got != 80 {
		t.Errorf("an optional port is recommended: %v", got)
	}
	tr.Results = tr.Results[:1]
	if got := summaryOf(run(tr)).RecommendedPort; got != nil {
		t.Errorf("recommended %v of nothing", *got)
	}
}

func TestFindingsOfTheWholeTarget(t *testing.T) {
	r := iproject()
	h := r.Targets[0].Hosts[ip(server)]
	h.Controls = []evidence.Port{connected(server, client, 47123), connected(server, client, 51877)}
	got := summaryOf(r)
	if got.AcceptsEveryPort == nil || !*got.AcceptsEveryPort || !strings.Contains(got.Summary, "every port seems open") {
		t.Errorf("%v: %s", got.AcceptsEveryPort, got.Summary)
	}
	h.Controls = nil
	if got := summaryOf(r); got.AcceptsEveryPort != nil {
		t.Errorf("no control port was tried, yet %v", *got.AcceptsEveryPort)
	}
	second := run(probe.TargetRun{Target: target("h", 443), Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server), ip("203.0.113.8")}},
		Results: []probe.Result{result(0, connected(server, client, 443), open), result(0, silent("203.0.113.8", client, 443), drop2)}})
	if got := summaryOf(second).Summary; got != "443 (https) is usable; nothing usable at 203.0.113.8." {
		t.Error(got)
	}
	notes := 0
	for _, n := range summaryOf(certificates()).Notes {
		if n.Code == "tls-inspection" {
			notes++
		}
	}
	if notes != 1 {
		t.Errorf("inspection is said %d times", notes)
	}
}

var closed = verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Certain}

// The default set is no application's: every usable port is told, and none is advised.
func TestTheDefaultSetIsADiscovery(t *testing.T) {
	r := run(probe.TargetRun{Target: target("h", 21, 22, 443), Met: true, Results: []probe.Result{
		result(0, refused(server, client, 21), closed), result(1, connected(server, client, 22), open), result(2, connected(server, client, 443), open)}})
	if got := summaryOf(r); got.Summary != "2 of 3 ports usable: 22 (ssh), 443 (https); 21 (ftp) is closed." ||
		got.NextStep == nil || !strings.HasPrefix(*got.NextStep, "If you need TCP 21: ask the server's administrator") {
		t.Errorf("named ports: %s %v", got.Summary, got.NextStep)
	}
	r.Targets[0].Target.Requirement.Groups[0].Name = "common"
	if got := summaryOf(r); got.Summary != "2 of 3 ports usable: 22 (ssh), 443 (https)." || got.NextStep != nil {
		t.Errorf("default set: %s %v", got.Summary, got.NextStep)
	}
	r.Targets[0].Target.Requirement.Groups[0].Name = "server"
	if got := summaryOf(r); got.NextStep == nil || *got.NextStep != "Set the application to port 22." {
		t.Errorf("a profile's group: %v", got.NextStep)
	}
}

// What was asked for and fails is named, with the place, at each address where it fails.
func TestTheAnswerNamesWhatFails(t *testing.T) {
	const second = "2001:db8:7::7"
	at := func(c, address int, p evidence.Port, v verdict.Verdict) probe.Result {
		r := result(c, p, v)
		r.Address = address
		return r
	}
	hop1 := verdict.Verdict{State: verdict.Blocked, Reason: verdict.ICMPAdminProhibited,
		Where: &verdict.Where{Party: verdict.LocalNetwork, Hop: 1, Address: ip("10.1.0.1"), Confidence: verdict.Certain}}
	two := evidence.Resolution{Addresses: []netip.Addr{ip(second), ip(server)}}
	mail := target("h", 443, 587)
	named := target("h", 443, 587)
	named.Requirement.Groups = []verdict.Group{{Name: "web", Mode: verdict.Any, Members: []int{0}}, {Name: "mail", Mode: verdict.Optional, Members: []int{1}}}
	for name, c := range map[string]struct {
		run        probe.TargetRun
		want, next string
	}{
		"typed": {probe.TargetRun{Target: mail, Results: []probe.Result{result(0, connected(server, client, 443), open), result(1, silent(server, client, 587), hop1)}},
			"1 of 2 ports usable: 443 (https); 587 (Sending mail) is blocked at hop 1.", "If you need TCP 587: ask whoever runs your own network"},
		"in a profile's group": {probe.TargetRun{Target: named, Results: []probe.Result{result(0, connected(server, client, 443), open), result(1, silent(server, client, 587), hop1)}},
			"1 of 2 ports usable: 443 (https); 587 (Sending mail) is blocked at hop 1.", "Set the application to port 443."},
		"the worse family": {probe.TargetRun{Target: target("h", 443), Resolution: two, Results: []probe.Result{
			at(0, 0, refused(second, "2001:db8:1::2", 443), closed), at(0, 1, silent(server, client, 443), hop1)}},
			"443 (https) is not usable: closed over IPv6 and blocked at hop 1 over IPv4.", "Ask "},
		"two families, two ports": {probe.TargetRun{Target: mail, Resolution: two, Results: []probe.Result{
			at(0, 0, refused(second, "2001:db8:1::2", 443), closed), at(0, 1, silent(server, client, 443), hop1),
			at(1, 0, refused(second, "2001:db8:1::2", 587), closed), at(1, 1, silent(server, client, 587), hop1)}},
			"0 of 2 ports usable: 443, 587 are closed over IPv6 and blocked at hop 1 over IPv4.", "Ask "},
		"one address of a port": {probe.TargetRun{Target: mail, Resolution: two, Results: []probe.Result{
			at(0, 0, connected(second, "2001:db8:1::2", 443), open), at(0, 1, connected(server, client, 443), open),
			at(1, 0, connected(second, "2001:db8:1::2", 587), open), at(1, 1, silent(server, client, 587), hop1)}},
			"2 of 2 ports usable: 443 (https), 587 (Sending mail); 587 (Sending mail) is blocked at hop 1 at " + server + ".", ""},
	} {
		got := summaryOf(run(c.run))
		if got.Summary != c.want {
			t.Errorf("%s: %s\nwant %s", name, got.Summary, c.want)
		}
		if next := report.Value(got.NextStep); !strings.HasPrefix(next, c.next) || c.next == "" && next != "" {
			t.Errorf("%s: next step %q", name, next)
		}
	}
}

// A helper port, such as the one that tells where an instance of SQL Server listens, is never recommended.
func TestAHelperIsNotRecommended(t *testing.T) {
	tr := probe.TargetRun{Target: target("h", 1433, 1434), Results: []probe.Result{result(0, refused(server, client, 1433), closed), result(1, connected(server, client, 1434), open)}}
	tr.Target.Requirement.Groups = []verdict.Group{{Mode: verdict.Any, Members: []int{0}}, {Mode: verdict.Optional, Members: []int{1}}}
	if got := summaryOf(run(tr)); got.RecommendedPort != nil || got.RecommendedProtocol != nil {
		t.Errorf("recommended %v", *got.RecommendedPort)
	}
	tr.Target.Candidates[1].Protocol = evidence.UDP
	tr.Results[1].Port.Protocol = evidence.UDP
	tr.Target.Requirement.Groups[1].Mode = verdict.Any
	if got := summaryOf(run(tr)); report.Value(got.RecommendedProtocol) != "udp" {
		t.Errorf("protocol %v", got.RecommendedProtocol)
	}
}

// Every usable port is named, many of them as ranges.
func TestEveryUsablePortIsNamed(t *testing.T) {
	var ports []uint16
	for p := uint16(100); p < 130; p++ {
		ports = append(ports, p, 2*p+5000)
	}
	tr := probe.TargetRun{Target: target("h", ports...)}
	for c, p := range ports {
		tr.Results = append(tr.Results, result(c, connected(server, client, p), open))
	}
	if got := summaryOf(run(tr)).Summary; got != "60 of 60 ports usable: 100-5258 (60 ports)." {
		t.Error(got)
	}
	tr.Results = tr.Results[:40]
	tr.Target = target("h", ports[:40]...)
	if got := summaryOf(run(tr)).Summary; got != "40 of 40 ports usable: 100-119, 5200, 5202, 5204, 5206, 5208, 5210, 5212, 5214, 5216, 5218, 5220, 5222, "+
		"5224, 5226, 5228, 5230, 5232, 5234, 5236, 5238." {
		t.Error(got)
	}
}

// The next step names every address at which the port fares alike.
func TestNextStepNamesAllAddresses(t *testing.T) {
	second := "203.0.113.8"
	r := run(probe.TargetRun{Target: target("h", 22), Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server), ip(second)}},
		Results: []probe.Result{result(0, refused(server, client, 22), closed), result(0, refused(second, client, 22), closed)}})
	for i := range r.Targets[0].Results {
		one := &r.Targets[0].Results[i]
		one.Verdict.Where = &verdict.Where{Party: verdict.Server, Address: one.Port.Addr, Confidence: verdict.Certain}
	}
	got := summaryOf(r)
	if got.Summary != "22 (ssh) is not usable, closed: refused, nothing listens there." {
		t.Error(got.Summary)
	}
	if got.NextStep == nil || !strings.Contains(*got.NextStep, "at "+server+", "+second) {
		t.Errorf("%v", got.NextStep)
	}
}

// A name that was never asked of a server is not said to be the name server's word; usable is not established.
func TestNamesThatAreNotFound(t *testing.T) {
	r := notFound()
	r.Targets[0].Resolution.Server = ""
	got := summaryOf(r)
	if strings.Contains(got.Summary, "name server") || !strings.Contains(got.Summary, "does not exist") {
		t.Error(got.Summary)
	}
	for _, p := range got.Ports {
		if p.Usable != nil {
			t.Errorf("port %d: usable is %v", p.Port, *p.Usable)
		}
	}
}

// Of this computer itself nothing is said that only a network has.
func TestWordsForThisComputer(t *testing.T) {
	v := drop2
	v.Where, v.Caveats = &verdict.Where{Party: verdict.ThisComputer, Confidence: verdict.Likely}, []verdict.Caveat{verdict.ReturnPath}
	tr := probe.TargetRun{Target: target("127.0.0.1", 443), Results: []probe.Result{result(0, silent("127.0.0.1", "127.0.0.1", 443), v)}}
	p := summaryOf(run(tr)).Ports[0]
	if p.NextStep == nil || strings.Contains(*p.NextStep, "from 127.0.0.1") || len(p.Caveats) != 0 {
		t.Errorf("%v %v", p.NextStep, p.Caveats)
	}
	tr.Results[0].Verdict.Reason = verdict.LocalFirewallReject
	tr.Results[0].Verdict.Rule = ""
	if p := summaryOf(run(tr)).Ports[0]; strings.Contains(p.Why, "leaves") || !strings.HasSuffix(*p.NextStep, "allow TCP 443 to 127.0.0.1.") {
		t.Error(p.Why, *p.NextStep)
	}
	for _, reason := range []verdict.Reason{verdict.Reset, verdict.PortUnreachable, verdict.UDPNoResponse} {
		tr.Results[0].Verdict = verdict.Verdict{State: verdict.Closed, Reason: reason, Confidence: verdict.Certain}
		if p := summaryOf(run(tr)).Ports[0]; !strings.Contains(*p.NextStep, "this computer") || strings.Contains(*p.NextStep, "administrator") {
			t.Errorf("%s: %s", reason, *p.NextStep)
		}
	}
}

// A request for a rule names the source, also where the first attempt does not know its own.
func TestSourceOfAnyAttempt(t *testing.T) {
	p := silent(server, client, 443)
	p.Attempts[0].Source = netip.AddrPort{}
	got := summaryOf(run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, p, drop2)}})).Ports[0]
	if got.NextStep == nil || !strings.Contains(*got.NextStep, "from "+client) || got.Source == nil {
		t.Errorf("%v %v", got.NextStep, got.Source)
	}
}

// TestConnectionLimit: a limit on new connections is said once for the server, and is not called loss.
func TestConnectionLimit(t *testing.T) {
	lossy := connected(server, client, 443)
	lossy.Attempts = append([]evidence.Attempt{{Outcome: evidence.Silent}}, lossy.Attempts...)
	v := open
	v.Caveats = []verdict.Caveat{verdict.Lossy}
	for limit, want := range map[int]string{0: "Packets are lost on the way", 178: "connections are limited"} {
		got := summaryOf(run(probe.TargetRun{Target: target("h", 443), Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}},
			Hosts: map[netip.Addr]*evidence.Host{ip(server): {SYNLimit: limit}}, Results: []probe.Result{result(0, lossy, v)}}))
		said := slices.ContainsFunc(got.Notes, func(n report.Note) bool {
			return n.Code == "connection-limit" && strings.Contains(n.Sentence, "about 178 a second they were answered")
		})
		if said != (limit > 0) || !strings.Contains(got.Ports[0].Caveats[0].Sentence, want) {
			t.Errorf("limit %d: %+v, %+v", limit, got.Notes, got.Ports[0].Caveats)
		}
	}
}
