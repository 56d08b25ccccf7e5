package demo

import "testing"

// On Linux a full queue drops, so the silent port is always there.
func TestLinuxHasSilentPort(t *testing.T) {
	if d := start(t); d.Missing != "" || len(d.Ports) != 8 {
		t.Errorf("%d ports, missing: %q", len(d.Ports), d.Missing)
	}
}
