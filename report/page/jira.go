package page

import (
	"fmt"
	"io"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// Jira writes the report in the wiki markup of Jira and Confluence ("Text Formatting Notation Help").
func Jira(w io.Writer, doc *report.View, style Style) error {
	m := markup{
		escape:  inJira,
		heading: func(level int, text string) string { return fmt.Sprintf("h%d. %s", level, text) },
		strong:  func(text string) string { return "*" + text + "*" },
		small:   func(text string) string { return "_" + text + "_" },
		head:    func(cells []string) string { return "||" + strings.Join(cells, "||") + "||\n" },
		item:    func(level int, text string) string { return strings.Repeat("*", level) + " " + text + "\n" },
	}
	m.row = func(cells []string) string {
		for i, c := range cells {
			if c == "" {
				cells[i] = " " // or two bars are a heading
			}
		}
		return "|" + strings.Join(cells, "|") + "|\n"
	}
	return m.write(w, doc, style)
}

// inJira keeps foreign text from becoming markup or a smiley.
func inJira(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range phrase.CleanTo(s, phrase.MaxSentence) {
		switch r {
		case '\\':
			b.WriteString("&#92;") // a backslash escapes here, and two are a line break
		case '&':
			b.WriteString("&amp;")
		case '{', '}', '[', ']', '|', '!', '*', '_', '?', '~', '^', '+', '@', '#':
			b.WriteString(`\` + string(r))
		case '-': // strikes out what stands between two at the ends of words
			if last == 0 || last == ' ' || last == '-' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '(', ')': // smileys: (x), :)
			if last == ':' || last == ';' || r == '(' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '/':
			if last == ':' { // a link
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
