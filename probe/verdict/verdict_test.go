package verdict

import "testing"

// TestEstablishes: what says nothing of a port leaves its state unknown, and no rule that gives another state has such a reason.
func TestEstablishes(t *testing.T) {
	none := 0
	for _, r := range append(Reasons(), "") {
		if !r.Establishes() {
			none++
		}
	}
	if none != 15 {
		t.Errorf("%d reasons establish nothing", none)
	}
	for name, c := range cases(t) {
		if v := c.Verdict; !v.Reason.Establishes() && (v.State != Unknown || v.Usable) {
			t.Errorf("%s: %s says %s, usable %v", name, v.Reason, v.State, v.Usable)
		}
	}
}
