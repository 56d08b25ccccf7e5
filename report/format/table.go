package format

import (
	"whyport/probe"
	"whyport/report"
	"whyport/report/page"
)

func writeTable(w *Writer, run *probe.Run) error {
	return page.Table(w.Out, report.NewView(run, w.Names, w.Tool), w.Style)
}
