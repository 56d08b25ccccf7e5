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

// inMarkdown keeps foreign text from becoming markup: CommonMark's escapes, and entities for HTML. What looks like a link is none
// (GFM, autolinks), and nobody is called by @name.
func inMarkdown(s string) string {
	var b strings.Builder
	s = strings.ReplaceAll(phrase.CleanTo(s, phrase.MaxSentence), "://", "\x00")
	for _, r := range strings.NewReplacer("www.", "www\x01", "WWW.", "WWW\x01").Replace(s) {
		switch r {
		case 0:
			b.WriteString(`:\/\/`)
		case 1:
			b.WriteString(`\.`)
		case '@':
			b.WriteString("@\u200b") // the width of nothing, between the sign and a name
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!', '{', '}':
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
