package usage

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/report"
	"whyport/report/format"
	"whyport/report/ticket"
	"whyport/services"
)

// ReportWriter is the writer that the flags ask for: of a report, or of the ticket that follows from it.
func ReportWriter(c *cli.Context, names *services.Registry) (*format.Writer, error) {
	if !c.Bool("ticket") {
		w, err := Writer(c, names)
		if err == nil {
			err = checkBundle(c, w.Format)
		}
		return w, err
	}
	form, err := TicketFormat(c)
	w := &format.Writer{Names: names, Tool: Version()}
	w.Format = format.Whole("ticket", func(w *format.Writer, run *probe.Run) error {
		return ticket.Write(w.Out, report.NewView(run, w.Names, w.Tool), form)
	})
	if err == nil {
		err = checkBundle(c, w.Format)
	}
	return w, err
}

// TicketFormat is the format of a ticket: --format's, else what the output file's ending promises, else text.
func TicketFormat(c *cli.Context) (string, error) {
	name := c.String("format")
	switch {
	case c.Bool("json"):
		return "", Exclusive("--ticket", "--json")
	case name == "table":
		return ticket.Formats()[0], nil
	case name != "":
		return name, Choice("--format", name, ticket.Formats()...)
	}
	switch strings.ToLower(filepath.Ext(c.String("output"))) {
	case ".md", ".markdown":
		name = "markdown"
	case ".html", ".htm":
		name = "html"
	case ".jira":
		name = "jira"
	}
	if !slices.Contains(ticket.Formats(), name) {
		name = ticket.Formats()[0]
	}
	return name, Choice("--color", c.String("color"), Values("color")...)
}
