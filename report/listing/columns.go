package listing

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"whyport/report/phrase"
)

const (
	gap        = 2  // columns between cells
	leastWidth = 12 // of a cell that is wrapped
)

// Table prints rows, which have equally many cells, in columns. Where width is not 0, the widest cells are wrapped so
// that a row fits it.
func Table(w io.Writer, width int, rows [][]string) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fit(widths, width)
	for _, row := range rows {
		cells := make([][]string, len(row))
		height := 1
		for i, cell := range row {
			cells[i] = phrase.Wrap(cell, widths[i])
			height = max(height, len(cells[i]))
		}
		for n := range height {
			var line strings.Builder
			for i, c := range cells {
				text := ""
				if n < len(c) {
					text = c[n]
				}
				fmt.Fprintf(&line, "%-*s", widths[i]+gap, text)
			}
			if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
				return err
			}
		}
	}
	return nil
}

// fit narrows the widest columns until all of them have room.
func fit(widths []int, room int) {
	if room == 0 {
		return
	}
	for {
		total := gap * (len(widths) - 1)
		for _, n := range widths {
			total += n
		}
		widest := slices.Max(widths)
		if total <= room || widest <= leastWidth {
			return
		}
		widths[slices.Index(widths, widest)]--
	}
}

// sentence prints a line of text, in as many lines as width asks for, behind an empty one if it begins with a newline.
func sentence(w io.Writer, width int, text string) error {
	lines := []string{text}
	if width > 0 {
		lines = phrase.Wrap(text, width)
		if strings.HasPrefix(text, "\n") {
			lines[0] = "\n" + lines[0]
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
