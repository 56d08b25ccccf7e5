package usage

import (
	"testing"

	"whyport/probe"
	"whyport/probe/mailhosts"
	"whyport/probe/verdict"
)

func TestMailTarget(t *testing.T) {
	s := mailhosts.Servers{
		Send:    []mailhosts.Server{{Host: "s.example", Port: 465, TLS: true}, {Host: "s.example", Port: 587}},
		Receive: []mailhosts.Server{{Host: "i.example", Port: 993, TLS: true}},
		Arrive:  []mailhosts.Server{{Host: "mx.example", Port: 25}}, Setup: []string{"autoconfig.a.example"},
	}
	got := mailTarget("a.example", s, "")
	if got.Input != "a.example" || got.Host != "s.example" || len(got.Candidates) != 5 || got.Requirement.Mode != verdict.ModeGroups {
		t.Fatalf("%+v", got)
	}
	want := []probe.Candidate{{Port: 465, Protocol: "tcp", Expect: probe.ExpectTLS}, {Port: 587, Protocol: "tcp", Expect: probe.ExpectStartTLS},
		{Port: 993, Protocol: "tcp", Expect: probe.ExpectTLS, Host: "i.example"}, {Port: 25, Protocol: "tcp", Expect: probe.ExpectStartTLS, Host: "mx.example"},
		{Port: 443, Protocol: "tcp", Expect: probe.ExpectTLS, Host: "autoconfig.a.example", Browser: true}}
	for i, c := range got.Candidates {
		if c != want[i] {
			t.Errorf("%+v, not %+v", c, want[i])
		}
	}
	met := func(usable ...int) bool {
		return got.Requirement.Met(func(c int) bool {
			for _, u := range usable {
				if u == c {
					return true
				}
			}
			return false
		})
	}
	if !met(1, 2) || met(0, 1, 3, 4) || met(2) {
		t.Errorf("what is required: %+v", got.Requirement)
	}
}
