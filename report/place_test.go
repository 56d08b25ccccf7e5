package report_test

import (
	"net/netip"
	"strings"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/services"
)

// The device behind the last router before the server is the server: its own firewall may be what drops.
func TestBehindTheLastRouterIsTheServer(t *testing.T) {
	addr := netip.MustParseAddr("203.0.113.7")
	why := func(hop uint8) string {
		v := verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Confidence: verdict.Likely,
			Where: &verdict.Where{Party: verdict.ServerNetwork, Hop: hop, Address: netip.MustParseAddr("198.51.100.2"), Confidence: verdict.Possible, OrNext: true}}
		r := oneVerdict(addr, netip.MustParseAddr("10.1.0.2"), evidence.TCP, nil, v)
		r.Targets[0].Hosts[addr].Reference = &evidence.Walk{Hops: []evidence.Hop{{TTL: 1}, {TTL: 2}, {TTL: 3}, {TTL: 4, End: evidence.Connected}}}
		return report.Build(r, services.New(), "test").Targets[0].Ports[0].Why
	}
	if s := why(3); !strings.Contains(s, "or the server itself") {
		t.Error(s)
	}
	if s := why(2); !strings.Contains(s, "or the next device") {
		t.Error(s)
	}
}
