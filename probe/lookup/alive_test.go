package lookup

import (
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe/evidence"
)

// TestAlive: a server that refuses is there; one that says nothing is not known to be.
func TestAlive(t *testing.T) {
	refuses := serve(t, false, map[string]reply{"A *": {rcode: dnsmessage.RCodeRefused}})
	mute := serve(t, false, map[string]reply{"A *": {drop: true}})
	got := Alive(t.Context(), []netip.AddrPort{refuses.addr, mute.addr}, nil)
	if got[0].End != evidence.Answered || got[0].RCode != "REFUSED" || got[0].Elapsed <= 0 {
		t.Errorf("a server that refuses: %+v", got[0])
	}
	if got[1].End != evidence.Unanswered || got[1].Server != mute.addr {
		t.Errorf("a server that says nothing: %+v", got[1])
	}
	// Each way of asking is tried twice; who answers the first is not asked the other way.
	for s, times := range map[*nameServer]int{refuses: 1, mute: 4} {
		s.mu.Lock()
		for _, q := range s.asked {
			if q != "A localhost" {
				t.Errorf("asked for %s", q)
			}
		}
		if len(s.asked) != times {
			t.Errorf("asked %d times, want %d", len(s.asked), times)
		}
		s.mu.Unlock()
	}
}
