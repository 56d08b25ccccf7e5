package probe

import (
	"crypto/x509"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// TestForgedResetUnderLoss: a reset that a router forges is taken for the server's in few of many runs only, although
// packets get lost: the last router's is the hardest to tell, since only the TTL of its answers differs.
func TestForgedResetUnderLoss(t *testing.T) {
	const seeds = 100
	for _, c := range []struct{ loss, wrong, certain int }{{0, 0, 0}, {10, 1, 0}, {25, 6, 1}} {
		wrong, certain := 0, 0
		for _, router := range []string{"r1", "r2", "r3"} {
			for seed := range seeds {
				v := forgedReset(t, fmt.Sprintf("seed %d\nclient-r1 loss %d%%\nserver listen 22 greet SSH-2.0-lab\n"+
					"%s forward tcp dport 80 reject tcp-reset\ntest 22 80", seed, c.loss, router))
				if v.State != verdict.Blocked && v.Confidence != verdict.Possible {
					wrong++
					if v.Confidence == verdict.Certain {
						certain++
					}
					t.Logf("%d%%, %s, seed %d: %s", c.loss, router, seed, said(v, nil))
				}
			}
		}
		if wrong > c.wrong || certain > c.certain {
			t.Errorf("with %d%% lost: %d of %d wrong, %d of them certain", c.loss, wrong, 3*seeds, certain)
		}
	}
}

// TestCertainUnderLoss: what is called certain is true however many packets get lost, of thousands of forged resets.
func TestCertainUnderLoss(t *testing.T) {
	const rounds = 1000
	for _, loss := range []int{10, 20} {
		wrong, verdicts := 0, 0
		for seed := range rounds {
			run := runText(t, fmt.Sprintf("seed %d\nclient-r1 loss %d%%\nserver listen 22 greet SSH-2.0-lab\n"+
				"r1 forward tcp dport 80 reject tcp-reset\nr2 forward tcp dport 81 reject tcp-reset\n"+
				"r3 forward tcp dport 82 reject tcp-reset\ntest 22 80 81 82", seed, loss))
			for r := range run.Targets[0].All() {
				if r.Port.Port == 22 {
					continue
				}
				if verdicts++; r.Verdict.State != verdict.Blocked && r.Verdict.Confidence == verdict.Certain {
					wrong++
					t.Logf("%d%%, seed %d, port %d: %s", loss, seed, r.Port.Port, said(r.Verdict, nil))
				}
			}
		}
		if wrong > 0 || verdicts != 3*rounds {
			t.Errorf("with %d%% lost: %d of %d verdicts wrong and certain", loss, wrong, verdicts)
		}
	}
}

// forgedReset is what is said of port 80.
func forgedReset(t *testing.T, text string) (v verdict.Verdict) {
	run := runText(t, text)
	for r := range run.Targets[0].All() {
		if r.Port.Port == 80 {
			v = r.Verdict
		}
	}
	return v
}

// runText runs the engine in a simulated network.
func runText(t *testing.T, text string) (run *Run) {
	s, err := simnet.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		run = Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), s.Ports...)}, Options: Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}, Hooks{})
		time.Sleep(time.Second)
	})
	return run
}
