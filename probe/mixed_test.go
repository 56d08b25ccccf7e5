package probe

import (
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// tenPorts is a network with ten ports, each behind a rule of its own, and what is true of them.
type tenPorts struct {
	text string
	want map[uint16]string // state/reason
	hops map[uint16]uint8  // of a place, as far as one is said
}

// mixedRules draws a rule for each of ten ports.
func mixedRules(seed uint64, loss int) tenPorts {
	random := rand.New(rand.NewPCG(seed, 1))
	m := tenPorts{want: map[uint16]string{}, hops: map[uint16]uint8{}}
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n", seed+1)
	if loss > 0 {
		fmt.Fprintf(&b, "r1-r2 loss %d%%\n", loss)
	}
	var ports []string
	for port := uint16(4000); port < 4010; port++ {
		ports = append(ports, fmt.Sprint(port))
		hop := uint8(1 + random.IntN(3))
		switch random.IntN(7) {
		case 0:
			fmt.Fprintf(&b, "server listen %d greet SSH-2.0-lab\n", port)
			m.want[port] = "open/syn-ack"
		case 1:
			m.want[port], m.hops[port] = "closed/reset", 4
		case 2, 3:
			fmt.Fprintf(&b, "r%d forward tcp dport %d drop\n", hop, port)
			m.want[port], m.hops[port] = "filtered/no-response", hop
		case 4:
			fmt.Fprintf(&b, "server input tcp dport %d drop\n", port)
			m.want[port], m.hops[port] = "filtered/no-response", 3
		case 5:
			fmt.Fprintf(&b, "r%d forward tcp dport %d reject tcp-reset\n", hop, port)
			m.want[port], m.hops[port] = "blocked/reset-by-middlebox", hop
		case 6:
			fmt.Fprintf(&b, "r%d forward tcp dport %d reject admin-prohibited\n", hop, port)
			m.want[port], m.hops[port] = "blocked/icmp-admin-prohibited", hop
		}
	}
	fmt.Fprintf(&b, "test %s\n", strings.Join(ports, " "))
	m.text = b.String()
	return m
}

// claims counts verdicts that are not the truth. What is said to be only possible is no claim.
type claims struct {
	took                      []time.Duration // the slowest verdict of each run
	certain, wrong, elsewhere int             // wrong and certain, wrong, right with another hop
}

// run tests it.
func (m tenPorts) run(t *testing.T, c *claims) {
	s, err := simnet.Parse(m.text)
	if err != nil {
		t.Fatal(err)
	}
	var run *Run
	synctest.Test(t, func(t *testing.T) {
		run = Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), s.Ports...)}, Options: Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}, Hooks{})
		time.Sleep(time.Second)
	})
	slowest := time.Duration(0)
	for _, r := range run.Targets[0].Results {
		v, port := r.Verdict, r.Port.Port
		slowest = max(slowest, r.Port.Elapsed)
		got := fmt.Sprintf("%s/%s", v.State, v.Reason)
		said := fmt.Sprintf("port %d: %s, want %s at hop %d", port, said(v, s.Net.Names()), m.want[port], m.hops[port])
		switch {
		case got != m.want[port] && v.Confidence != verdict.Possible:
			if c.wrong++; v.Confidence == verdict.Certain {
				c.certain++
			}
			t.Log(said)
		case got == m.want[port] && v.Where != nil && v.Where.Confidence != verdict.Possible && m.hops[port] > 0 && v.Where.Hop != m.hops[port]:
			c.elsewhere++
			t.Log(said)
		case testing.Verbose():
			t.Logf("%.2f s  %s", r.Port.Elapsed.Seconds(), said)
		}
	}
	c.took = append(c.took, slowest)
}

// TestTenMixedPorts: what is said of ten ports behind rules of their own, as a firewall with a list has them, is true, and
// takes seconds, not a router's time for each port.
func TestTenMixedPorts(t *testing.T) {
	const seeds = 60
	for _, bound := range []struct {
		loss             int
		median, most     time.Duration
		wrong, elsewhere int
	}{
		{0, 3500 * time.Millisecond, 8 * time.Second, 1, 1},
		{10, 6 * time.Second, 15 * time.Second, 6, 15},
	} {
		t.Run(fmt.Sprintf("%d%% lost", bound.loss), func(t *testing.T) {
			var c claims
			for seed := range uint64(seeds) {
				mixedRules(seed, bound.loss).run(t, &c)
			}
			slices.Sort(c.took)
			median, most := c.took[seeds/2], c.took[seeds-1]
			t.Logf("median %v, slowest %v; of %d verdicts %d wrong (%d certain), %d elsewhere", median, most, 10*seeds, c.wrong, c.certain, c.elsewhere)
			if median > bound.median || most > bound.most || c.certain > 0 || c.wrong > bound.wrong || c.elsewhere > bound.elsewhere {
				t.Errorf("want a median of %v, %v at most; %d wrong, %d elsewhere", bound.median, bound.most, bound.wrong, bound.elsewhere)
			}
		})
	}
}
