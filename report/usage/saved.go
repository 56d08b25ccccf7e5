package usage

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/report"
	"whyport/report/compare"
	"whyport/report/format"
	"whyport/report/saved"
	"whyport/report/ticket"
	"whyport/services"
)

// Shown are the reports that are to be shown, with their writer.
func Shown(c *cli.Context, names *services.Registry, stdin io.Reader) (*format.Writer, []*saved.Report, error) {
	w, err := ReportWriter(c, names)
	if err != nil {
		return nil, nil, err
	}
	if !c.Bool("ticket") && !slices.Contains(format.Shown(), w.Format.Name) {
		return nil, nil, New("type --format "+OneOf(format.Shown()), "a saved report can't be shown as %s", w.Format.Name)
	}
	found, err := openAll(c.Args().Slice(), stdin, 1, "type a file: whyport show report.json")
	if err == nil {
		found, err = redacted(c, found)
	}
	if err == nil && len(found) > 1 && !w.Format.Screen {
		err = New("show them one by one", "several reports don't make one of the format %s", w.Format.Name)
	}
	return w, found, err
}

// Show writes a saved report, or the ticket that follows from it.
func Show(c *cli.Context, w *format.Writer, r *saved.Report) error {
	if !c.Bool("ticket") {
		return w.Show(r.Document, r)
	}
	form, err := TicketFormat(c)
	if err != nil {
		return err
	}
	return ticket.Write(w.Out, report.ViewOf(r.Document), form)
}

// Compared is the comparison of the reports that are named, with the format that it is asked for in.
func Compared(c *cli.Context, stdin io.Reader) (*compare.Comparison, string, error) {
	form, err := ComparisonFormat(c)
	if err != nil {
		return nil, "", err
	}
	found, err := openAll(c.Args().Slice(), stdin, 2, "type at least two files: whyport compare before.json after.json")
	if err == nil {
		found, err = redacted(c, found)
	}
	if err != nil {
		return nil, "", err
	}
	var names []string
	var docs []*report.Document
	for _, r := range found {
		names, docs = append(names, r.Name), append(docs, r.Document)
	}
	return compare.Of(names, docs), form, nil
}

// ComparisonFormat is the format that a comparison is asked for in.
func ComparisonFormat(c *cli.Context) (string, error) {
	form := c.String("format")
	if form != "" {
		if err := Choice("--format", form, compare.Formats()...); err != nil {
			return "", err
		}
	}
	switch {
	case c.Bool("json") && form != "" && form != format.JSON:
		return "", Exclusive("--json", "--format "+form)
	case c.Bool("json"):
		form = format.JSON
	case form == "":
		form = ofFile(c.String("output"))
	}
	return form, nil
}

// ofFile is the format of a comparison that a file's ending promises, the default's where it promises none.
func ofFile(name string) string {
	for _, f := range compare.Formats() {
		if slices.Contains(format.Find(f).Endings, ending(name)) {
			return f
		}
	}
	return compare.Formats()[0]
}

func openAll(files []string, stdin io.Reader, least int, instead string) (found []*saved.Report, err error) {
	if len(files) < least {
		return nil, New(instead, "too few files are named")
	}
	for _, name := range files {
		r, err := saved.Open(name, stdin)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

func ending(name string) string { return strings.ToLower(filepath.Ext(name)) }
