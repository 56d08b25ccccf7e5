package page

import (
	"io"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// Markdown writes the report for a ticket or a wiki: CommonMark, with the tables of GitHub's dialect, which need one line a
// row.
func Markdown(w io.Writer, doc *report.View, style Style) error {
	m := markup{
		escape:  inMarkdown,
		heading: func(level int, text string) string { return strings.Repeat("#", level) + " " + text },
		strong:  func(text string) string { return "**" + text + "**" },
		small:   func(text string) string { return "*" + text + "*" },
		row:     func(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" },
		item:    func(level int, text string) string { return strings.Repeat("  ", level-1) + "- " + text + "\n" },
	}
	m.head = func(cells []string) string { return m.row(cells) + "| ---: | --- | --- | --- | ---: | --- |\n" }
	return m.write(w, doc, style)
}

// markdownLinks are what GitHub's dialect makes links or mentions of (GFM 6.9).
var markdownLinks = strings.NewReplacer("://", `:\//`, "www.", `www\.`, "WWW.", `WWW\.`, "@", `\@`)

// inMarkdown keeps foreign text from becoming markup: CommonMark's escapes, and entities for HTML.
func inMarkdown(s string) string {
	var b strings.Builder
	for i, r := range phrase.CleanTo(s, phrase.MaxSentence) {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '&':
			b.WriteString("&amp;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!':
			b.WriteString(`\` + string(r))
		case '>', '-', '+', '=': // at the beginning of a line only
			if i == 0 && s != "-" {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return markdownLinks.Replace(b.String())
}
