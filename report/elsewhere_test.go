package report_test

import (
	"fmt"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/verdict"
)

// at is a target at an address of its own with one result a port.
func at(addr string, results map[uint16]verdict.Verdict) probe.TargetRun {
	t := probe.TargetRun{}
	var ports []uint16
	for _, p := range []uint16{25, 443} {
		if v, is := results[p]; is {
			seen := silent(addr, client, p)
			if v.State == verdict.Open {
				seen = connected(addr, client, p)
			}
			t.Results = append(t.Results, result(len(ports), seen, v))
			ports = append(ports, p)
		}
	}
	t.Target = target(addr, ports...)
	return t
}

func noteOf(t *testing.T, r *probe.Run, code string) string {
	t.Helper()
	for _, n := range summaryOf(r).Notes {
		if n.Code == code {
			return n.Sentence
		}
	}
	return ""
}

// TestOnlyThisServer: what other targets of the same run say of a port that ends early.
func TestOnlyThisServer(t *testing.T) {
	open := verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck, Usable: true, Confidence: verdict.Certain}
	near, elsewhere := drop2, drop2
	near.Where = &verdict.Where{Party: verdict.LocalNetwork, Hop: 1, Address: ip("10.0.0.1"), Confidence: verdict.Likely}
	elsewhere.Where = &verdict.Where{Party: verdict.Provider, Hop: 3, Address: ip("100.64.0.1"), Confidence: verdict.Likely}
	far := drop2
	far.Where = &verdict.Where{Party: verdict.ServerNetwork, Hop: 3, Confidence: verdict.Likely}
	one := at("203.0.113.7", map[uint16]verdict.Verdict{25: near})
	for name, c := range map[string]struct {
		others     []probe.TargetRun
		only, same string
	}{
		"alone":             {nil, "", ""},
		"the same place":    {[]probe.TargetRun{at("198.51.100.7", map[uint16]verdict.Verdict{25: near}), at("198.51.100.8", map[uint16]verdict.Verdict{25: near})}, "", "2 other targets"},
		"answered there":    {[]probe.TargetRun{at("198.51.100.7", map[uint16]verdict.Verdict{25: open})}, "another target", ""},
		"both":              {[]probe.TargetRun{at("198.51.100.7", map[uint16]verdict.Verdict{25: open}), at("198.51.100.8", map[uint16]verdict.Verdict{25: near})}, "another target", ""},
		"another place":     {[]probe.TargetRun{at("198.51.100.7", map[uint16]verdict.Verdict{25: elsewhere})}, "", ""},
		"another port":      {[]probe.TargetRun{at("198.51.100.7", map[uint16]verdict.Verdict{443: near})}, "", ""},
		"the same address":  {[]probe.TargetRun{at("203.0.113.7", map[uint16]verdict.Verdict{25: near})}, "", ""},
		"the server's rule": {[]probe.TargetRun{at("198.51.100.7", map[uint16]verdict.Verdict{25: far})}, "", ""},
	} {
		r := run(append([]probe.TargetRun{one}, c.others...)...)
		for code, want := range map[string]string{"only-this-server": c.only, "not-only-this-server": c.same} {
			got := noteOf(t, r, code)
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q, want %q", name, code, got, want)
			}
		}
	}
}

// TestNodesAreCounted: some addresses of a name drop.
func TestNodesAreCounted(t *testing.T) {
	open := verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck, Usable: true, Confidence: verdict.Certain}
	of := func(bad ...int) *probe.Run {
		tr := probe.TargetRun{Target: target("name.example", 443)}
		for i := range 6 {
			addr := fmt.Sprintf("203.0.113.%d", i+1)
			r := result(0, connected(addr, client, 443), open)
			for _, b := range bad {
				if b == i {
					r = result(0, silent(addr, client, 443), drop2)
				}
			}
			r.Address = i
			tr.Results = append(tr.Results, r)
		}
		return run(tr)
	}
	if got := noteOf(t, of(1, 4), "addresses-differ"); !strings.HasPrefix(got, "2 of 6 IPv4 addresses of the name do not let 443 (https) be used: 203.0.113.2, 203.0.113.5 (filtered).") {
		t.Error(got)
	}
	for name, r := range map[string]*probe.Run{"all well": of(), "all bad": of(0, 1, 2, 3, 4, 5)} {
		if got := noteOf(t, r, "addresses-differ"); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
