package format

import (
	"io"

	"whyport/probe"
	"whyport/report"
	"whyport/report/page"
)

// ofView is a writer that needs no more of a run than its report has.
func ofView(write func(*Writer, *report.View) error) func(*Writer, *probe.Run) error {
	return func(w *Writer, run *probe.Run) error { return write(w, report.NewView(run, w.Names, w.Tool)) }
}

// onPage is a writer of a whole report for people.
func onPage(write func(io.Writer, *report.View, page.Style) error) func(*Writer, *probe.Run) error {
	return func(w *Writer, run *probe.Run) error {
		return write(w.Out, report.NewView(run, w.Names, w.Tool), w.Style)
	}
}
