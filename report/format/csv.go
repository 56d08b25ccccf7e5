package format

import (
	"encoding/csv"
	"fmt"
	"strings"

	"whyport/probe"
	"whyport/report"
	"whyport/report/phrase"
	"whyport/report/words"
)

// rows writes a row for each port of each address, a target as soon as it is complete. Cells that a spreadsheet would
// run as a formula begin with an apostrophe (OWASP, "CSV Injection").
type rows struct {
	out   *csv.Writer
	names words.Names
	tally report.Tally
}

// newCSV writes the heading.
func newCSV(w *Writer, _ *probe.Plan) Stream {
	c := &rows{out: csv.NewWriter(w.Out), names: w.Names}
	c.out.UseCRLF = true // RFC 4180, section 2
	// An error stays with the writer until the end of the first target.
	c.out.Write([]string{"target", "address", "port", "protocol", "service", "state", "reason", "usable", "tls", "time_ms",
		"party", "hop", "device", "confidence", "why", "next_step"})
	return c
}

// Add does nothing: rows come in the order of the ports.
func (c *rows) Add(probe.Result) error { return nil }

// Done writes the rows of a target.
func (c *rows) Done(run *probe.Run, target int) error {
	t := &run.Targets[target]
	c.tally.Add(run, t)
	for p := range report.Ports(run, t, c.names) {
		row := csvRow(phrase.Clean(t.Target.Input), p)
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := c.out.Write(row); err != nil {
			return err
		}
	}
	c.out.Flush()
	return c.out.Error()
}

// Finish writes the targets that are not written yet.
func (c *rows) Finish(run *probe.Run, _ string) error {
	for i := range run.Targets {
		if !run.Targets[i].Released {
			if err := c.Done(run, i); err != nil {
				return err
			}
		}
	}
	c.out.Flush()
	return c.out.Error()
}

// ExitCode is that of the targets so far.
func (c *rows) ExitCode() int { return c.tally.Code() }

func csvRow(target string, p *report.Port) []string {
	if p.Host != nil {
		target = *p.Host
	}
	row := []string{target, report.Value(p.Address), fmt.Sprint(p.Port), p.Protocol, report.Value(p.Service.Name), p.State, p.Reason,
		yesNo(p.Usable), "", "", "", "", "", report.Value(p.Confidence), p.Why, report.Value(p.NextStep)}
	if p.TLS != nil {
		row[8] = p.TLS.State
	}
	if p.Connect != nil {
		row[9] = fmt.Sprint(*p.Connect)
	} else if p.Duration != nil {
		row[9] = fmt.Sprint(*p.Duration)
	}
	if w := p.Where; w != nil {
		row[10], row[12] = w.Party, report.Value(w.Address)
		if w.Hop != nil {
			row[11] = fmt.Sprint(*w.Hop)
		}
	}
	return row
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return "unknown"
	case *b:
		return "yes"
	}
	return "no"
}

// harmless puts an apostrophe before what a spreadsheet would run: at the beginning of a cell, and behind what separates cells in
// other countries, where the same file is split at semicolons or tabs.
func harmless(s string) string {
	var b strings.Builder
	begins := true
	for _, r := range s {
		if begins && strings.ContainsRune("=+-@\t\r;", r) {
			b.WriteByte('\'')
		}
		separates := r == ';' || r == '\t'
		begins = separates || begins && (r == ' ' || r == '"') && b.Len() > 0
		b.WriteRune(r)
	}
	return b.String()
}
