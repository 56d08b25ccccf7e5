package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"whyport/report/phrase"
)

// Formats of a comparison, the default first.
func Formats() []string { return []string{"table", "json", "ndjson", "markdown"} }

// Write writes a comparison in a format; a table's sentences are wrapped to width columns where that is not 0.
func (c *Comparison) Write(w io.Writer, format string, width int) error {
	var b bytes.Buffer
	switch format {
	case "json":
		e := json.NewEncoder(&b)
		e.SetIndent("", "  ")
		if err := e.Encode(c); err != nil {
			return err
		}
	case "ndjson":
		if err := c.ndjson(&b, c.Answer()); err != nil {
			return err
		}
	case "markdown":
		c.markdown(&b)
	default:
		if c.places {
			c.placesTable(&b, width)
			break
		}
		c.table(&b, width)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Answer is the comparison in a sentence.
func (c *Comparison) Answer() string {
	differ := 0
	for i := range c.Ports {
		if !c.Ports[i].Alike {
			differ++
		}
	}
	switch {
	case c.places:
		return c.placesAnswer()
	case len(c.Ports) == 0:
		return "No port was tested."
	case differ == 0:
		return "No difference in " + phrase.Count(len(c.Ports), "port") + "."
	}
	return fmt.Sprintf("%d of %s differ.", differ, phrase.Count(len(c.Ports), "port"))
}

func (c *Comparison) heads() (heads []string) {
	for i := range c.Runs {
		heads = append(heads, c.Runs[i].called(c.Runs))
	}
	return heads
}

func (c *Comparison) table(b *bytes.Buffer, width int) {
	for i := range c.Runs {
		r := &c.Runs[i]
		from := strings.Join(r.From, ", ")
		if r.Computer != nil {
			from = *r.Computer + " " + from
		}
		fmt.Fprintf(b, "%s: %s from %s\n", r.Name, r.Started, strings.TrimSpace(from))
	}
	b.WriteByte('\n')
	rows := [][]string{append([]string{"PORT"}, c.heads()...)}
	for i := range c.Ports {
		rows = append(rows, c.row(&c.Ports[i]))
	}
	writeColumns(b, rows)
	b.WriteByte('\n')
	for i := range c.Ports {
		if r := &c.Ports[i]; r.Meaning != "" {
			wrapped(b, r.label()+": "+r.Meaning, width)
		}
	}
	wrapped(b, c.Answer(), width)
}

// row marks a port that differs with a sign that needs no colour.
func (c *Comparison) row(r *Row) []string {
	mark := "  "
	if !r.Alike {
		mark = "! "
	}
	cells := []string{mark + r.label()}
	for _, x := range r.Cells {
		cells = append(cells, x.short())
	}
	return cells
}

func (r *Row) label() string {
	return fmt.Sprintf("%s %d/%s", phrase.Short(r.Host, 40), r.Port, r.Protocol)
}

// short is a cell of the table: "filtered, hop 2".
func (c *Cell) short() string {
	if c == nil {
		return "not tested"
	}
	s := c.State
	if c.Usable != nil && !*c.Usable && s == "open" {
		s = "open, not usable"
	}
	if c.Where != nil && c.Where.Hop != nil && s != "open" {
		s += fmt.Sprintf(", hop %d", *c.Where.Hop)
	}
	return s
}

func writeColumns(b *bytes.Buffer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], phrase.Columns(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-phrase.Columns(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func wrapped(b *bytes.Buffer, text string, width int) {
	b.WriteString(strings.Join(lines(text, width), "\n") + "\n")
}

// escaper writes what CommonMark and GitHub give a meaning as itself (CommonMark 0.31, 2.4).
var escaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`,
	"|", `\|`,
	"~", `\~`, "&", `\&`)

func escaped(s string) string { return escaper.Replace(s) }

func (c *Comparison) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "**%s**\n\n", escaped(c.Answer()))
	many := c.places && len(c.Runs) > mostColumns
	heads := append([]string{"port"}, c.heads()...)
	if many {
		heads = []string{"port", "found", "places"}
	}
	line := func(cells []string) {
		for _, cell := range cells {
			b.WriteString("| " + escaped(cell) + " ")
		}
		b.WriteString("|\n")
	}
	line(heads)
	b.WriteString(strings.Repeat("| --- ", len(heads)) + "|\n")
	if many {
		c.manyInMarkdown(line)
	} else {
		c.besideInMarkdown(line)
	}
	b.WriteByte('\n')
	for i := range c.Ports {
		if r := &c.Ports[i]; r.Meaning != "" {
			fmt.Fprintf(b, "- %s: %s\n", escaped(r.label()), escaped(r.Meaning))
		}
	}
	for _, line := range c.problems() {
		fmt.Fprintf(b, "- %s\n", escaped(line))
	}
}

func (c *Comparison) besideInMarkdown(line func([]string)) {
	for i := range c.Ports {
		cells := c.row(&c.Ports[i])
		cells[0] = strings.TrimSpace(cells[0])
		line(cells)
	}
}
