package probe

import (
	"testing"

	"whyport/probe/lab"
)

// TestEachEndInLab is for the race detector, which the lab's other tests are skipped with: each way in which a port can end, over real
// sockets. What is said of the ports is judged elsewhere; here each has a verdict, and execute finds neither race nor leak.
func TestEachEndInLab(t *testing.T) {
	lab.NeedUnjudged(t)
	t.Parallel()
	l := lab.NewUnjudged(t)
	l.Listen("server", 22, greeting)
	l.Listen("server", 8000, lab.Reset)
	l.Listen("server", 8001, lab.Hold)
	l.Rule("r1", lab.Forward, "tcp dport 81", lab.RejectReset)
	l.Rule("r2", lab.Forward, "tcp dport 80", lab.Drop)
	l.Rule("r3", lab.Forward, "tcp dport 82", lab.RejectAnyAdmin)
	ports := []string{"22", "80", "81", "82", "83", "8000", "8001", "53/udp", "123/udp"}
	run := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), ports...), targetOf(l.Addr("server", 6), ports...)}})
	for i := range run.Targets {
		n := 0
		for r := range run.Targets[i].All() {
			if n++; r.Verdict.State == "" || r.Verdict.Rule == "" {
				t.Errorf("%d: %+v", r.Port.Port, r.Verdict)
			}
		}
		if n != len(ports) {
			t.Errorf("%d results for %d ports", n, len(ports))
		}
	}
}
