package phrase

import (
	"fmt"
	"io"
)

// Paragraph writes text behind an indentation, in whose place the label stands on the first line. Lines have at most width
// columns, but no fewer than 20 of text; width 0 breaks none.
func Paragraph(w io.Writer, label, indent, text string, width int) {
	lines := []string{text}
	if width > 0 {
		lines = Wrap(text, max(width-len(indent), 20))
	}
	for _, line := range lines {
		fmt.Fprintf(w, "%-*s%s\n", len(indent), label, line)
		label = ""
	}
}
