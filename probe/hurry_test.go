package probe

import (
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// TestShortTimeout: who gives a second gets what a second shows; what would have taken longer is possible only.
func TestShortTimeout(t *testing.T) {
	const timeout, most = time.Second, 1500 * time.Millisecond
	for name, c := range map[string]struct {
		network string
		ports   []string
		cut     bool
	}{
		"silent beside open": {"server listen 22 greet SSH-2.0-lab\nserver listen 443 http 200\nr2 forward tcp dport 80 drop", []string{"22", "443", "80"}, true},
		"all silent":         {"r2 forward drop", []string{"22", "80", "443"}, true},
		"eight refused": {
			"server listen 22 greet SSH-2.0-lab\nr2 forward tcp dport 80-87 reject admin-prohibited",
			[]string{"80", "81", "82", "83", "84", "85", "86", "87"}, true,
		},
		"UDP":             {"r2 forward udp drop\nserver listen 22 greet SSH-2.0-lab", []string{"22", "53/udp"}, true},
		"closed":          {"server listen 22 greet SSH-2.0-lab", []string{"22", "80"}, false},
		"dropped here":    {"client output tcp dport 80 drop", []string{"80"}, false},
		"speaks, healthy": {"server listen 80 http 200", []string{"80"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := simnet.Parse(c.network)
			if err != nil {
				t.Fatal(err)
			}
			var run *Run
			synctest.Test(t, func(t *testing.T) {
				plan := Plan{Targets: []Target{targetOf(s.Target(4), c.ports...)}, Options: Options{
					Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(), Timeout: timeout,
				}}
				run = Execute(t.Context(), plan, Hooks{})
				time.Sleep(5 * time.Second)
			})
			if run.Elapsed > most || run.Interrupted {
				t.Errorf("took %v, interrupted %v", run.Elapsed, run.Interrupted)
			}
			cut := false
			for r := range run.Targets[0].All() {
				v := r.Verdict
				t.Logf("%d %v: %+v", r.Port.Port, r.Port.Elapsed, v)
				if cut = cut || v.Has(verdict.CutShort); !v.Has(verdict.CutShort) {
					continue
				}
				if v.Where != nil && v.Where.Confidence != verdict.Possible ||
					v.State != verdict.Unknown && v.Confidence != verdict.Possible && r.Port.Best().ICMP == nil || r.Port.Walk != nil {
					t.Errorf("port %d: %+v", r.Port.Port, v)
				}
				if r.Port.Best().Outcome == evidence.Interrupted {
					t.Errorf("port %d was not asked", r.Port.Port)
				}
			}
			if cut != c.cut {
				t.Errorf("cut short: %v", cut)
			}
		})
	}
}
