package format_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/report/reporttest"
	"whyport/services"
)

func oneClosed() *probe.Run {
	t := probe.Target{Input: "192.0.2.7", Host: "192.0.2.7", Addr: netip.MustParseAddr("192.0.2.7"),
		Candidates:  []probe.Candidate{{Port: 443, Protocol: evidence.TCP}},
		Requirement: verdict.Requirement{Groups: []verdict.Group{{Members: []int{0}}}}}
	return &probe.Run{Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Requirement: verdict.Any, Targets: []probe.TargetRun{{
		Target: t, Resolution: evidence.Resolution{Addresses: []netip.Addr{t.Addr}, Literal: true},
		Results: []probe.Result{{Port: evidence.Port{Addr: t.Addr, Port: 443, Protocol: evidence.TCP},
			Verdict: verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Certain, Rule: "refused"}}},
	}}}
}

func write(t *testing.T, name string) (whole, early string) {
	t.Helper()
	run := oneClosed()
	var b bytes.Buffer
	w := format.Writer{Format: format.Find(name), Out: &b, Names: services.New(), Tool: "test", Style: page.Style{Width: 80}}
	w.Begin(&probe.Plan{Targets: []probe.Target{run.Targets[0].Target}}, func(err error) { t.Error(err) })
	if err := w.Add(run.Targets[0].Results[0]); err != nil {
		t.Fatal(err)
	}
	early = b.String()
	if err := w.Finish(run); err != nil {
		t.Fatal(err)
	}
	return b.String(), early
}

// Each format is itself and holds the port; only NDJSON writes before the end.
func TestEachFormatIsItself(t *testing.T) {
	for _, name := range format.Names() {
		whole, early := write(t, name)
		if !strings.Contains(whole, "443") || !strings.Contains(whole, "closed") {
			t.Errorf("%s has no port: %s", name, whole)
		}
		if (early != "") != (name == "ndjson") {
			t.Errorf("%s wrote early: %q", name, early)
		}
		switch name {
		case "table":
			if !strings.Contains(whole, "| 443  |") || !strings.ContainsAny(whole[len(whole)-2:], ".?") {
				t.Errorf("no table: %s", whole)
			}
		case format.JSON:
			reporttest.Validate(t, []byte(whole))
		case "ndjson":
			reporttest.ValidateLines(t, []byte(whole))
		case "markdown":
			if !strings.Contains(whole, "| ---") {
				t.Errorf("no Markdown: %s", whole)
			}
		case "csv":
			rows, err := csv.NewReader(strings.NewReader(whole)).ReadAll()
			if err != nil || len(rows) != 2 {
				t.Errorf("%d rows: %v", len(rows), err)
			}
		case "text":
			if !strings.Contains(whole, "\nPort 443 (https): closed. ") || !strings.HasPrefix(whole, "Report: ") {
				t.Errorf("no text: %s", whole)
			}
		case "jira":
			if !strings.Contains(whole, "\n||Port||Service||") || !strings.Contains(whole, "\n|443|https|closed|") {
				t.Errorf("no markup of Jira: %s", whole)
			}
		case "html", "junit", "nmap-xml", "prometheus", "nagios":
			// report/readers_test.go has a reader for each
		default:
			t.Errorf("nothing tests %s: it needs a case here, or a reader in report/readers_test.go", name)
		}
	}
}

// The ending of a file's name says the format.
func TestOfFile(t *testing.T) {
	for name, want := range map[string]string{
		"a.json": format.JSON, "A.JSON": format.JSON, "a.ndjson": "ndjson", "a.jsonl": "ndjson",
		"a.md": "markdown", "x.y/a.markdown": "markdown", "a.csv": "csv",
		"a.txt": "table", "json": "table", "": "table", "-": "table", "x.y/a": "table", "a.html": "html", "a.xml": "nmap-xml", "a.prom": "prometheus",
		"a.doc": "", "server.example": "", "a.json.bak": "",
	} {
		if got, known := format.OfFile(name); got != want || known != (want != "") {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// Scripts get their object of a run that could not begin; people are told elsewhere.
func TestFailed(t *testing.T) {
	for _, name := range format.Names() {
		var b bytes.Buffer
		w := format.Writer{Format: format.Find(name), Out: &b, Names: services.New(), Tool: "test"}
		if err := w.Failed("it broke", "mend it"); err != nil {
			t.Fatal(err)
		}
		if name != format.JSON {
			if b.Len() > 0 {
				t.Errorf("%s: %s", name, b.String())
			}
			continue
		}
		reporttest.Validate(t, b.Bytes())
		var doc report.Document
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil || doc.Error == nil || doc.Error.Message != "it broke" || doc.Error.NextStep != "mend it" {
			t.Errorf("%v: %s", err, b.String())
		}
		if doc.Requirement.Met != nil {
			t.Error("nothing was tested, and yet the requirement has an answer")
		}
	}
}
