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

// TestRefusalsHeldBack: what a server's firewall refuses by ICMP is refused, although it holds most errors back, and
// whenever the next one comes.
func TestRefusalsHeldBack(t *testing.T) {
	for round := range 120 {
		s, err := simnet.Parse(fmt.Sprintf(`hop 1 r1 10.1.0.1 fd00:1::1 1ms
hop 2 r2 10.2.0.1 fd00:2::1 %d.%dms
hop 3 server 203.0.113.7 fd00:3::7 %d.%dms
seed %d
server listen 3000 greet SSH-2.0-lab
server input tcp dport 3001-3399 reject port-unreachable
server errors %d/second burst 6
test 3000-3399
`, 5+round%7, round%10, 14+round%11, round*7%10, round+1, 1+round%9))
		if err != nil {
			t.Fatal(err)
		}
		var run *Run
		synctest.Test(t, func(t *testing.T) {
			run = Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(6), s.Ports...)}, Options: Options{
				Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
			}}, Hooks{})
			time.Sleep(time.Second)
		})
		silent := 0
		for r := range run.Targets[0].All() {
			if r.Verdict.State == verdict.Filtered {
				silent++
			}
		}
		if silent > 0 {
			t.Errorf("round %d: %d of 399 ports are called filtered", round, silent)
		}
	}
}
