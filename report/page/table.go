// Package page draws a report for people who look at it: on a terminal, in a ticket.
package page

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// manyTargets is the number of targets above which each has a row instead of a table.
const manyTargets = 8

// Table writes the report for people. The most important line comes last.
func Table(w io.Writer, doc *report.View, style Style) error {
	d := &drawing{style: style, paint: newPaint(style.Color)}
	if !style.Verbose {
		doc = fold(doc)
	}
	if !style.Quiet {
		if doc.Error == nil {
			d.text(doc.Head(), 0, 2)
		}
		d.body(doc)
	}
	d.answer(doc)
	if d.err != nil {
		return d.err
	}
	_, err := w.Write(d.out.Bytes())
	return err
}

// drawing is a table in the making.
type drawing struct {
	out   bytes.Buffer
	style Style
	paint paint
	err   error
}

func (d *drawing) body(doc *report.View) {
	if len(doc.Targets) > manyTargets && !d.style.Verbose {
		d.overview(doc.Targets)
		return
	}
	for i := range doc.Targets {
		if i > 0 {
			d.line("")
		}
		d.target(doc.Targets[i], len(doc.Targets) > 1, i == 0)
	}
}

// target draws one target; its own summary is left to the answer where it is the only one.
func (d *drawing) target(t *report.TargetView, summary, first bool) {
	all := sections(t)
	d.title(t, all)
	for _, s := range all {
		if s.tested() || d.style.Verbose {
			d.section(t, s, len(all) > 1)
		}
	}
	d.notes(t, first)
	if summary {
		d.summary(t, "")
	}
}

func (d *drawing) title(t *report.TargetView, all []*section) {
	title := phrase.Short(t.Input, 80)
	if t.Host != t.Input && !strings.Contains(t.Input, t.Host) {
		title += " = " + phrase.Short(t.Host, 80)
	}
	if len(all) == 1 && len(all[0].addresses) > 0 && all[0].addresses[0] != t.Host {
		title += " (" + all[0].title() + ")"
	}
	if way := t.Way(); way != "" {
		title += ", " + way
	}
	for _, line := range phrase.Wrap(title, d.style.width()) {
		d.line(d.paint.strong.Sprint(d.show(line)))
	}
}

func (d *drawing) section(t *report.TargetView, s *section, titled bool) {
	if titled {
		d.gap()
		for _, line := range phrase.Wrap(s.title(), d.style.width()) {
			d.line(d.paint.strong.Sprint(d.show(line)))
		}
	}
	rows, sums := s.split()
	if len(rows) > 0 {
		d.ports(rows)
	}
	for _, sum := range sums {
		p := sum[0]
		d.text(fmt.Sprintf("%d ports %s: %s (%s)", report.Amount(sum), stateWords(p), p.Finding, report.PortList(sum)), 0, 2)
	}
	d.line("")
	d.explanations(t, s, rows)
	if d.style.Verbose {
		d.evidence(rows)
	}
}

// ports draws the table itself.
func (d *drawing) ports(rows []*report.Entry) {
	service := 20
	if d.style.width() < 90 {
		service = 10
	}
	cols := []column{
		{"port", 0, 0}, {"service", service, 1}, {"state", 13, 0}, {"TLS", 12, 2}, {"time", 0, 3}, {"why", 0, 0},
	}
	var cells [][]cell
	for _, p := range rows {
		name := p.Service.Called()
		if name == "" {
			name = "-"
		}
		cells = append(cells, []cell{
			{text: p.Number()}, {text: name}, {signsOf(d.style.Unicode).of(p.Usable) + " " + stateWords(p), d.paint.of(p.Usable)},
			{text: tlsCell(p.TLS)}, {text: timeCell(p)}, {text: d.why(p)},
		})
	}
	drawn, err := grid(&d.out, cols, cells, d.style)
	if err != nil && d.err == nil {
		d.err = err
	}
	if drawn {
		return
	}
	for _, c := range cells {
		d.text(fmt.Sprintf("%s %s %s: %s", c[0].text, c[1].text, c[2].text, c[5].text), 0, 2)
	}
}

// wide is the width from which a whole sentence fits into the table.
const wide = 140

func (d *drawing) why(p *report.Entry) string {
	if d.style.width() >= wide {
		return p.Why
	}
	return p.Finding
}

// notes are what holds for the whole target and is not in its summary; a profile's are said with the first target.
func (d *drawing) notes(t *report.TargetView, first bool) {
	n := 0
	for _, note := range t.Notes {
		if note.Code != "interrupted" && (first || note.Code != report.ProfileNote) {
			d.labelled("Note", note.Sentence, 0)
			n++
		}
	}
	if n > 0 {
		d.line("")
	}
}

// gap is an empty line where there is none yet.
func (d *drawing) gap() {
	if !bytes.HasSuffix(d.out.Bytes(), []byte("\n\n")) {
		d.line("")
	}
}

func (d *drawing) line(s string) { d.out.WriteString(s + "\n") }

// show is text as the console can show it.
func (d *drawing) show(s string) string {
	return d.style.text(s)
}

// text writes wrapped text; further lines are indented by hang more.
func (d *drawing) text(s string, indent, hang int) {
	lines := phrase.Wrap(d.show(s), d.style.width()-indent-hang)
	for i, line := range lines {
		if i > 0 {
			line = strings.Repeat(" ", hang) + line
		}
		d.line(strings.Repeat(" ", indent) + line)
	}
}

// labelled writes text behind a short label, the lines below each other.
func (d *drawing) labelled(label, s string, indent int) {
	d.labelledWords(label, strings.Fields(d.show(s)), indent)
}

func (d *drawing) labelledWords(label string, words []string, indent int) {
	const margin = 6
	for i, line := range phrase.WrapWords(words, d.style.width()-indent-margin) {
		head := strings.Repeat(" ", margin)
		if i == 0 {
			head = d.paint.faint.Sprint(label) + strings.Repeat(" ", margin-len(label))
		}
		d.line(strings.Repeat(" ", indent) + head + line)
	}
}
