package report_test

import (
	"net/netip"
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
		"one of five":    {iproject(), "1 of 5 ports usable; use 443 (https)."},
		"broken IPv6":    {families(), "2 of 2 ports usable; use 80 (http); IPv6 does not work, IPv4 does."},
		"no IPv6 here":   {no6, "2 of 2 ports usable; use 80 (http); this computer has no way to IPv6 addresses."},
		"all silent":     {allSilent, "0 of 2 ports usable: 2 filtered."},
		"nothing at all": {silentHost(), "0 of 2 ports usable: nothing answers, the host is down or wholly filtered."},
		"one port":       {one, "443 (https) is not usable, filtered: dropped at 10.0.0.1 (hop 2 or next)."},
		"not found":      {notFound(), "The name sever.example does not exist, says the name server, so nothing could be tested."},
		"groups":         {groups, "1 of 5 ports usable, but sending needs all of 20/tcp, 443/tcp."},
	} {
		if got := summaryOf(c.run).Summary; got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
	if next := summaryOf(no6).NextStep; next != nil && strings.Contains(*next, "hang") {
		t.Errorf("nothing hangs without IPv6: %s", *next)
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
