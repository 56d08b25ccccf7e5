package format

import (
	"fmt"
	"strings"

	"whyport/probe"
	"whyport/report"
	"whyport/report/page"
)

// Exit codes of a plugin ("Monitoring Plugins Development Guidelines", plugin return codes).
const (
	nagiosOK       = 0
	nagiosWarning  = 1
	nagiosCritical = 2
	nagiosUnknown  = 3
)

// NagiosUsage is the exit code for a wrong command line: 2 would mean critical.
const NagiosUsage = nagiosUnknown

// mostTimed bounds the performance data of one line.
const mostTimed = 20

// writeNagios writes one line with performance data.
func writeNagios(w *Writer, doc *report.View) error {
	word := [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[nagiosOf(doc, codeOf(doc))]
	usable, all := 0, 0
	var times []string
	for _, t := range doc.Targets {
		for _, e := range t.Entries {
			all += len(e.Numbers)
			if report.IsTrue(e.Usable) {
				usable += len(e.Numbers)
			}
			if e.Answered > 0 && report.IsTrue(e.Usable) && len(times) < mostTimed {
				label := strings.NewReplacer("'", "", "=", "", "|", "").
					Replace(fmt.Sprintf("%s %s %s", t.Input, report.Value(e.Address), e.Number()))
				times = append(times, fmt.Sprintf("'%s'=%gs;;;0", label, e.Answered.Seconds()))
			}
		}
	}
	text := strings.ReplaceAll(page.Answer(doc), "|", "/") // which begins performance data
	data := append([]string{fmt.Sprintf("usable=%d;;;0;%d", usable, all)}, times...)
	_, err := fmt.Fprintf(w.Out, "WHYPORT %s - %s | %s\n", word, w.Style.Plain(text), w.Style.Plain(strings.Join(data, " ")))
	return err
}

// codeOf is the exit code that the run had.
func codeOf(doc *report.View) int {
	var t report.Tally
	for _, target := range doc.Targets {
		t.Count(target.Requirement.Met)
	}
	return t.Code()
}

// ShownCode is the exit code where a report that was kept is shown: a plugin's, or 0.
func (w *Writer) ShownCode(doc *report.Document) int {
	if w.Format.exit == nil {
		return report.ExitMet
	}
	view := report.ViewOf(doc)
	return nagiosOf(view, codeOf(view))
}

// nagiosExit turns the run's exit code into a plugin's.
func nagiosExit(w *Writer, run *probe.Run, code int) int {
	return nagiosOf(report.NewView(run, w.Names, w.Tool), code)
}

// nagiosOf warns where what is required works, but a port that was named does not, or a family of addresses.
func nagiosOf(doc *report.View, code int) int {
	switch code {
	case report.ExitNotMet:
		return nagiosCritical
	case report.ExitNotTested:
		return nagiosUnknown
	}
	for _, t := range doc.Targets {
		if t.Impaired() {
			return nagiosWarning
		}
	}
	return nagiosOK
}
