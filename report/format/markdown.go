package format

import (
	"whyport/probe"
	"whyport/report"
	"whyport/report/page"
)

func writeMarkdown(w *Writer, run *probe.Run) error {
	return page.Markdown(w.Out, report.NewView(run, w.Names, w.Tool))
}
