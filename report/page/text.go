package page

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// Text writes the report in labelled sentences, one a port, without columns or signs: for screen readers, chats and
// proportional fonts. The answer comes first.
func Text(w io.Writer, doc *report.View, style Style) error {
	var b bytes.Buffer
	doc = fold(doc)
	fmt.Fprintf(&b, "Report: %s.\n", doc.Head())
	for _, t := range doc.Targets {
		textTarget(&b, t, style)
	}
	if doc.Error != nil {
		fmt.Fprintf(&b, "Error: %s. %s.\n", doc.Error.Message, doc.Error.NextStep)
	}
	_, err := io.WriteString(w, style.text(b.String()))
	return err
}

func textTarget(b *bytes.Buffer, t *report.TargetView, style Style) {
	all := sections(t)
	target := t.Input
	if len(all) == 1 && len(all[0].addresses) > 0 && all[0].addresses[0] != t.Host {
		target += ", address " + all[0].title()
	}
	if way := t.Way(); way != "" {
		target += ", tested " + way
	}
	fmt.Fprintf(b, "\nTarget: %s.\nAnswer: %s\n", target, t.Summary)
	if t.NextStep != nil {
		fmt.Fprintf(b, "Next: %s\n", *t.NextStep)
	}
	if style.Quiet {
		return
	}
	for _, s := range all {
		textSection(b, t, s, len(all) > 1, style)
	}
	for _, n := range t.Notes {
		if n.Code != "interrupted" {
			fmt.Fprintf(b, "Note: %s\n", n.Sentence)
		}
	}
}

func textSection(b *bytes.Buffer, t *report.TargetView, s *section, titled bool, style Style) {
	if titled {
		fmt.Fprintf(b, "\nAddress: %s.\n", s.title())
	}
	rows, sums := s.split()
	for _, p := range rows {
		fmt.Fprintf(b, "Port %s: %s. %s\n", p.Label(), stateWords(p), p.Why)
	}
	for _, sum := range sums {
		fmt.Fprintf(
			b,
			"%d ports, %s: %s. %s.\n",
			report.Amount(sum),
			report.PortList(sum),
			stateWords(sum[0]),
			phrase.Capital(sum[0].Finding),
		)
	}
	for _, c := range report.Causes(s.ports, s.addresses) {
		about := c.Heading()
		if report.Amount(c.Entries) == 1 {
			about = "port " + about
		}
		if pieces := picture(c.First, phrase.Short(t.Host, 50), style.UTF8); pieces != nil && !report.IsTrue(c.First.Usable) {
			fmt.Fprintf(b, "Path for %s: %s.\n", about, strings.Join(pieces, " "))
		}
		for _, n := range slices.Concat(c.Caveats, c.First.Notes) {
			if style.Verbose || tells(c.First, n) {
				fmt.Fprintf(b, "Remark on %s: %s\n", about, n.Sentence)
			}
		}
		if c.Next != "" && c.Next != report.Value(t.NextStep) {
			fmt.Fprintf(b, "What to do for %s: %s\n", about, c.Next)
		}
	}
	if style.Verbose {
		for _, p := range rows {
			for _, e := range p.Evidence {
				fmt.Fprintf(b, "Evidence for port %s: %s %s, %s.\n", p.Number(), e.Step, e.Signal, e.Detail)
			}
		}
	}
}
