package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"whyport/probe/lab"
)

// TestInterfaces: two uplinks with different rules. Each is tested by its name and by its address, alone and side by side;
// the routing table prefers the one that drops.
func TestInterfaces(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.SecondUplink(), lab.Routers(2))
	l.Listen("server", 22, lab.Banner("SSH-2.0-test\r\n"))
	l.Rule("r1", lab.Forward, "tcp dport 22", lab.RejectAnyAdmin)
	// A router's rule alone chooses the second table; the main one knows nothing of it.
	l.IP("client", "route del default via 10.2.0.1\nroute add default via 10.2.0.1 table 7\nrule add from 10.2.0.2 table 7")
	seen := l.Capture("u1", lab.From("client"), lab.SYN, lab.Port(22))
	program := built(t)
	ask := func(args ...string) (string, int) {
		c := l.Command(t.Context(), program, append([]string{l.Addr("server", 4).String(), "-p", "22", "--no-trace"}, args...)...)
		out, err := c.Output()
		if _, failed := err.(*exec.ExitError); err != nil && !failed {
			t.Fatal(err)
		}
		return string(out), c.ProcessState.ExitCode()
	}
	for _, c := range []struct {
		way  string
		code int
		from string
	}{{"to-r1", 1, "10.1.0.2"}, {"to-u1", 0, "10.2.0.2"}, {"10.2.0.2", 0, "10.2.0.2"}, {"10.1.0.2", 1, "10.1.0.2"}} {
		before := seen.Count()
		out, code := ask("--json", "--interface", c.way)
		var d struct {
			Source  struct{ Addresses []string }
			Targets []struct{ From []struct{ Address string } }
		}
		if err := json.Unmarshal([]byte(out), &d); err != nil {
			t.Fatal(err)
		}
		if code != c.code || len(d.Targets[0].From) != 1 || d.Targets[0].From[0].Address != c.from || d.Source.Addresses[0] != c.from {
			t.Errorf("%s: exit code %d, %+v", c.way, code, d)
		}
		if used := seen.Count() > before; used != (c.code == 0) {
			t.Errorf("%s: the second uplink was used: %v", c.way, used)
		}
	}
	out, code := ask("--interface", "all")
	if code != 0 || !strings.Contains(out, "Works in to-u1, fails in to-r1") || !strings.Contains(out, "1 of 1 port differ") {
		t.Errorf("side by side: exit code %d\n%s", code, out)
	}
}

// TestWithoutWay: an interface that has no address of the target's family sends nothing, and no other interface does.
func TestWithoutWay(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.SecondUplink(), lab.Routers(2))
	l.Listen("server", 22, lab.Hold)
	l.IP("client", "address flush dev to-u1 scope global\naddress add 10.2.0.2/24 dev to-u1")
	sent := l.Capture("client", lab.From("client"), lab.SYN)
	program := built(t)
	for _, ports := range []string{"22", "1-3000"} { // a sweep, too
		c := l.Command(t.Context(), program, l.Addr("server", 6).String(), "-p", ports, "--interface", "to-u1", "--json")
		out, _ := c.Output()
		if c.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "address-unavailable") {
			t.Errorf("ports %s: exit code %d\n%.600s", ports, c.ProcessState.ExitCode(), out)
		}
	}
	if n := sent.Count(); n > 0 {
		t.Errorf("%d SYNs sent", n)
	}
}

// built is the program that testscript has put on the PATH.
func built(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
