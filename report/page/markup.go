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

// markup is a language of wikis and tickets: how it writes what a report is made of. Escape makes foreign text stay text.
type markup struct {
	escape  func(string) string
	heading func(level int, text string) string
	strong  func(string) string
	small   func(string) string
	head    func(cells []string) string // with the line break at its end, as all that follow
	row     func(cells []string) string
	item    func(level int, text string) string
}

// write is the report for a ticket or a wiki: the answer first.
func (m *markup) write(w io.Writer, doc *report.View, style Style) error {
	var b bytes.Buffer
	doc = fold(doc)
	for i := range doc.Targets {
		if i > 0 {
			b.WriteString("\n")
		}
		m.target(&b, doc.Targets[i])
	}
	if doc.Error != nil {
		fmt.Fprintf(&b, "\n%s %s\n", m.escape(doc.Error.Message), m.escape(doc.Error.NextStep))
	}
	fmt.Fprintf(&b, "\n%s\n", m.small(m.escape(doc.Head())))
	_, err := io.WriteString(w, style.text(b.String()))
	return err
}

func (m *markup) target(b *bytes.Buffer, t *report.TargetView) {
	fmt.Fprintf(b, "%s\n\n%s\n", m.heading(2, m.escape(t.Input)), m.strong(m.escape(t.Summary)))
	if t.NextStep != nil {
		fmt.Fprintf(b, "\nNext: %s\n", m.escape(*t.NextStep))
	}
	if way := t.Way(); way != "" {
		fmt.Fprintf(b, "\nTested %s.\n", m.escape(way))
	}
	for _, s := range sections(t) {
		if title := s.title(); title != "" {
			fmt.Fprintf(b, "\n%s\n", m.heading(3, m.escape(title)))
		}
		rows, sums := s.split()
		if len(rows) > 0 {
			b.WriteString("\n" + m.head([]string{"Port", "Service", "State", "TLS", "Time", "Why"}))
		}
		for _, p := range rows {
			cells := []string{p.Number(), p.Service.Called(), stateWords(p), tlsCell(p.TLS), timeCell(p), p.Why}
			for i := range cells {
				cells[i] = m.escape(cells[i])
			}
			b.WriteString(m.row(cells))
		}
		for _, sum := range sums {
			fmt.Fprintf(b, "\n%d ports %s: %s (%s)\n", report.Amount(sum), stateWords(sum[0]), m.escape(sum[0].Finding),
				m.escape(report.PortList(sum)))
		}
		m.causes(b, t, s)
	}
	for _, note := range t.Notes {
		if note.Code != "interrupted" { // which the summary says
			fmt.Fprintf(b, "\nNote: %s\n", m.escape(note.Sentence))
		}
	}
}

func (m *markup) causes(b *bytes.Buffer, t *report.TargetView, s *section) {
	first := true
	for _, c := range report.Causes(s.ports, s.addresses) {
		if c.Next == "" && len(c.First.Notes) == 0 {
			continue
		}
		if first {
			b.WriteString("\n")
			first = false
		}
		heading := m.strong(fmt.Sprintf("%s: %s.", m.escape(c.Heading()), stateWords(c.First)))
		b.WriteString(m.item(1, strings.TrimSpace(heading+" "+m.escape(c.Next))))
		if pieces := picture(c.First, phrase.Short(t.Host, 50), true); pieces != nil {
			b.WriteString(m.item(2, "Path: "+m.escape(strings.Join(pieces, " "))))
		}
		for _, n := range slices.Concat(c.Caveats, c.First.Notes) {
			b.WriteString(m.item(2, m.escape(n.Sentence)))
		}
	}
}
