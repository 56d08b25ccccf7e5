package probe

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
)

// TestScenarios runs the engine in simulated networks, in virtual time: testdata/scenarios has a file for each.
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/scenarios/*.txt")
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range []int{4, 6} {
			name := fmt.Sprintf("%s/v%d", strings.TrimSuffix(filepath.Base(f), ".txt"), family)
			t.Run(name, func(t *testing.T) { runScenario(t, string(text), family) })
		}
	}
}

func runScenario(t *testing.T, text string, family int) {
	s, err := simnet.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	target := s.Target(family)
	if !target.IsValid() {
		return
	}
	began := time.Now()
	var run *Run
	synctest.Test(t, func(t *testing.T) {
		plan := Plan{Targets: []Target{targetOf(target, s.Ports...)}, Options: Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}
		run = Execute(t.Context(), plan, Hooks{})
		time.Sleep(time.Second) // servers hear of the end of their connections
	})
	names := s.Net.Names()
	for a, name := range names {
		names[a] = strings.TrimSuffix(name, "b") // r2b stands beside r2
	}
	results := 0
	for r := range run.Targets[0].All() {
		results++
		got, want := said(r.Verdict, names), s.Want(r.Port.Port, family)
		if !fits(got, want) {
			t.Errorf("port %d (%s):\n got %s\nwant %s", r.Port.Port, r.Verdict.Rule, got, want)
		}
	}
	if results != len(s.Ports) {
		t.Errorf("%d results for %d ports", results, len(s.Ports))
	}
	syns := s.Net.Sent()
	if n := countTo(syns, target); s.Syns > 0 && n > s.Syns {
		t.Errorf("%d SYNs, want at most %d", n, s.Syns)
	}
	t.Logf("%v, %d packets, %v of real time", run.Elapsed, len(syns), time.Since(began).Round(100*time.Microsecond))
}

func countTo(sent []simnet.Packet, target netip.Addr) (n int) {
	for _, p := range sent {
		if p.To.Addr() == target && p.Protocol == "tcp" {
			n++
		}
	}
	return n
}

// onlyInLab are the cases of where.txt that rest on what is said on connections, or on NAT, which changes nothing here.
var onlyInLab = []string{"block page", "client behind NAT", "reset on any hello", "reset on the true name", "silence on the true name"}

// TestScenariosAsInLab: a case of the lab and its scenario expect the same, and none is forgotten.
func TestScenariosAsInLab(t *testing.T) {
	wanted := readWanted(t)
	for _, name := range onlyInLab {
		delete(wanted, name)
	}
	for name, want := range wanted {
		text, err := os.ReadFile("testdata/scenarios/" + regexp.MustCompile("[^a-z0-9]+").ReplaceAllString(strings.ToLower(name), "-") + ".txt")
		if err != nil {
			t.Error(err)
			continue
		}
		s, err := simnet.Parse(string(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for key, said := range want {
			var port uint16
			var family int
			if fmt.Sscanf(key, "%d v%d", &port, &family); family > 0 && s.Target(family).IsValid() && s.Want(port, family) != said {
				t.Errorf("%s, %s: the lab expects %s", name, key, said)
			}
		}
		if bound := fmt.Sprintf("at most %d SYNs", s.Syns); bound != want[""] {
			t.Errorf("%s: %s, in the lab %s", name, bound, want[""])
		}
	}
}
