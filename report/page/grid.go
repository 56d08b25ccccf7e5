package page

import (
	"io"
	"strings"

	"github.com/fatih/color"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"whyport/report/phrase"
)

// column is a column of a grid. The last column takes what the others leave.
type column struct {
	title string
	most  int // widest it may be, in columns; 0: as wide as its text
	drop  int // columns with a higher number go first where the width is short; 0: never
}

// cell is foreign-safe text with one colour; nil: none.
type cell struct {
	text  string
	color *color.Color
}

// leastText is the width below which the last column is not readable any more.
const leastText = 20

// grid draws rows within a width; false: there is no room for a table.
func grid(w io.Writer, cols []column, rows [][]cell, style Style) (bool, error) {
	for _, row := range rows {
		for i := range row {
			row[i].text = style.text(row[i].text)
		}
	}
	keep := fit(cols, rows, style.width())
	if keep == nil {
		return false, nil
	}
	widths := keptWidths(cols, rows, keep, style.width())
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Symbols: symbols(style), Borders: tw.Border{
			Left: tw.On, Right: tw.On, Top: tw.On, Bottom: tw.On}})),
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off),
	)
	var header []string
	for _, c := range keep {
		header = append(header, strings.ToUpper(cols[c].title))
	}
	t.Header(header)
	for _, row := range rows {
		var line []string
		for i, c := range keep {
			line = append(line, row[c].lines(widths[i]))
		}
		if err := t.Append(line); err != nil {
			return true, err
		}
	}
	return true, t.Render()
}

func symbols(style Style) tw.Symbols {
	if style.Unicode {
		return tw.NewSymbols(tw.StyleLight)
	}
	return tw.NewSymbols(tw.StyleASCII)
}

// lines wraps first and colours each line, so that no colour runs into the borders.
func (c cell) lines(width int) string {
	lines := phrase.Wrap(c.text, width)
	if c.color != nil {
		for i := range lines {
			lines[i] = c.color.Sprint(lines[i])
		}
	}
	return strings.Join(lines, "\n")
}

// fit chooses the columns that fit, dropping the least important ones first; nil if none do.
func fit(cols []column, rows [][]cell, width int) []int {
	keep := make([]int, len(cols))
	for i := range keep {
		keep[i] = i
	}
	for {
		if room(cols, rows, keep, width) >= min(leastText, natural(cols, rows, len(cols)-1)) {
			return keep
		}
		drop := -1
		for i, c := range keep {
			if cols[c].drop > 0 && (drop < 0 || cols[c].drop > cols[keep[drop]].drop) {
				drop = i
			}
		}
		if drop < 0 {
			return nil
		}
		keep = append(keep[:drop:drop], keep[drop+1:]...)
	}
}

// room is what is left for the last column; each column has two spaces and a border.
func room(cols []column, rows [][]cell, keep []int, width int) int {
	left := width - 1 - 3*len(keep)
	for _, c := range keep[:len(keep)-1] {
		left -= natural(cols, rows, c)
	}
	return left
}

// natural is a column's width by its text, as far as it may go.
func natural(cols []column, rows [][]cell, c int) int {
	n := phrase.Columns(cols[c].title)
	for _, row := range rows {
		n = max(n, phrase.Columns(row[c].text))
	}
	if most := cols[c].most; most > 0 {
		n = min(n, max(most, phrase.Columns(cols[c].title)))
	}
	return n
}

func keptWidths(cols []column, rows [][]cell, keep []int, width int) (out []int) {
	for _, c := range keep[:len(keep)-1] {
		out = append(out, natural(cols, rows, c))
	}
	return append(out, min(room(cols, rows, keep, width), natural(cols, rows, len(cols)-1)))
}
