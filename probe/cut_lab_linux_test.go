package probe

import (
	"fmt"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// TestAcceptedAndResetInLab: over a wire, too, ports that accept and reset at once are never closed.
func TestAcceptedAndResetInLab(t *testing.T) {
	lab.Need(t)
	t.Parallel()
	l := lab.New(t, lab.Routers(1), lab.Delay(0))
	var ports []string
	for port := uint16(8000); port < 8200; port++ {
		l.Listen("server", port, lab.Reset)
		ports = append(ports, fmt.Sprint(port))
	}
	run := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), ports...), targetOf(l.Addr("server", 6), ports...)}})
	said, refused := map[string]int{}, 0
	for i := range run.Targets {
		for r := range run.Targets[i].All() {
			said[fmt.Sprintf("%s/%s %s", r.Verdict.State, r.Verdict.Reason, r.Verdict.Rule)]++
			if r.Port.Best().Outcome == evidence.Refused {
				refused++
			}
		}
	}
	t.Log(said)
	if refused > 0 {
		t.Errorf("%d of 400 are called refused", refused)
	}
}
