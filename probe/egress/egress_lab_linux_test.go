package egress

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/lab"
	"whyport/probe/verdict"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("8") // the lab's cases wait more than they compute
	}
	lab.Main(m, lab.Funcs{"egress": lab.Call(inLab)})
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// order is what a process in the lab is told to ask.
type order struct {
	To    netip.Addr
	Ports []uint16
}

func inLab(ctx context.Context, o order) (*probe.Run, error) {
	t := probe.Target{Input: o.To.String(), Host: o.To.String(), Addr: o.To, Requirement: verdict.Requirement{Mode: verdict.All}}
	for _, p := range o.Ports {
		t.Candidates = append(t.Candidates, probe.Candidate{Port: p, Protocol: evidence.TCP})
	}
	return Against(References())(ctx, probe.Plan{Targets: []probe.Target{t}, Options: probe.Options{NoNames: true}}, probe.Hooks{}), nil
}

// asked runs the question in the lab and says of each port what came of it: "leaves", "1+ filtered", "2 blocked", "unclear".
func asked(t *testing.T, l *lab.Lab, family int, ports ...uint16) (said map[uint16]string, run *probe.Run) {
	t.Helper()
	run, err := lab.Remote[*probe.Run](t.Context(), l, "egress", order{l.Addr("server", family), ports})
	if err != nil {
		t.Fatal(err)
	}
	said = map[uint16]string{}
	for _, r := range run.Targets[0].Results {
		switch v := r.Verdict; {
		case v.Reason == verdict.LeavesNetwork:
			said[r.Port.Port] = "leaves"
		case v.Where == nil:
			said[r.Port.Port] = "unclear"
		default:
			next := ""
			if v.Where.OrNext {
				next = "+"
			}
			said[r.Port.Port] = fmt.Sprintf("%d%s %s", v.Where.Hop, next, v.State)
		}
	}
	return said, run
}

func drop(ports ...string) string { return "tcp dport { " + strings.Join(ports, ", ") + " }" }

// TestEachRouter: rules at each router, in each way that rules act. What happens in its network is
// no egress rule.
func TestEachRouter(t *testing.T) {
	t.Parallel()
	lab.Need(t)
	for _, family := range []int{4, 6} {
		t.Run(fmt.Sprint("IPv", family), func(t *testing.T) { t.Parallel(); testEachRouter(t, family) })
	}
}

func testEachRouter(t *testing.T, family int) {
	l := lab.New(t, lab.Routers(4))
	l.Listen("server", 443, lab.Banner("hello"))
	l.Rule("r1", lab.Forward, drop("25", "445"), lab.Drop)
	l.Rule("r2", lab.Forward, drop("135"), lab.Drop)
	l.Rule("r3", lab.Forward, drop("139"), lab.Drop)
	l.Rule("r1", lab.Forward, drop("23"), lab.RejectAnyAdmin)
	l.Rule("r2", lab.Forward, drop("6667"), lab.RejectReset)
	l.Rule("server", lab.Input, drop("22"), lab.Drop)
	l.Rule("client", lab.Output, drop("1900"), lab.RejectAnyPort)
	got, run := asked(t, l, family, 25, 445, 135, 139, 23, 6667, 22, 443, 80, 1900)
	want := map[uint16]string{25: "1+ filtered", 445: "1+ filtered", 135: "2+ filtered", 139: "leaves", 23: "1 blocked",
		6667: "2+ blocked", 22: "leaves", 443: "leaves", 80: "leaves", 1900: "0 blocked"}
	for port, w := range want {
		if got[port] != w {
			t.Errorf("IPv%d, port %d: %s, want %s", family, port, got[port], w)
		}
	}
	if run.Met {
		t.Error("met, although ports do not leave")
	}
}

// TestAnotherReference: where 443 does not get out either, the port that does is what others are compared with.
func TestAnotherReference(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Rule("r1", lab.Forward, "iifname to-client tcp dport != 8080", lab.Drop) // what comes back passes
	got, _ := asked(t, l, 4, 443, 8080, 25)
	if got[8080] != "leaves" || got[443] != "1+ filtered" || got[25] != "1+ filtered" {
		t.Errorf("%v", got)
	}
}

// TestNoRouterAnswers: without time exceeded nothing is claimed.
func TestNoRouterAnswers(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for _, r := range []string{"r1", "r2", "r3"} {
		l.Silence(r)
	}
	l.Rule("r1", lab.Forward, drop("25"), lab.Drop)
	got, run := asked(t, l, 4, 25, 443, 22)
	if got[25] != "unclear" || got[443] != "unclear" || got[22] != "unclear" || run.Met {
		t.Errorf("%v", got)
	}
}

// TestRandomRules: random rules at random routers; what is claimed of a port is true, and what is forbidden near is found.
func TestRandomRules(t *testing.T) {
	t.Parallel()
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv("WHYPORT_TEST_EGRESS_ROUNDS")); err == nil {
		rounds = n
	}
	if testing.Short() {
		rounds = 1
	}
	lab.Need(t)
	for round := range rounds {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) { t.Parallel(); testRandomRules(t) })
	}
}

func testRandomRules(t *testing.T) {
	unclear := 0
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	l := lab.New(t, lab.Routers(4), lab.Seed(seed))
	forbidden, ports := map[uint16]int{}, []uint16{443}
	for len(ports) < 9 {
		p := uint16(1 + random.IntN(20000))
		if ports = append(ports, p); random.IntN(2) == 0 || p == 443 || p == 80 {
			continue
		}
		at := 1 + random.IntN(2)
		forbidden[p] = at
		l.Rule(fmt.Sprintf("r%d", at), lab.Forward, drop(fmt.Sprint(p)), []lab.Action{lab.Drop, lab.RejectAnyAdmin, lab.RejectReset}[random.IntN(3)])
	}
	if random.IntN(2) == 0 { // loss on the way
		l.Wire("client", "r1").Loss(0.1)
		for _, r := range []string{"r1", "r2", "r3", "r4"} { // limits beside loss cost a minute here; the simulated networks have both
			l.Sysctl(r, "net.ipv4.icmp_ratelimit", "0")
		}
	}
	got, _ := asked(t, l, 4, ports...)
	for p, said := range got {
		at := forbidden[p]
		switch {
		case said == "unclear":
			unclear++
		case said == "leaves" && at > 0, said != "leaves" && at == 0:
			t.Errorf("seed %d, port %d: %s, forbidden at %d: %v", seed, p, said, at, got)
		case at > 0 && !strings.HasPrefix(said, fmt.Sprint(at)) && !strings.HasPrefix(said, fmt.Sprint(at-1)+"+"):
			t.Errorf("seed %d, port %d: %s, forbidden at %d", seed, p, said, at)
		}
	}
	t.Logf("seed %d: %d unclear", seed, unclear)
}
