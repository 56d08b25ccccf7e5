package ticket

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// kind of a block.
type kind int

const (
	text kind = iota
	title
	head
	list
	code
	rule // between tickets
)

// block is a piece of a ticket.
type block struct {
	kind  kind
	text  string
	lines []string
}

// drawings write blocks in the formats that tickets can have, by the format's name.
func drawings() map[string]func(*bytes.Buffer, block) {
	return map[string]func(*bytes.Buffer, block){"text": drawText, "markdown": markdown.draw, "jira": jira.draw, "html": page.draw}
}

// Formats of a ticket, the default first.
func Formats() []string { return []string{"text", "markdown", "jira", "html"} }

// Write writes the tickets that a report gives reason for.
func Write(w io.Writer, doc *report.View, format string) error {
	var b bytes.Buffer
	draw := drawings()[format]
	if draw == nil {
		draw = drawText
	}
	if format == "html" {
		b.WriteString(htmlHead)
	}
	for _, one := range compose(doc) {
		draw(&b, one)
	}
	if format == "html" {
		b.WriteString("</body></html>\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// htmlHead lets narrow windows show commands whole; mails that drop the style keep the text.
const htmlHead = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>whyport</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.1rem; } pre { white-space: pre-wrap; } hr { margin: 2rem 0; }
@media print { html { color-scheme: light; } h1, h2 { break-after: avoid; } }</style></head><body>
`

// width of lines of text.
const width = 78

func drawText(b *bytes.Buffer, x block) {
	switch x.kind {
	case title:
		fmt.Fprintf(b, "Subject: %s\n\n", x.text)
	case head:
		fmt.Fprintf(b, "%s\n", strings.ToUpper(x.text))
	case list:
		for _, l := range x.lines {
			fmt.Fprintf(b, "- %s\n", strings.Join(phrase.Wrap(l, width-2), "\n  "))
		}
		b.WriteByte('\n')
	case code:
		fmt.Fprintf(b, "    %s\n\n", strings.Join(x.lines, "\n    "))
	case rule:
		b.WriteString(strings.Repeat("=", width) + "\n\n")
	default:
		fmt.Fprintf(b, "%s\n\n", strings.Join(phrase.Wrap(x.text, width), "\n"))
	}
}

// marks are what Markdown gives a meaning (CommonMark 0.31, 2.4), jiraMarks what Jira's wiki markup does.
var (
	marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`,
		"|", `\|`, "~", `\~`, "&", `\&`)
	jiraMarks = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`, "|", `\|`, "^", `\^`,
		"~", `\~`, "!", `\!`)
)

// markup is how a language writes each kind of block.
type markup struct {
	text, title, head, code string // formats of their text
	list, item              string // formats of all items, and of one
	rule                    string
	escape                  func(string) string
	literal                 func(string) string // inside code; nil: as it is
}

var (
	markdown = markup{text: "%s\n\n", title: "## %s\n\n", head: "### %s\n\n", code: "```\n%s\n```\n\n", list: "%s\n", item: "- %s\n",
		rule: "---\n\n", escape: marks.Replace}
	jira = markup{text: "%s\n\n", title: "h2. %s\n\n", head: "h3. %s\n\n", code: "{noformat}\n%s\n{noformat}\n\n",
		list: "%s\n", item: "* %s\n",
		rule: "----\n\n", escape: jiraMarks.Replace}
	page = markup{text: "<p>%s</p>\n", title: "<h1>%s</h1>\n", head: "<h2>%s</h2>\n", code: "<pre>%s</pre>\n",
		list: "<ul>\n%s</ul>\n", item: "<li>%s</li>\n", rule: "<hr>\n", escape: html.EscapeString, literal: html.EscapeString}
)

func (m markup) draw(b *bytes.Buffer, x block) {
	switch x.kind {
	case title:
		fmt.Fprintf(b, m.title, m.escape(x.text))
	case head:
		fmt.Fprintf(b, m.head, m.escape(x.text))
	case list:
		items := ""
		for _, l := range x.lines {
			items += fmt.Sprintf(m.item, m.escape(l))
		}
		fmt.Fprintf(b, m.list, items)
	case code:
		lines := strings.Join(x.lines, "\n")
		if m.literal != nil {
			lines = m.literal(lines)
		}
		fmt.Fprintf(b, m.code, lines)
	case rule:
		b.WriteString(m.rule)
	default:
		fmt.Fprintf(b, m.text, m.escape(x.text))
	}
}

// typed is a host as a command line can have it: nothing that a shell would obey.
func typed(host string) string {
	if strings.ContainsFunc(host, func(r rune) bool {
		return r > 0x7e || !strings.ContainsRune(".-_:", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return "server.example"
	}
	return host
}
