package format

import (
	"encoding/json"
	"io"
	"net/netip"
	"slices"

	"whyport/report"
	"whyport/report/page"
	"whyport/report/phrase"
)

// Saved is a report that was kept, with all that its file had.
type Saved interface {
	JSON() ([]byte, error)
	Lines() ([]json.RawMessage, error)
}

// savedWriters write a report that was kept, by format.
func savedWriters() map[string]func(*Writer, *report.Document, Saved) error {
	return map[string]func(*Writer, *report.Document, Saved) error{
		"table":    onView(page.Table),
		Text:       onView(page.Text),
		"markdown": onView(page.Markdown),
		"jira":     onView(page.Jira),
		"html":     onView(page.HTML),
		JSON:       savedJSON,
		"ndjson":   savedLines,
		"csv":      savedCSV,

		"junit": savedView(writeJUnit), "nmap-xml": savedView(writeNmap), "prometheus": savedView(writePrometheus),
		"nagios": savedView(writeNagios),
	}
}

// Shown are the formats in which a report that was kept can be shown, in the order of the table.
func Shown() []string {
	can := savedWriters()
	return slices.DeleteFunc(Names(), func(name string) bool { return can[name] == nil })
}

// Show writes a report that was kept; its format is one of Shown.
func (w *Writer) Show(doc *report.Document, saved Saved) error {
	return savedWriters()[w.Format.Name](w, doc, saved)
}

func savedView(write func(*Writer, *report.View) error) func(*Writer, *report.Document, Saved) error {
	return func(w *Writer, doc *report.Document, _ Saved) error { return write(w, report.ViewOf(doc)) }
}

func onView(write func(io.Writer, *report.View, page.Style) error) func(*Writer, *report.Document, Saved) error {
	return func(w *Writer, doc *report.Document, _ Saved) error { return write(w.Out, report.ViewOf(doc), w.Style) }
}

func savedJSON(w *Writer, _ *report.Document, saved Saved) error {
	data, err := saved.JSON()
	if err == nil {
		data, err = encode(json.RawMessage(data), "", indent)
	}
	if err == nil {
		_, err = w.Out.Write(data)
	}
	return err
}

func savedLines(w *Writer, _ *report.Document, saved Saved) error {
	lines, err := saved.Lines()
	for _, line := range lines {
		var data []byte
		if err == nil {
			data, err = encode(line, "", "")
		}
		if err == nil {
			_, err = w.Out.Write(data)
		}
	}
	return err
}

func savedCSV(w *Writer, doc *report.Document, _ Saved) error {
	c := newCSV(w, nil).(*rows)
	for i := range doc.Targets {
		t := &doc.Targets[i]
		for j := range t.Ports {
			row := append(csvRow(phrase.Clean(t.Input), &t.Ports[j]), doc.Started, doc.Tool.Version, report.Value(doc.Source.Hostname))
			row = append(append(row, savedWay(t, &t.Ports[j])...), report.Value(t.Resolution.Server))
			for k := range row {
				row[k] = harmless(row[k])
			}
			if err := c.out.Write(row); err != nil {
				return err
			}
		}
	}
	c.out.Flush()
	return c.out.Error()
}

// savedWay is wayOut of a report that was kept.
func savedWay(t *report.Target, p *report.Port) []string {
	source, err := netip.ParseAddrPort(report.Value(p.Source))
	for _, o := range t.From {
		if err == nil && o.Address == source.Addr().String() {
			return []string{*p.Source, report.Value(o.Interface), report.Value(o.Gateway)}
		}
	}
	return []string{report.Value(p.Source), "", ""}
}
