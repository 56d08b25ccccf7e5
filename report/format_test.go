package report_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/services"
)

// TestHostileTextInEveryFormat looks for what must never reach a terminal, a spreadsheet or a wiki.
func TestHostileTextInEveryFormat(t *testing.T) {
	doc := report.NewView(hostile(), services.New(), "test")
	all := map[string]func(*bytes.Buffer) error{
		"table": func(b *bytes.Buffer) error {
			return page.Table(b, doc, page.Style{Unicode: true, Verbose: true, Width: 80})
		},
		"ascii": func(b *bytes.Buffer) error { return page.Table(b, doc, page.Style{Width: 60}) },
	}
	for _, name := range format.Names()[1:] {
		all[name] = func(b *bytes.Buffer) error {
			w := stream(t, name, b, hostile())
			w.Style.UTF8 = true
			return w.Finish(hostile())
		}
	}
	for name, write := range all {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			for _, r := range strings.ReplaceAll(b.String(), "\r\n", "\n") {
				if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r == 0x200b || r == 0xfffd {
					t.Fatalf("%U in the output", r)
				}
			}
			if b.Len() > 100_000 {
				t.Errorf("%d bytes", b.Len())
			}
			if (name == "markdown" || name == "html") && strings.Contains(b.String(), "<script") {
				t.Error("HTML passes")
			}
			if name == "table" || name == "ascii" {
				checkWidth(t, b.String(), map[string]int{"table": 80, "ascii": 60}[name])
			}
		})
	}
}

func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", hostile()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
	if !strings.HasPrefix(rows[1][0], "'=") {
		t.Errorf("target %q", rows[1][0])
	}
}

// A row says when, from where and by which version it was made; the order of the older columns stays.
func TestCSVHasAHead(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", iproject()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]string{}
	for i, name := range rows[0] {
		column[name] = rows[3][i]
	}
	for name, want := range map[string]string{"target": "server.example", "port": "443", "started": "2026-01-02T03:04:05.678Z", "version": "test",
		"computer": "desk-17", "source": "10.1.0.2:50422", "interface": "eth0", "gateway": "10.1.0.1"} {
		if column[name] != want {
			t.Errorf("%s is %q, want %q", name, column[name], want)
		}
	}
	if rows[0][15] != "next_step" {
		t.Errorf("column 16 is %q", rows[0][15])
	}
	golden(t, "iproject.csv", written(t, "csv", iproject()))
}

// A cell that becomes several under another separator has no formula in any of them.
func TestCSVFormulasAreDefused(t *testing.T) {
	for _, evil := range []string{"=1+1", "@SUM(A1)", "+1", "-1", "x;=1+1", "x; =1+1", "x|@a", `x;"=1+1`, "x,+1", "\uff1d1+1"} {
		r := run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, refused(server, client, 443), closed)}})
		r.Targets[0].Target.Input = evil
		whole := string(written(t, "csv", r))
		for _, separator := range []rune{',', ';', '\t', '|'} {
			reader := csv.NewReader(strings.NewReader(whole))
			reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = separator, true, -1
			rows, err := reader.ReadAll()
			if err != nil {
				t.Fatalf("%q by %q: %v", evil, separator, err)
			}
			for _, cell := range rows[1] {
				if cell = strings.TrimLeft(cell, ` "`); cell != "" && strings.ContainsRune("=+-@\uff1d", []rune(cell)[0]) {
					t.Errorf("%q, separated by %q, runs %q", evil, separator, cell)
				}
			}
		}
	}
}

func TestCSVByteOrderMark(t *testing.T) {
	for _, bom := range []bool{false, true} {
		r := iproject()
		var b bytes.Buffer
		w := &format.Writer{Format: format.Find("csv"), Out: &b, Names: services.New(), BOM: bom}
		w.Begin(&probe.Plan{}, func(err error) { t.Error(err) })
		if err := w.Finish(r); err != nil || bytes.HasPrefix(b.Bytes(), []byte("\xef\xbb\xbftarget,")) != bom {
			t.Errorf("%v: %v %.10q", bom, err, b.String())
		}
	}
}

func TestMarkdownGolden(t *testing.T) {
	for name, make := range samples() {
		if name == "every-port" || name == "network" {
			continue
		}
		var b bytes.Buffer
		if err := page.Markdown(&b, report.NewView(make(), services.New(), "test"), page.Style{UTF8: true}); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".md", b.Bytes())
	}
}

// A ticket has what stands beside the verdicts, too: of a port, and of the target.
func TestMarkdownHasNotes(t *testing.T) {
	p := connected(server, client, 443)
	p.Speech = &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSOK, ClientCert: true}}
	tr := probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, p, open)}, Met: true}
	tr.Target.Notes = []string{"By post\x1b, too"}
	var b bytes.Buffer
	if err := page.Markdown(&b, report.NewView(run(tr), services.New(), "test"), page.Style{UTF8: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"- **443 (https): open.**\n  - The server asks for a client certificate", "\n\nNote: By post\\\\x1b, too\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
