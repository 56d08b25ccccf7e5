package egress

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// round is a network with random rules at its first two routers, losses and routers that say nothing.
type round struct {
	scenario  strings.Builder
	forbidden map[uint16]int // at which router
	ports     []uint16
}

func newRound(random *rand.Rand) *round {
	r := &round{forbidden: map[uint16]int{}, ports: []uint16{443}}
	hops := 4 + random.IntN(3)
	for hop := 1; hop <= hops; hop++ {
		name, addr := fmt.Sprintf("r%d", hop), fmt.Sprintf("100.64.%d.1", hop)
		switch hop {
		case 1:
			addr = "10.1.0.1"
		case hops:
			name, addr = "server", "203.0.113.7"
		case hops - 1:
			addr = "198.51.100.9"
		}
		fmt.Fprintf(&r.scenario, "hop %d %s %s %dms\n", hop, name, addr, 1+hop*random.IntN(12))
	}
	fmt.Fprintf(&r.scenario, "seed %d\nclient is 10.1.0.2\nserver listen 443 hold\n", random.Uint32())
	if random.IntN(3) == 0 {
		fmt.Fprintf(&r.scenario, "r%d silent\n", 1+random.IntN(hops-1))
	}
	if random.IntN(3) == 0 {
		fmt.Fprintf(&r.scenario, "r%d forward tcp loss %d%%\n", 1+random.IntN(hops-1), 5+random.IntN(15))
	}
	for len(r.ports) < 9 {
		p := uint16(1 + random.IntN(20000))
		r.ports = append(r.ports, p)
		if random.IntN(2) == 0 || p == 443 || p == 80 {
			continue
		}
		at := 1 + random.IntN(2)
		r.forbidden[p] = at
		action := []string{"drop", "reject admin-prohibited", "reject tcp-reset"}[random.IntN(3)]
		hook := []string{"prerouting", "forward", "postrouting"}[random.IntN(3)]
		if hook != "forward" {
			action = "drop"
		}
		fmt.Fprintf(&r.scenario, "r%d %s tcp dport %d %s\n", at, hook, p, action)
	}
	return r
}

// ask runs the question in the simulated network: for each port whether it is said to leave (1), not to (-1), or neither (0),
// and up to which hop it is said to get.
func (r *round) ask(t *testing.T) (said map[uint16]int, hops map[uint16]*verdict.Where) {
	s, err := simnet.Parse(r.scenario.String())
	if err != nil {
		t.Fatal(err)
	}
	to := netip.MustParseAddr("203.0.113.7")
	target := probe.Target{Input: to.String(), Host: to.String(), Addr: to, Requirement: verdict.Requirement{Mode: verdict.All}}
	for _, p := range r.ports {
		target.Candidates = append(target.Candidates, probe.Candidate{Port: p, Protocol: evidence.TCP})
	}
	said, hops = map[uint16]int{}, map[uint16]*verdict.Where{}
	synctest.Test(t, func(t *testing.T) {
		run := Against(References())(t.Context(), probe.Plan{Targets: []probe.Target{target}, Options: probe.Options{NoNames: true, Network: s.Net}}, probe.Hooks{})
		for _, res := range run.Targets[0].Results {
			p := res.Port.Port
			switch {
			case res.Verdict.Reason == verdict.LeavesNetwork:
				said[p] = 1
			case res.Verdict.Where != nil:
				said[p], hops[p] = -1, res.Verdict.Where
			}
		}
	})
	return said, hops
}

// TestNothingFalseInRandomNetworks: 200 networks; no port is said to leave that does not, none to end that leaves, and where one is
// said to end it does.
func TestNothingFalseInRandomNetworks(t *testing.T) {
	first := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("WHYPORT_TEST_SEED"), 10, 64); err == nil {
		first = n
	}
	claims, unclear := 0, 0
	for seed := first; seed < first+200; seed++ {
		r := newRound(rand.New(rand.NewPCG(seed, 0)))
		said, hops := r.ask(t)
		for _, p := range r.ports {
			at := r.forbidden[p]
			switch {
			case said[p] == 0:
				unclear++
				continue
			case said[p] > 0 && at > 0, said[p] < 0 && at == 0:
				t.Errorf("seed %d, port %d: said %d, forbidden at %d, %+v\n%s", seed, p, said[p], at, hops[p], &r.scenario)
			case at > 0 && !covers(hops[p], at):
				t.Errorf("seed %d, port %d: said to end at %+v, forbidden at %d\n%s", seed, p, hops[p], at, &r.scenario)
			}
			claims++
		}
	}
	t.Logf("%d claims, %d unclear", claims, unclear)
	if claims < 5*unclear {
		t.Errorf("%d ports unclear beside %d claims: too careful to be of use", unclear, claims)
	}
}

// covers reports whether a place is the router's, or the one before it with what may be next.
func covers(w *verdict.Where, at int) bool {
	return int(w.Hop) == at || int(w.Hop) == at-1 && w.OrNext || int(w.Hop) < at && w.OrNext && w.Confidence == verdict.Possible
}
