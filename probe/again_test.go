package probe

import (
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// runsInARow runs the same command several times against one network, as people do who try again.
func runsInARow(t *testing.T, text string, gap time.Duration, times int) (runs []*Run) {
	s, err := simnet.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		for range times {
			runs = append(runs, Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), s.Ports...)}, Options: Options{
				Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
			}}, Hooks{}))
			time.Sleep(gap)
		}
		time.Sleep(time.Second)
	})
	return runs
}

// TestSameCommandAgain: routers that have just spent their ICMP errors on this computer do not make a silent port's place
// seem nearer than it is, whatever their limits are.
func TestSameCommandAgain(t *testing.T) {
	const rounds = 60
	random := rand.New(rand.NewPCG(1, 2))
	limits := []string{"", "errors 1/second burst 6", "errors 1/second burst 1", "errors 1/second burst 3", "errors 2/second burst 2", "errors 4/second burst 4"}
	wrong, verdicts, sure := 0, 0, 0
	for _, limit := range limits {
		for round := range rounds {
			var b strings.Builder
			fmt.Fprintf(&b, "hop 1 r1 10.1.0.1 1ms\nhop 2 r2 10.2.0.1 4ms\nhop 3 r3 10.3.0.1 8ms\nhop 4 r4 10.4.0.1 12ms\n"+
				"hop 5 server 203.0.113.7 27ms\nseed %d\n", round)
			for _, r := range []string{"r1", "r2", "r3", "r4"} {
				if limit != "" {
					fmt.Fprintf(&b, "%s %s\n", r, limit)
				}
			}
			if round%2 == 0 {
				b.WriteString("server listen 22 greet SSH-2.0-lab\nserver listen 443 http 200\n")
			}
			truth := map[uint16]uint8{}
			ports := "22 443"
			for i := range 1 + random.IntN(3) {
				port, hop := uint16(80+i), 1+random.IntN(3)
				truth[port] = uint8(hop)
				ports += fmt.Sprintf(" %d", port)
				action := []string{"drop", "drop", "drop", "reject admin-prohibited"}[random.IntN(4)]
				fmt.Fprintf(&b, "r%d forward tcp dport %d %s\n", hop, port, action)
			}
			fmt.Fprintf(&b, "test %s\n", ports)
			gap := time.Duration(random.IntN(4000)) * time.Millisecond
			for i, run := range runsInARow(t, b.String(), gap, 3) {
				for r := range run.Targets[0].All() {
					hop := truth[r.Port.Port]
					if hop == 0 {
						continue
					}
					verdicts++
					w := r.Verdict.Where
					if w == nil || w.Confidence == verdict.Possible && r.Verdict.Confidence != verdict.Certain {
						continue
					}
					if sure++; w.Hop != hop {
						wrong++
						t.Logf("%s, round %d, run %d, %v apart: port %d at hop %d: %s", limit, round, i+1, gap, r.Port.Port, hop, said(r.Verdict, nil))
					}
				}
			}
		}
	}
	t.Logf("%d verdicts, %d of them with a place that is at least likely, %d wrong", verdicts, sure, wrong)
	if wrong > 0 {
		t.Errorf("%d wrong places of %d", wrong, sure)
	}
}
