package probe

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"whyport/probe/lab"
	"whyport/probe/verdict"
)

// TestRouteThatForbids: Linux counts each error of such a route twice, so that whoever asks every second hears nothing
// more. No port is called filtered for that.
func TestRouteThatForbids(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.IP("r1", fmt.Sprintf("route add prohibit %s\nroute add prohibit %s\n", l.Addr("server", 4), l.Addr("server", 6)))
	r := execute(t, l, order{Targets: []Target{
		targetOf(l.Addr("server", 4), portRange(3000, 20)...), targetOf(l.Addr("server", 6), portRange(3000, 20)...)}})
	if r.Elapsed > 45*time.Second {
		t.Errorf("took %v", r.Elapsed)
	}
	t.Logf("took %v", r.Elapsed)
	for i := range r.Targets {
		for _, res := range r.Targets[i].Results {
			v := res.Verdict
			if v.State != verdict.Blocked || v.Reason != verdict.ICMPAdminProhibited || v.Where.Hop != 1 {
				t.Errorf("%s, port %d: %s", res.Port.Addr, res.Port.Port, said(v, nodeNames(l)))
			}
		}
	}
}

// TestSilentHostIsOneStory: the last router has few ICMP errors left, since other traffic has used them up. What it does
// not say is not taken for another place.
func TestSilentHostIsOneStory(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for range 2 { // no route: counted twice, too
		l.Connect("client", netip.MustParseAddrPort("203.0.113.200:53"), lab.ConnectOptions{Timeout: 100 * time.Millisecond})
	}
	r := execute(t, l, order{Targets: []Target{targetOf(netip.MustParseAddr("203.0.113.99"), portRange(3000, 12)...)}})
	t.Logf("took %v", r.Elapsed)
	if r.Elapsed > 9*time.Second {
		t.Errorf("took %v", r.Elapsed)
	}
	for _, res := range r.Targets[0].Results {
		v, first := res.Verdict, r.Targets[0].Results[0].Verdict
		if v.State != first.State || v.Reason != first.Reason || v.Where.Hop != 3 {
			t.Errorf("port %d: %s", res.Port.Port, said(v, nodeNames(l)))
		}
	}
}
