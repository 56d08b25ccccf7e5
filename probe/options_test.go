package probe

import (
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
)

func withExtras(t *testing.T, rule string, extras bool) map[evidence.Extra]evidence.Outcome {
	t.Helper()
	s, err := simnet.Parse("server listen 22 greet SSH-2.0-lab\n" + rule + "\ntest 22\n")
	if err != nil {
		t.Fatal(err)
	}
	out := map[evidence.Extra]evidence.Outcome{}
	synctest.Test(t, func(t *testing.T) {
		run := Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), "22")}, Options: Options{Network: s.Net, NoNames: true, Extras: extras,
			System: x509.NewCertPool(), Public: x509.NewCertPool()}}, Hooks{})
		for _, tried := range run.Targets[0].Results[0].Port.Tried {
			out[tried.Extra] = tried.Outcome
		}
		time.Sleep(time.Second) // servers hear of the end of their connections
	})
	return out
}

// TestExtras: what one rule takes offence at is found, and nothing else is said of; loss and closed ports say nothing.
func TestExtras(t *testing.T) {
	for rule, want := range map[string]evidence.Outcome{
		"":                                   evidence.Connected,
		"r2 forward tcp with mptcp drop":     evidence.Silent,
		"r2 forward tcp with mptcp reset":    evidence.Refused,
		"r2 forward tcp with dscp-af21 drop": evidence.Connected, // of MPTCP
	} {
		got := withExtras(t, rule, true)
		if len(got) != len(evidence.Extras()) || got[evidence.MPTCP] != want || got[evidence.ECN] != evidence.Connected {
			t.Errorf("%q: %v", rule, got)
		}
		if dropped := got[evidence.DSCPInteractive] == evidence.Silent; dropped != (rule == "r2 forward tcp with dscp-af21 drop") {
			t.Errorf("%q: %v", rule, got)
		}
	}
	if got := withExtras(t, "", false); len(got) > 0 {
		t.Errorf("not asked for: %v", got)
	}
	if got := withExtras(t, "server input tcp dport 22 reset", true); len(got) > 0 {
		t.Errorf("a closed port: %v", got)
	}
	for seed := range 40 {
		for e, o := range withExtras(t, "seed "+string(rune('1'+seed%9))+string(rune('0'+seed/9))+"\nr1 forward tcp loss 20%", true) {
			if o != evidence.Connected {
				t.Errorf("seed %d: %s is %s through loss", seed, e, o)
			}
		}
	}
}
