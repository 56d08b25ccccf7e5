package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whyport/report"
	"whyport/report/ticket"
	"whyport/services"
)

func ticketOf(t *testing.T, sample, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ticket.Write(&b, report.NewView(samples()[sample](), services.New(), "test"), format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTickets holds every format against files; -update writes them.
func TestTickets(t *testing.T) {
	for _, sample := range []string{"iproject", "certificates", "families", "silent-host", "not-found"} {
		for _, format := range ticket.Formats() {
			if sample != "iproject" && format != "text" {
				continue
			}
			got, name := ticketOf(t, sample, format), filepath.Join("testdata", sample+"-ticket."+format)
			if *update {
				if err := os.WriteFile(name, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %v, %s", name, err, firstDifference(string(got), string(want)))
			}
		}
	}
}

// TestTicketSaysWhatHasToBeKnown: the rule that is asked for, what the log is searched for, and how to see that it works.
func TestTicketSaysWhatHasToBeKnown(t *testing.T) {
	got := strings.Join(strings.Fields(string(ticketOf(t, "iproject", "text"))), " ")
	for _, want := range []string{"Allow TCP 20, 80, 2000 from 10.1.0.2 to 203.0.113.7 (server.example), for iProject.",
		"time 2026-01-02 03:04:05 to 03:04:08 UTC", "source ports 50379, 50399-50404, 50459-50464",
		"10.0.0.1", "at hop 2 or the one after it, likely", "Works already, to the same server: TCP 443",
		"whyport server.example -p 20,80,2000 --require all"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "Subject: "); n < 2 {
		t.Errorf("%d tickets for several devices:\n%s", n, got)
	}
}

// TestTicketOfForeignText: what a server or a name says is no markup and no command.
func TestTicketOfForeignText(t *testing.T) {
	for _, format := range ticket.Formats() {
		var b bytes.Buffer
		if err := ticket.Write(&b, report.NewView(hostile(), services.New(), "test"), format); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(b.Bytes(), "\x1b\x07") || format == "html" && bytes.Contains(b.Bytes(), []byte("<script")) {
			t.Errorf("%s:\n%q", format, b.Bytes())
		}
		for line := range strings.Lines(b.String()) {
			if i := strings.Index(line, "whyport "); i >= 0 && strings.ContainsAny(line[i:], "`|;$") && strings.Contains(line,
				"--require") {
				t.Errorf("a command with %q", line)
			}
		}
	}
}
