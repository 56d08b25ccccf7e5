package report_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/ticket"
	"whyport/services"
)

// TestForgottenConnections: a port that works, but whose idle connections are forgotten, stands in the answer, and makes a ticket
// of its own with what to look for.
func TestForgottenConnections(t *testing.T) {
	forgotten := &evidence.Hold{Word: "http", Fresh: "answered", Idles: []evidence.Idle{
		{For: 2 * time.Minute, End: "answered"}, {For: 5 * time.Minute, End: "silent"}, {For: 10 * time.Minute, End: "silent"}}}
	kept := &evidence.Hold{Word: "http", Idles: []evidence.Idle{{For: 10 * time.Minute, End: "answered"}}}
	const said = "But idle connections to 443 are forgotten after 2 minutes to 5 minutes."
	for _, hold := range []*evidence.Hold{forgotten, kept, nil} {
		r := iproject()
		results := r.Targets[0].Results
		open := slices.IndexFunc(results, func(one probe.Result) bool { return one.Port.Port == 443 })
		results[open].Port.Hold = hold
		v := report.NewView(r, services.New(), "test")
		if got := strings.Contains(v.Targets[0].Summary, said); got != (hold == forgotten) {
			t.Errorf("%+v: %s", hold, v.Targets[0].Summary)
		}
		var b bytes.Buffer
		if err := ticket.Write(&b, v, "text"); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range []string{"Subject: Idle connections are forgotten: TCP 443 to server.example",
			"Keep idle connections on TCP 443 from 10.1.0.2 to 203.0.113.7 (server.example) for at least 10 minutes", "443 (https): Idle connections are forgotten after",
			"nf_conntrack_tcp_timeout_established", `"still works after 10 minutes of silence"`, "-p 443 --require all --hold 600"} {
			if strings.Contains(text, want) != (hold == forgotten) {
				t.Errorf("%+v: %q in\n%s", hold, want, text)
			}
		}
	}
}

// TestOtherFamilyIsNamed: what to do about a port names the other address at which it fails, too, at another device.
func TestOtherFamilyIsNamed(t *testing.T) {
	const six, from6 = "2001:db8:7::7", "2001:db8:1::2"
	dropped := func(device string) verdict.Verdict {
		return verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Confidence: verdict.Likely, Rule: "silent",
			Where: &verdict.Where{Party: verdict.LocalNetwork, Hop: 2, Address: ip(device), Confidence: verdict.Likely, OrNext: true}}
	}
	for name, fails6 := range map[string]bool{"both": true, "one": false} {
		r := families()
		r.Targets[0].Results = nil
		for c, port := range []uint16{80, 443} {
			a, b := result(c, connected(six, from6, port), open), result(c, connected(server, client, port), open)
			b.Address = 1
			if port == 80 {
				b = result(c, silent(server, client, port), dropped("10.0.0.1"))
				b.Address = 1
				if fails6 {
					a = result(c, silent(six, from6, port), dropped("2001:db8:2::2"))
				}
			}
			r.Targets[0].Results = append(r.Targets[0].Results, a, b)
		}
		next := report.Value(report.Build(r, services.New(), "test").Targets[0].NextStep)
		if strings.Contains(next, "It fails at 203.0.113.7, too: see above.") != fails6 {
			t.Errorf("%s: %q", name, next)
		}
	}
}
