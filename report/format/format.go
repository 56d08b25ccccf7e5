// Package format writes a report in the format that somebody asked for, by its name.
package format

import (
	"io"
	"path/filepath"
	"strings"
	"time"

	"whyport/probe"
	"whyport/report"
)

// The formats.
const (
	Table    = "table"
	JSON     = "json"
	NDJSON   = "ndjson"
	Markdown = "markdown"
	CSV      = "csv"
)

// Names of the formats, the default first.
func Names() []string { return []string{Table, JSON, NDJSON, Markdown, CSV} }

// OfFile is the format that a file's name promises; Table where it promises none.
func OfFile(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return JSON
	case ".ndjson", ".jsonl":
		return NDJSON
	case ".md", ".markdown":
		return Markdown
	case ".csv":
		return CSV
	}
	return Table
}

// Writer writes one run.
type Writer struct {
	Format string // one of Names
	Out    io.Writer
	Names  report.Names
	Style  report.Style
	Tool   string // the program's version

	stream report.Stream // nil for formats that need the whole run
}

// Begin must come before Add. In formats that can, a large run's targets are written as they are done, and given up: by
// the function that it returns, for probe.Hooks; failed is called with the error if that fails. nil: the format needs the
// whole run.
func (w *Writer) Begin(plan *probe.Plan, failed func(error)) func(*probe.Run, int) {
	switch w.Format {
	case NDJSON:
		w.stream = report.NewNDJSON(w.Out, plan, w.Names)
	case CSV:
		w.stream = report.NewCSV(w.Out, w.Names)
	default:
		return nil
	}
	return func(run *probe.Run, target int) {
		if err := w.stream.Done(run, target); err != nil {
			failed(err)
		}
	}
}

// Add writes a port as soon as it is known, in the formats that can. It is not for several goroutines.
func (w *Writer) Add(r probe.Result) error {
	if w.stream == nil {
		return nil
	}
	return w.stream.Add(r)
}

// Failed writes what is left to say of a run that could not begin: scripts get their object, too. Others are
// told by the caller.
func (w *Writer) Failed(problem, next string) error {
	if w.Format != JSON {
		return nil
	}
	return report.JSON(w.Out, report.Failed(&probe.Run{Started: time.Now()}, w.Names, w.Tool, report.Problem{Code: "not-started", Message: problem, NextStep: next}))
}

// Finish writes the whole report, or what is left of it.
func (w *Writer) Finish(run *probe.Run) error {
	if w.stream != nil {
		return w.stream.Finish(run, w.Tool)
	}
	doc := report.Brief(run, w.Names, w.Tool)
	switch w.Format {
	case JSON:
		return report.JSON(w.Out, doc)
	case Markdown:
		return report.Markdown(w.Out, doc)
	}
	return report.Table(w.Out, doc, w.Style)
}

// Rescue says the verdicts in few words where the report could not be written.
func (w *Writer) Rescue(out io.Writer, run *probe.Run) error {
	return report.Table(out, report.Brief(run, w.Names, w.Tool), report.Style{Quiet: true})
}

// ExitCode is the run's, after Finish.
func (w *Writer) ExitCode(run *probe.Run) int {
	if w.stream != nil {
		return w.stream.ExitCode()
	}
	return report.ExitCode(run)
}
