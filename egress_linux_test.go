package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"whyport/probe/lab"
	"whyport/report/reporttest"
)

// TestEgressCommand: the program in a network whose gateway forbids two ports.
func TestEgressCommand(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Rule("r1", lab.Forward, "tcp dport { 25, 445 }", lab.Drop)
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, int) {
		t.Helper()
		cmd := l.Command(t.Context(), path, append([]string{"egress", l.Addr("server", 4).String(), "--no-dns"}, args...)...)
		cmd.Env = append(cmd.Env, "COLUMNS=100")
		out, err := cmd.Output()
		if exit, is := err.(*exec.ExitError); is {
			return string(out), exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		return string(out), 0
	}
	text, code := run("-p", "25,443,445")
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"1 of 3 ports leave this network", "25, 445 end at hop 1, 10.1.0.1 or the next, where 443 goes on: your own network's egress rule",
		"Next: Ask whoever runs your own network's firewall",
		"leaves this network (hop 3,",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	out, code := run("-p", "25,443", "--json")
	reporttest.Validate(t, []byte(out))
	var doc struct {
		Requirement struct{ Met *bool }
		Targets     []struct {
			Ports []struct {
				Port          uint16
				State, Reason string
				Usable        *bool
				Where         *struct{ Hop *int }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	p := doc.Targets[0].Ports
	if code != 1 || *doc.Requirement.Met || p[0].Reason != "no-response" || *p[0].Where.Hop != 1 ||
		p[1].Reason != "leaves-network" || p[1].Usable != nil {
		t.Errorf("exit code %d: %s", code, out)
	}
	if text, code := run("-p", "443,22"); code != 0 || !strings.Contains(text, "2 of 2 ports leave this network") {
		t.Errorf("exit code %d: %s", code, text)
	}
}
