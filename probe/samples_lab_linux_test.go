package probe

import (
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// TestSamplesOverEqualCost: the kernel spreads connections over two routers by a hash of their ports
// (fib_multipath_hash_policy=1), and one of them drops.
func TestSamplesOverEqualCost(t *testing.T) {
	l := lab.New(t, lab.EqualCost(), lab.Delay(0))
	l.Listen("server", 22, lab.Banner("SSH-2.0-lab\r\n"))
	to := l.Addr("server", 4)
	l.Rule("r2b", lab.Forward, "tcp dport 22", lab.Drop)
	o := order{Targets: []Target{targetOf(to, "22")}}
	o.Options.Samples, o.Options.Trace = 32, TraceNever
	out, err := lab.Remote[outcome](t.Context(), l, "execute", o)
	if err != nil {
		t.Fatal(err)
	}
	s := out.Run.Targets[0].Results[0].Port.Samples
	if s == nil || !s.Steady || len(s.Always) < 5 || len(s.Always) > 27 || len(s.Always) != len(s.Failed) || s.Outcome != evidence.Silent {
		t.Errorf("%+v", s)
	}
}
