package probe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"whyport/probe/lab"
	"whyport/probe/verdict"
)

// TestTenMixedPortsInLab: ten ports, each behind a rule of its own, as a firewall with a list has them. What is said is true,
// and it takes seconds, not a router's time for each port.
func TestTenMixedPortsInLab(t *testing.T) {
	lab.Need(t)
	t.Parallel()
	const runs = 6
	took := make([]time.Duration, runs)
	t.Run("seeds", func(t *testing.T) {
		for seed := range uint64(runs) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				took[seed] = tenPortsInLab(t, seed)
			})
		}
	})
	slices.Sort(took)
	t.Logf("%v", took)
}

// tenMixedPorts draws a rule for each of ten ports and returns how long the slowest verdict took.
func tenPortsInLab(t *testing.T, seed uint64) (slowest time.Duration) {
	random := rand.New(rand.NewPCG(seed, 1))
	l := lab.New(t, lab.Seed(seed))
	var ports []string
	want := map[uint16]string{}
	hops := map[uint16]uint8{}
	for port := uint16(4000); port < 4010; port++ {
		ports = append(ports, fmt.Sprint(port))
		match := fmt.Sprintf("tcp dport %d", port)
		hop := uint8(1 + random.IntN(3))
		router := fmt.Sprintf("r%d", hop)
		switch random.IntN(7) {
		case 0:
			l.Listen("server", port, greeting)
			want[port] = "open/syn-ack"
		case 1:
			want[port], hops[port] = "closed/reset", 4
		case 2, 3:
			l.Rule(router, lab.Forward, match, lab.Drop)
			want[port], hops[port] = "filtered/no-response", hop
		case 4:
			l.Rule("server", lab.Input, match, lab.Drop)
			want[port], hops[port] = "filtered/no-response", 3
		case 5:
			l.Rule(router, lab.Forward, match, lab.RejectReset)
			want[port], hops[port] = "blocked/reset-by-middlebox", hop
		case 6:
			l.Rule(router, lab.Forward, match, lab.RejectAnyAdmin)
			want[port], hops[port] = "blocked/icmp-admin-prohibited", hop
		}
	}
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), ports...)}})
	for _, res := range r.Targets[0].Results {
		v, port := res.Verdict, res.Port.Port
		if got := fmt.Sprintf("%s/%s", v.State, v.Reason); got != want[port] || v.Where != nil && v.Where.Confidence != verdict.Possible && v.Where.Hop != 0 && hops[port] > 0 && v.Where.Hop != hops[port] {
			t.Errorf("port %d: %s, want %s at hop %d", port, said(v, nodeNames(l)), want[port], hops[port])
		}
		slowest = max(slowest, res.Port.Elapsed)
		t.Logf("%5d %6.2fs %s", port, res.Port.Elapsed.Seconds(), said(v, nodeNames(l)))
	}
	return slowest
}
