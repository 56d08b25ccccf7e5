package report_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report"
	"whyport/report/page"
	"whyport/services"
)

func TestAddressesThatBehaveAlikeShareATable(t *testing.T) {
	alike, other := "203.0.113.8", "203.0.113.9"
	r := probe.TargetRun{Target: target("server.example", 80, 443),
		Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server), ip(alike), ip(other)}}}
	for c, port := range []uint16{80, 443} {
		for i, addr := range []string{server, alike, other} {
			res := result(c, silent(addr, client, port), drop2)
			if i == 2 && port == 443 {
				res = result(c, connected(addr, client, port), open)
			}
			res.Address = i
			r.Results = append(r.Results, res)
		}
	}
	var b bytes.Buffer
	if err := page.Table(&b, report.NewView(run(r), services.New(), "test"), page.Style{Width: 100}); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if n := strings.Count(out, "| PORT"); n != 2 {
		t.Errorf("%d tables, want 2", n)
	}
	for _, want := range []string{
		"\n203.0.113.7, 203.0.113.8, all alike\n", "\n203.0.113.9\n", "allow\n        TCP 80, 443 from 10.1.0.2 to 203.0.113.7, 203.0.113.8.",
		"1 of 2 ports usable",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}
