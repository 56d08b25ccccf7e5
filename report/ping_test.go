package report_test

import (
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
)

func TestPingIsSaid(t *testing.T) {
	with := func(a *evidence.Attempt) *probe.Run {
		return run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, silent(server, client, 443), drop2)},
			Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server), Ping: a}}})
	}
	if got := noteOf(t, with(&evidence.Attempt{Outcome: evidence.Connected, Elapsed: 31 * ms}), "answers-ping"); !strings.Contains(got, server+" in 31 ms") {
		t.Error(got)
	}
	if got := noteOf(t, with(&evidence.Attempt{Outcome: evidence.Silent}), "no-ping"); !strings.Contains(got, "proves nothing") {
		t.Error(got)
	}
	answering := func(a *evidence.Attempt) *probe.Run {
		return run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, connected(server, client, 443), open)},
			Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server), Ping: a}}})
	}
	if got := noteOf(t, answering(&evidence.Attempt{Outcome: evidence.Silent}), "ports-without-ping"); !strings.Contains(got, "Ports answer, but ping does not ("+server) {
		t.Error(got)
	}
	if got := noteOf(t, answering(&evidence.Attempt{Outcome: evidence.Connected, Elapsed: 31 * ms}), "ping-and-ports"); !strings.Contains(got, server+" in 31 ms") {
		t.Error(got)
	}
	if got := noteOf(t, answering(&evidence.Attempt{Outcome: evidence.Silent}), "no-ping"); got != "" {
		t.Error(got)
	}
	for _, code := range []string{"answers-ping", "no-ping"} {
		if got := noteOf(t, with(nil), code); got != "" {
			t.Error(got)
		}
	}
	a, b := summaryOf(with(&evidence.Attempt{Outcome: evidence.Connected, Elapsed: ms})), summaryOf(with(nil))
	if a.Ports[0].State != b.Ports[0].State || a.Ports[0].Why != b.Ports[0].Why || a.Summary != b.Summary {
		t.Error("ping changed the verdict")
	}
}
