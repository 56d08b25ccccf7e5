package probe

import (
	"crypto/x509"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
)

// parallel has two paths behind the first router, chosen by the ports.
const parallel = `
hop 1 r1     10.1.0.1      1ms
hop 2 r2     100.64.1.2    9ms
hop 2 r2b    100.64.2.2    9ms
hop 3 server 203.0.113.7  20ms
client is 10.1.0.2
server listen 22 greet SSH-2.0-lab
%s
test 22
`

func fromManyPorts(t *testing.T, rule string, samples int) (out *evidence.Port) {
	t.Helper()
	s, err := simnet.Parse(fmt.Sprintf(parallel, rule))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		run := Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), "22")}, Options: Options{Network: s.Net, NoNames: true, Samples: samples,
			System: x509.NewCertPool(), Public: x509.NewCertPool()}}, Hooks{})
		out = &run.Targets[0].Results[0].Port
		time.Sleep(time.Second) // servers hear of the end of their connections
	})
	return out
}

// TestSamples: one of two parallel paths drops; packets get lost; all is well; nobody asked.
func TestSamples(t *testing.T) {
	if s := fromManyPorts(t, "r2b forward tcp dport 22 drop", 32).Samples; s == nil || !s.Steady || len(s.Always) < 5 || len(s.Always) > 27 ||
		len(s.Always) != len(s.Failed) || s.Asked != 32 || s.Outcome != evidence.Silent {
		t.Errorf("one path drops: %+v", s)
	}
	if s := fromManyPorts(t, "r1 forward tcp loss 25%", 32).Samples; s == nil || len(s.Failed) == 0 || len(s.Always) > len(s.Failed)/3 || s.Steady {
		t.Errorf("loss: %+v", s)
	}
	if s := fromManyPorts(t, "", 16).Samples; s == nil || s.Asked != 16 || len(s.Failed) > 0 {
		t.Errorf("all well: %+v", s)
	}
	if s := fromManyPorts(t, "", 0).Samples; s != nil {
		t.Errorf("not asked for: %+v", s)
	}
	if s := fromManyPorts(t, "server input tcp dport 22 drop", 8).Samples; s != nil {
		t.Errorf("silent altogether: %+v", s)
	}
}
