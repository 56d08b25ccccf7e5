package report_test

import (
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
)

func TestExitCode(t *testing.T) {
	port := func(n uint16, s verdict.State, r verdict.Reason) probe.Result {
		return result(int(n), evidence.Port{Addr: ip(server), Port: n + 1, Protocol: evidence.TCP}, verdict.Verdict{State: s, Reason: r, Usable: s == verdict.Open})
	}
	with := func(mode verdict.Mode, rs ...probe.Result) probe.TargetRun {
		tr := probe.TargetRun{Target: target("h", 1, 2)}
		tr.Target.Requirement.Groups[0].Mode = mode
		tr.Results = rs
		return tr
	}
	good, bad := port(0, verdict.Open, verdict.SynAck), port(1, verdict.Filtered, verdict.NoResponse)
	stopped, poor := port(1, verdict.Unknown, verdict.Interrupted), port(1, verdict.Unknown, verdict.NoSockets)
	lost := probe.TargetRun{Target: target("h", 1, 2), Resolution: evidence.Resolution{Problem: "not-found"}}
	offline := run(with(verdict.Any, port(0, verdict.Unreachable, verdict.NoRoute), port(1, verdict.Unreachable, verdict.NoRoute)))
	offline.Addresses = nil
	bare := run(with(verdict.Any, port(0, verdict.Unreachable, verdict.AddressUnavailable)))
	bare.Addresses = nil
	for name, c := range map[string]struct {
		run  *probe.Run
		want int
	}{
		"one of two":                 {run(with(verdict.Any, good, bad)), 0},
		"both wanted":                {run(with(verdict.All, good, bad)), 1},
		"none":                       {run(with(verdict.Any, bad)), 1},
		"met before the interrupt":   {run(with(verdict.Any, good, stopped)), 0},
		"interrupted":                {run(with(verdict.All, good, stopped)), 3},
		"could not be met any more":  {run(with(verdict.All, port(0, verdict.Closed, verdict.Reset), stopped)), 1},
		"out of sockets":             {run(with(verdict.Any, poor)), 3},
		"name not found":             {run(lost), 3},
		"name not found and met":     {run(with(verdict.Any, good, bad), lost), 3},
		"name not found and not met": {run(lost, with(verdict.Any, bad)), 1},
		"silence over UDP":           {run(with(verdict.Any, port(0, verdict.Unknown, verdict.UDPNoResponse))), 1},
		"no route, yet a network":    {run(with(verdict.Any, port(0, verdict.Unreachable, verdict.NoRoute))), 1},
		"no network":                 {offline, 3},
		"no address at all":          {bare, 3},
		"no address of its kind":     {run(with(verdict.Any, port(0, verdict.Unreachable, verdict.AddressUnavailable))), 1},
		"nothing":                    {&probe.Run{}, 3},
	} {
		if got := report.ExitCode(c.run); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
		met := report.Build(c.run, nil, "test").Requirement.Met
		if (met == nil) != (c.want == 3) || met != nil && *met != (c.want == 0) {
			t.Errorf("%s: the JSON says %v", name, met)
		}
	}
}
