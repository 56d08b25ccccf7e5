package phrase

import (
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// Columns is the width of text on a terminal.
func Columns(s string) int { return twwidth.Width(s) }

// Wrap breaks text into lines of at most width columns, between words where it can.
func Wrap(s string, width int) []string {
	return WrapWords(strings.Fields(s), width)
}

// WrapWords is Wrap for pieces that are kept whole where they fit into a line.
func WrapWords(words []string, width int) []string {
	width = max(width, 1)
	var lines []string
	line, used := "", 0
	for _, word := range words {
		n := Columns(word)
		if used > 0 && used+1+n > width {
			lines, line, used = append(lines, line), "", 0
		}
		for n > width {
			head, tail := split(word, width)
			lines = append(lines, head)
			word, n = tail, Columns(tail)
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// split cuts a word that is longer than a line, behind a dash or the like if there is one; at least
// one character goes to the head.
func split(word string, width int) (head, tail string) {
	used, mark := 0, 0
	for i, r := range word {
		n := Columns(string(r))
		if i > 0 && used+n > width {
			if mark > 0 {
				i = mark
			}
			return strings.TrimRight(word[:i], " "), word[i:]
		}
		used += n
		if strings.ContainsRune("-_./:, ", r) {
			mark = i + 1
		}
	}
	return word, ""
}
