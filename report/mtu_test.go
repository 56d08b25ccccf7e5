package report_test

import (
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report/reporttest"
)

func TestPacketSizesAreSaid(t *testing.T) {
	r2 := timeExceeded(2, "10.2.1.2", ms)
	for want, m := range map[string]*evidence.MTU{
		"mtu-whole: Packets of up to 1500 bytes, the largest that this computer sends, get through to " + server: {Link: 1500, Passes: 1500, End: true,
			Port: 22, Segment: 1500},
		"mtu-whole: Packets of up to 1400 bytes, the largest that both ends agreed on": {Link: 1500, Passes: 1400, End: true, Port: 22, Segment: 1400},
		"mtu-whole: Packets of 1500 bytes, the largest that this computer sends, get as far as hop 2, 10.2.1.2": {Link: 1500, Passes: 1500,
			Before: r2},
		"mtu-hole: Packets of up to 1404 bytes get through to " + server + ", larger ones vanish without a word behind hop 2, 10.2.1.2: programs": {
			Link: 1500, Passes: 1404, Fails: 1405, End: true, Port: 22, Segment: 1500, Before: r2, After: evidence.Hop{TTL: 3}},
		"mtu-hole: Packets of up to 1300 bytes": {Link: 1500, Passes: 1300, Fails: 1301, Told: &evidence.ICMP{Type: 3, Code: 4, From: ip("10.1.0.1"), MTU: 1400}},
		"mtu-told: Packets to " + server + " may have up to 1400 bytes: 10.2.1.2 says so": {Link: 1500, Passes: 1400,
			Told: &evidence.ICMP{Type: 3, Code: 4, From: ip("10.2.1.2"), MTU: 1400}},
		"mtu-segments: TCP to " + server + " keeps to packets of 1400 bytes, which get through. Larger datagrams vanish without a word before the first router": {
			Link: 1500, Passes: 1400, End: true, Port: 22, Segment: 1400, After: timeExceeded(1, "10.1.0.1", ms)},
	} {
		r := run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, connected(server, client, 443), open)},
			Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server), MTU: m}}})
		code, beginning, _ := strings.Cut(want, ": ")
		if got := noteOf(t, r, code); !strings.HasPrefix(got, beginning) {
			t.Errorf("%q is not the beginning of %q", beginning, got)
		}
		reporttest.Validate(t, written(t, "json", r))
		reporttest.ValidateLines(t, written(t, "ndjson", r))
	}
}
