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

// Markdown writes the report for a ticket or a wiki (GitHub's dialect, whose tables need one line a row).
func Markdown(w io.Writer, doc *report.View) error {
	var b bytes.Buffer
	doc = fold(doc)
	for i := range doc.Targets {
		if i > 0 {
			b.WriteString("\n")
		}
		markdownTarget(&b, doc.Targets[i])
	}
	if doc.Error != nil {
		fmt.Fprintf(&b, "\n%s %s\n", inMarkdown(doc.Error.Message), inMarkdown(doc.Error.NextStep))
	}
	fmt.Fprintf(&b, "\n*%s*\n", inMarkdown(doc.Head()))
	_, err := w.Write(b.Bytes())
	return err
}

func markdownTarget(b *bytes.Buffer, t *report.TargetView) {
	fmt.Fprintf(b, "## %s\n\n**%s**\n", inMarkdown(t.Input), inMarkdown(t.Summary))
	if way := t.Way(); way != "" {
		fmt.Fprintf(b, "\nTested %s.\n", inMarkdown(way))
	}
	if t.NextStep != nil {
		fmt.Fprintf(b, "\nNext: %s\n", inMarkdown(*t.NextStep))
	}
	for _, s := range sections(t) {
		if title := s.title(); title != "" {
			fmt.Fprintf(b, "\n### %s\n", inMarkdown(title))
		}
		rows, sums := s.split()
		if len(rows) > 0 {
			b.WriteString("\n| Port | Service | State | TLS | Time | Why |\n| ---: | --- | --- | --- | ---: | --- |\n")
		}
		for _, p := range rows {
			cells := []string{p.Number(), report.Value(p.Service.Name), stateWords(p), tlsCell(p.TLS), timeCell(p), p.Why}
			for i := range cells {
				cells[i] = inMarkdown(cells[i])
			}
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
		for _, sum := range sums {
			fmt.Fprintf(b, "\n%d ports %s: %s (%s)\n", report.Amount(sum), stateWords(sum[0]), inMarkdown(sum[0].Finding),
				report.PortList(sum))
		}
		markdownCauses(b, t, s)
	}
	for _, note := range t.Notes {
		if note.Code != "interrupted" { // which the summary says
			fmt.Fprintf(b, "\nNote: %s\n", inMarkdown(note.Sentence))
		}
	}
}

func markdownCauses(b *bytes.Buffer, t *report.TargetView, s *section) {
	first := true
	for _, c := range report.Causes(s.ports, s.addresses) {
		if c.Next == "" && len(c.First.Notes) == 0 {
			continue
		}
		if first {
			b.WriteString("\n")
			first = false
		}
		fmt.Fprintln(b, strings.TrimSpace(fmt.Sprintf("- **%s: %s.** %s", inMarkdown(c.Heading()), stateWords(c.First),
			inMarkdown(c.Next))))
		if pieces := picture(c.First, phrase.Short(t.Host, 50), false); pieces != nil {
			fmt.Fprintf(b, "  Path: %s\n", inMarkdown(strings.Join(pieces, " ")))
		}
		for _, n := range slices.Concat(c.Caveats, c.First.Notes) {
			fmt.Fprintf(b, "  %s\n", inMarkdown(n.Sentence))
		}
	}
}

// inMarkdown keeps foreign text from becoming markup: CommonMark's escapes, and entities for HTML.
func inMarkdown(s string) string {
	var b strings.Builder
	for _, r := range phrase.CleanTo(s, phrase.MaxSentence) {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!':
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
