package report_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/page"
	"whyport/services"
)

// TestPicturePlace: a device that refused is shown with its address although it kept silent on the walk, and where a
// connection was accepted nothing stops it.
func TestPicturePlace(t *testing.T) {
	hop1, silent := timeExceeded(1, "10.1.0.1", ms), evidence.Hop{TTL: 2, Tries: 2}
	rejected := verdict.Verdict{State: verdict.Blocked, Reason: verdict.ICMPAdminProhibited, Confidence: verdict.Certain,
		Where: &verdict.Where{Party: verdict.LocalNetwork, Hop: 2, Address: ip("100.64.1.2"), Confidence: verdict.Likely}}
	mute := verdict.Verdict{State: verdict.Unknown, Reason: verdict.TLSEOF, Confidence: verdict.Likely}
	accepted := refused(server, client, 443)
	accepted.Attempts[0].Outcome = evidence.Connected
	for _, c := range []struct {
		port evidence.Port
		says verdict.Verdict
		want string
	}{
		{refused(server, client, 443), rejected, "hop 1 10.1.0.1 -> hop 2 100.64.1.2 X stops here"},
		{accepted, mute, "hop 1 10.1.0.1 -> h"},
	} {
		c.port.Walk = walk(server, 443, hop1, silent)
		r := run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, c.port, c.says)},
			Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}})
		var b bytes.Buffer
		err := page.Table(&b, report.NewView(r, services.New(), "test"), page.Style{})
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), c.want) {
			t.Errorf("%v, want %q\n%s", err, c.want, b.String())
		}
	}
}
