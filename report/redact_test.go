package report_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report"
	"whyport/report/format"
	"whyport/report/redact"
	"whyport/report/reporttest"
	"whyport/report/ticket"
	"whyport/services"
)

// telltale is a run in which everything that is to be hidden stands in every place that takes foreign text.
func telltale() *probe.Run {
	r := everything()
	r.Hostname = "desk-17.corp.example"
	const said = `hello Desk-17 (10.1.0.2, dsl-10-1-0-2.corp.example, 2.0.1.10.in-addr.arpa, fe80::1, fd00::2:7, de:ad:be:ef:00:17) C:\Users\anna\x server.example 203.0.113.7`
	t := &r.Targets[0]
	for i := range t.Results {
		sp := t.Results[i].Port.Speech
		if sp == nil {
			continue
		}
		sp.Product = said
		sp.Banner = &evidence.Banner{Bytes: []byte(said)}
		if sp.HTTP != nil {
			sp.HTTP.Server, sp.HTTP.Via, sp.HTTP.Location = said, said, "https://desk-17.corp.example/anna"
		}
		if sp.TLS != nil && sp.TLS.Certificate != nil {
			c := *sp.TLS.Certificate
			c.Subject, c.Issuer, c.DNSNames = "CN=desk-17.corp.example,O="+said, "CN=anna", []string{"desk-17.corp.example", "10.1.0.2"}
			sp.TLS.Certificate = &c
		}
	}
	return r
}

func redactor(r *probe.Run, target bool) *redact.Redactor {
	plan := &probe.Plan{}
	for i := range r.Targets {
		plan.Targets = append(plan.Targets, r.Targets[i].Target)
	}
	return redact.New(redact.Own{Hostname: "desk-17.corp.example", User: "anna", Domains: []string{"corp.example"},
		Addresses: []netip.Addr{ip("10.1.0.2"), ip("2001:db8:1::2")}}, plan, target)
}

// originals are what must not be left; the second half is the target's.
func originals(target bool) []string {
	out := []string{"desk-17", "anna", "corp.example", "10.1.0.2", "10-1-0-2", "2.0.1.10", "10.1.0.1", "10.0.0.1", "fe80::1",
		"fd00::2:7", "2001:db8:1::2", "de:ad:be"}
	if target {
		out = append(out, "server.example", "203.0.113.7", "2001:db8:7::7")
	}
	return out
}

func leaks(t *testing.T, what string, text []byte, target bool) {
	t.Helper()
	// Tables wrap words: what stands on several lines counts, too.
	joined := strings.NewReplacer(" ", "", "\n", "", "|", "", "\r", "").Replace(strings.ToLower(string(text)))
	for _, o := range originals(target) {
		if i := strings.Index(joined, o); i >= 0 {
			t.Errorf("%s still has %q: ...%s...", what, o, joined[max(i-60, 0):min(i+60, len(joined))])
		}
	}
}

// TestRedactedInEveryFormat: none of the originals is left, and what is not to be hidden stays.
func TestRedactedInEveryFormat(t *testing.T) {
	for name, make := range map[string]func() *probe.Run{"telltale": telltale, "families": samples()["families"], "iproject": iproject,
		"bulk": bulk} {
		for _, target := range []bool{false, true} {
			for _, f := range format.Names() {
				run := make()
				hide := redactor(run, target)
				var b bytes.Buffer
				shown := hide.Run(run)
				w := stream(t, f, &b, shown)
				for i := range run.Targets {
					for _, one := range run.Targets[i].Results {
						if err := w.Add(hide.Result(one)); err != nil {
							t.Fatal(err)
						}
					}
				}
				if err := w.Finish(shown); err != nil {
					t.Fatal(err)
				}
				leaks(t, name+" as "+f, b.Bytes(), target)
				if !target && name == "telltale" && !bytes.Contains(b.Bytes(), []byte("203.0.113.7")) {
					t.Errorf("%s hides the target, too, or does not have it:\n%s", f, b.Bytes())
				}
				if f == "json" {
					reporttest.Validate(t, b.Bytes())
				}
			}
			for _, f := range ticket.Formats() {
				run := make()
				var b bytes.Buffer
				if err := ticket.Write(&b, report.NewView(redactor(run, target).Run(run), services.New(), "test"), f); err != nil {
					t.Fatal(err)
				}
				leaks(t, name+" as ticket in "+f, b.Bytes(), target)
			}
		}
	}
	if before := written(t, "json", telltale()); !bytes.Contains(before, []byte("anna")) || !bytes.Contains(before, []byte("10-1-0-2")) {
		t.Error("there was nothing to hide")
	}
}

// TestRedactionKeepsTheVerdict: what is hidden changes no state, reason or rule, and equal addresses stay equal.
func TestRedactionKeepsTheVerdict(t *testing.T) {
	run := telltale()
	before, _ := json.Marshal(run.Targets[0].Results)
	shown := redactor(run, true).Run(run)
	if after, _ := json.Marshal(run.Targets[0].Results); !bytes.Equal(before, after) {
		t.Error("the run itself was changed")
	}
	for i := range run.Targets[0].Results {
		a, b := run.Targets[0].Results[i], shown.Targets[0].Results[i]
		if a.Verdict.State != b.Verdict.State || a.Verdict.Reason != b.Verdict.Reason || a.Verdict.Rule != b.Verdict.Rule ||
			a.Port.Port != b.Port.Port {
			t.Errorf("%+v became %+v", a.Verdict, b.Verdict)
		}
		if b.Port.Addr != shown.Targets[0].Results[0].Port.Addr && a.Port.Addr == run.Targets[0].Results[0].Port.Addr {
			t.Errorf("%s and %s were one", b.Port.Addr, shown.Targets[0].Results[0].Port.Addr)
		}
	}
}
