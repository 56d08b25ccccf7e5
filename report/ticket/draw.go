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
	return map[string]func(*bytes.Buffer, block){"text": drawText, "markdown": drawMarkdown, "jira": drawJira, "html": drawHTML}
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
		b.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>whyport</title></head><body>\n")
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

func drawMarkdown(b *bytes.Buffer, x block) {
	switch x.kind {
	case title:
		fmt.Fprintf(b, "## %s\n\n", marks.Replace(x.text))
	case head:
		fmt.Fprintf(b, "### %s\n\n", marks.Replace(x.text))
	case list:
		for _, l := range x.lines {
			fmt.Fprintf(b, "- %s\n", marks.Replace(l))
		}
		b.WriteByte('\n')
	case code:
		fmt.Fprintf(b, "```\n%s\n```\n\n", strings.Join(x.lines, "\n"))
	case rule:
		b.WriteString("---\n\n")
	default:
		fmt.Fprintf(b, "%s\n\n", marks.Replace(x.text))
	}
}

func drawJira(b *bytes.Buffer, x block) {
	switch x.kind {
	case title:
		fmt.Fprintf(b, "h2. %s\n\n", jiraMarks.Replace(x.text))
	case head:
		fmt.Fprintf(b, "h3. %s\n\n", jiraMarks.Replace(x.text))
	case list:
		for _, l := range x.lines {
			fmt.Fprintf(b, "* %s\n", jiraMarks.Replace(l))
		}
		b.WriteByte('\n')
	case code:
		fmt.Fprintf(b, "{noformat}\n%s\n{noformat}\n\n", strings.Join(x.lines, "\n"))
	case rule:
		b.WriteString("----\n\n")
	default:
		fmt.Fprintf(b, "%s\n\n", jiraMarks.Replace(x.text))
	}
}

func drawHTML(b *bytes.Buffer, x block) {
	switch x.kind {
	case title:
		fmt.Fprintf(b, "<h1>%s</h1>\n", html.EscapeString(x.text))
	case head:
		fmt.Fprintf(b, "<h2>%s</h2>\n", html.EscapeString(x.text))
	case list:
		b.WriteString("<ul>\n")
		for _, l := range x.lines {
			fmt.Fprintf(b, "<li>%s</li>\n", html.EscapeString(l))
		}
		b.WriteString("</ul>\n")
	case code:
		fmt.Fprintf(b, "<pre>%s</pre>\n", html.EscapeString(strings.Join(x.lines, "\n")))
	case rule:
		b.WriteString("<hr>\n")
	default:
		fmt.Fprintf(b, "<p>%s</p>\n", html.EscapeString(x.text))
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
