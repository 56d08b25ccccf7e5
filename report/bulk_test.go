package report_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/report/reporttest"
	"whyport/services"
)

// bulk is a large run: one port with evidence of its own, the others share a verdict.
func bulk() *probe.Run { return bulkOf(3000) }

func bulkOf(n int) *probe.Run {
	var ports []uint16
	for p := 1; p <= n; p++ {
		ports = append(ports, uint16(p))
	}
	t := probe.TargetRun{Target: target("server.example", ports...), Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}}
	b := probe.Bulk{Addr: ip(server), Verdict: verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Certain, Rule: "refused"}}
	for c, p := range ports {
		if p == 443 {
			seen := connected(server, client, 443)
			seen.Speech = goodTLS("server.example")
			t.Results = append(t.Results, result(c, seen, open))
			continue
		}
		b.Ports = append(b.Ports, probe.BulkPort{Candidate: int32(c), Micros: 300, Tries: 1})
	}
	t.Bulk = []probe.Bulk{b}
	return run(t)
}

func TestLargeRun(t *testing.T) {
	r := bulk()
	if code := report.ExitCode(r); code != report.ExitMet {
		t.Errorf("exit code %d", code)
	}
	doc := report.Build(r, services.New(), "test")
	if n := len(doc.Targets[0].Ports); n != 3000 {
		t.Fatalf("%d ports in the JSON", n)
	}
	for i, p := range doc.Targets[0].Ports {
		if int(p.Port) != i+1 || (p.State == "open") != (p.Port == 443) {
			t.Fatalf("port %d at %d is %s", p.Port, i, p.State)
		}
	}
	reporttest.Validate(t, written(t, "json", r))
	brief := report.NewView(r, services.New(), "test")
	if n := len(brief.Targets[0].Entries); n != 2 {
		t.Errorf("%d entries for people", n)
	}
	if brief.Targets[0].Summary != doc.Targets[0].Summary || doc.Targets[0].Summary != "1 of 3000 ports usable: 443 (https); 2999 ports are closed." {
		t.Errorf("%s\n%s", brief.Targets[0].Summary, doc.Targets[0].Summary)
	}
	var short bytes.Buffer
	if err := page.Table(&short, brief, page.Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(short.String(), "2999 ports closed") {
		t.Errorf("%s", short.String())
	}
}

// TestReleasedTargets: what was written when a target was done is not written again, and decides the exit code.
func TestReleasedTargets(t *testing.T) {
	for _, name := range []string{"ndjson", "csv"} {
		met, unmet := bulk().Targets[0], bulk().Targets[0]
		unmet.Results, unmet.Met = nil, false
		r := run(unmet, met)
		var b bytes.Buffer
		plan := &probe.Plan{Targets: []probe.Target{unmet.Target, met.Target}}
		s := &format.Writer{Format: format.Find(name), Out: &b, Names: services.New(), Tool: "test"}
		done := s.Begin(plan, func(err error) { t.Fatal(err) })
		done(r, 0)
		before := bytes.Count(b.Bytes(), []byte("\n"))
		if want := map[string]int{"csv": 3000, "ndjson": 3001}[name]; before != want { // 2,999 ports, a heading or what they share and a target
			t.Errorf("%s: %d lines of a target", name, before)
		}
		t0 := &r.Targets[0]
		t0.Results, t0.Bulk, t0.Released = nil, nil, true
		if err := s.Finish(r); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if name == "ndjson" {
			if !strings.HasSuffix(text, "\n") || strings.Count(text, `{"type":"target"`) != 2 || strings.Count(text, `{"type":"run"`) != 1 || !strings.Contains(text, `"met":false}}`+"\n") {
				t.Errorf("%s", text[len(text)-1000:])
			}
		} else if n := strings.Count(text, "\n"); n != 3000+3000 {
			t.Errorf("%s: %d lines", name, n)
		}
		if s.ExitCode(r) != report.ExitNotMet {
			t.Errorf("%s: exit code %d", name, s.ExitCode(r))
		}
	}
}

func TestLargeRunAsNDJSON(t *testing.T) {
	r := bulk()
	var b bytes.Buffer
	n := stream(t, "ndjson", &b, r)
	if err := n.Add(r.Targets[0].Results[0]); err != nil {
		t.Fatal(err)
	}
	if err := n.Finish(r); err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(b.Bytes(), []byte("\n")); lines != 3003 {
		t.Errorf("%d lines", lines)
	}
	head := bytes.SplitN(b.Bytes(), []byte("\n"), 20)
	reporttest.ValidateLines(t, bytes.Join(head[:19], []byte("\n")))
	reporttest.ValidateLines(t, b.Bytes()[bytes.LastIndexByte(b.Bytes()[:b.Len()-1], '\n')+1:])
}

// Closed ports that were looked at more closely are no news to people; the evidence and the JSON keep them.
func TestLookedAtPortsJoinTheOthers(t *testing.T) {
	r := bulk()
	tr := &r.Targets[0]
	at := &verdict.Where{Party: verdict.Server, Address: ip(server), Confidence: verdict.Certain}
	tr.Bulk[0].Verdict.Where, tr.Bulk[0].Verdict.Confidence = at, verdict.Likely
	looked := tr.Bulk[0].Ports[0]
	tr.Bulk[0].Ports = tr.Bulk[0].Ports[1:]
	v := closed
	v.Where = at
	tr.Results = append([]probe.Result{result(int(looked.Candidate), refused(server, client, 1), v)}, tr.Results...)
	doc := report.NewView(r, services.New(), "test")
	var b bytes.Buffer
	if err := page.Table(&b, doc, page.Style{}); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, "2999 ports closed: refused: probably nothing listens (TCP 1-442, 444-3000)") || strings.Contains(s, "| 1 ") ||
		!strings.Contains(s, "Does a firewall refuse "+client) {
		t.Error(s)
	}
	b.Reset()
	if err := page.Table(&b, doc, page.Style{Verbose: true}); err != nil || !strings.Contains(b.String(), "| 1 ") {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := page.Markdown(&b, doc, page.Style{UTF8: true}); err != nil || !strings.Contains(b.String(), "2999 ports closed") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// TestSharedRows: every port of a large run has a row whose reference leads to sentences for all of them, and the file
// stays small.
func TestSharedRows(t *testing.T) {
	const most = 15 << 20
	r := bulkOf(65535)
	text := written(t, "json", r)
	if len(text) > most {
		t.Errorf("%d bytes of JSON", len(text))
	}
	if lines := written(t, "ndjson", r); len(lines) > most {
		t.Errorf("%d bytes of NDJSON", len(lines))
	}
	var doc struct {
		Targets []struct {
			Shared []report.Shared
			Ports  []report.Row
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	target := doc.Targets[0]
	if len(target.Shared) != 1 || target.Shared[0].Count != 65534 || !strings.Contains(*target.Shared[0].NextStep, "TCP 1-442, 444-65535") {
		t.Fatalf("%+v", target.Shared)
	}
	if len(target.Ports) != 65535 {
		t.Fatalf("%d rows", len(target.Ports))
	}
	for i, p := range target.Ports {
		if int(p.Port) != i+1 || p.Finding == "" || (p.Shared == target.Shared[0].ID) != (p.Port != 443) {
			t.Fatalf("row %d: %+v", i, p)
		}
	}
}
