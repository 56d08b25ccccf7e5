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

// TestUnreachableForOnePort: where other ports answer nobody is sent to look whether the server is on.
func TestUnreachableForOnePort(t *testing.T) {
	for _, reason := range []verdict.Reason{verdict.ICMPHostUnreachable, verdict.ICMPNetUnreachable} {
		for state, rule := range map[verdict.State]bool{verdict.Blocked: true, verdict.Unreachable: false} {
			v := verdict.Verdict{State: state, Reason: reason, Confidence: verdict.Certain,
				Where: &verdict.Where{Party: verdict.LocalNetwork, Hop: 2, Address: ip("100.64.1.2"), Confidence: verdict.Likely}}
			r := run(probe.TargetRun{Target: target("h", 80), Results: []probe.Result{result(0, refused(server, client, 80), v)},
				Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}})
			p := report.Build(r, services.New(), "test").Targets[0].Ports[0]
			if strings.Contains(p.Why, "refuse this one") != rule || strings.Contains(*p.NextStep, "to allow TCP 80") != rule || strings.HasPrefix(*p.NextStep, "Check the address") == rule {
				t.Errorf("%s %s: %s %s", state, reason, p.Why, *p.NextStep)
			}
		}
	}
}

// TestCarrierNAT: a shared address is the provider's, and says what it is.
func TestCarrierNAT(t *testing.T) {
	for address, want := range map[string]string{
		"100.64.1.2":   "the device at 100.64.1.2 (hop 2, your Internet provider's carrier-grade NAT, likely)",
		"198.51.100.2": "the device at 198.51.100.2 (hop 2, an Internet provider, likely)",
	} {
		v := verdict.Verdict{State: verdict.Blocked, Reason: verdict.ICMPAdminProhibited, Confidence: verdict.Certain,
			Where: &verdict.Where{Party: verdict.Provider, Hop: 2, Address: ip(address), Confidence: verdict.Likely}}
		r := run(probe.TargetRun{Target: target("h", 80), Results: []probe.Result{result(0, refused(server, client, 80), v)},
			Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}})
		p := report.Build(r, services.New(), "test").Targets[0].Ports[0]
		if !strings.Contains(p.Why, want) || !strings.Contains(*p.NextStep, "your Internet provider, device "+address) {
			t.Errorf("%s %s", p.Why, *p.NextStep)
		}
	}
}

// TestTooNear: what may have been this computer's own firewall is looked for there first.
func TestTooNear(t *testing.T) {
	v := verdict.Verdict{State: verdict.Blocked, Reason: verdict.ResetByMiddlebox, Confidence: verdict.Likely, Caveats: []verdict.Caveat{verdict.TooNear},
		Where: &verdict.Where{Party: verdict.LocalNetwork, Hop: 1, Address: ip("192.0.2.1"), Confidence: verdict.Possible}}
	r := run(probe.TargetRun{Target: target("h", 80), Results: []probe.Result{result(0, refused(server, client, 80), v)},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}})
	p := report.Build(r, services.New(), "test").Targets[0].Ports[0]
	if !strings.Contains(p.Why, "on this computer or by the device at 192.0.2.1") || !strings.HasPrefix(*p.NextStep, "1. See whether this computer's firewall") {
		t.Errorf("%s %s", p.Why, *p.NextStep)
	}
}
