package compare

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// mostColumns is how many places stand beside each other; more stand below each other, by what they found.
const mostColumns = 4

// mostListed bounds the places that are listed behind what they found.
const mostListed = 20

// placesAnswer is how many places have what is needed.
func (c *Comparison) placesAnswer() string {
	var met, unmet int
	for i := range c.Runs {
		switch m := c.Runs[i].Met; {
		case report.IsTrue(m):
			met++
		case report.IsFalse(m):
			unmet++
		}
	}
	have := func(n int) string {
		if n == 1 {
			return "has"
		}
		return "have"
	}
	said := fmt.Sprintf("%d of %s %s what is needed", met, phrase.Count(len(c.Runs), "place"), have(cmp.Or(met, len(c.Runs))))
	if unmet > 0 {
		said += fmt.Sprintf("; %d %s not", unmet, have(unmet))
	}
	if left := len(c.Runs) - met - unmet; left > 0 {
		said += fmt.Sprintf("; %d could not be tested", left)
	}
	return said + "."
}

// problems are the places of which nothing, or not all, is known.
func (c *Comparison) problems() (lines []string) {
	for i := range c.Runs {
		if p := c.Runs[i].Problem; p != nil {
			lines = append(lines, c.Runs[i].called(c.Runs)+": "+phrase.Clean(p.Message)+". Next: "+phrase.Clean(p.NextStep)+".")
		}
	}
	return lines
}

func (c *Comparison) placesTable(b *bytes.Buffer, width int) {
	if len(c.Runs) <= mostColumns && len(c.Ports) > 0 {
		rows := [][]string{append([]string{"PORT"}, c.heads()...)}
		for i := range c.Ports {
			rows = append(rows, c.row(&c.Ports[i]))
		}
		writeColumns(b, rows)
		b.WriteByte('\n')
	} else {
		for i := range c.Ports {
			r := &c.Ports[i]
			b.WriteString(strings.TrimLeft(c.row(r)[0], " ") + "\n")
			for _, line := range c.found(r) {
				for _, l := range lines(line[0]+": "+line[1], width-2) {
					b.WriteString("  " + l + "\n")
				}
			}
		}
		if len(c.Ports) > 0 {
			b.WriteByte('\n')
		}
	}
	for i := range c.Ports {
		if r := &c.Ports[i]; r.Meaning != "" {
			wrapped(b, r.label()+": "+r.Meaning, width)
		}
	}
	for _, line := range c.problems() {
		wrapped(b, line, width)
	}
	wrapped(b, c.Answer(), width)
}

// found is what places found of a port, with their number and names.
func (c *Comparison) found(r *Row) (out [][2]string) {
	states, places := r.together()
	for _, s := range states {
		var names []string
		for _, i := range places[s] {
			names = append(names, c.Runs[i].called(c.Runs))
		}
		out = append(out, [2]string{fmt.Sprintf("%s (%d)", s, len(names)), phrase.Listed(names, mostListed)})
	}
	return out
}

func lines(text string, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	return phrase.Wrap(text, width)
}

// manyInMarkdown is the table of many places: a line for each port and what was found of it.
func (c *Comparison) manyInMarkdown(line func([]string)) {
	for i := range c.Ports {
		label := strings.TrimSpace(c.row(&c.Ports[i])[0])
		for _, found := range c.found(&c.Ports[i]) {
			line([]string{label, found[0], found[1]})
			label = ""
		}
	}
}
