// Package format writes a report in the format that somebody asked for, by its name. A format is a file with its writer
// and a row in the table here; the flags, their help and their completion read the table.
package format

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"whyport/probe"
	"whyport/report"
	"whyport/report/page"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Format is a row of the table: one of Whole and stream writes it.
type Format struct {
	Name    string
	Endings []string // of files' names that promise it
	Screen  bool     // for people who watch
	Live    bool     // ports are written as soon as they are known
	// whole writes the report of a run that is over.
	whole func(w *Writer, run *probe.Run) error
	// stream writes while the run goes on.
	stream func(w *Writer, plan *probe.Plan) Stream
	// failed tells scripts of a run that could not begin; nil: people are told by the caller.
	failed func(w *Writer, p report.Problem) error
	// exit is the exit code where it is not the program's own; nil: it is.
	exit func(w *Writer, run *probe.Run, code int) int
}

// Formats is the table, the default first.
func Formats() []Format {
	return []Format{
		{Name: "table", Endings: []string{".txt", ".log"}, Screen: true, whole: onPage(page.Table)},
		{Name: Text, Screen: true, whole: onPage(page.Text)},
		{Name: JSON, Endings: []string{".json"}, whole: writeJSON, failed: failedJSON},
		{Name: "ndjson", Endings: []string{".ndjson", ".jsonl"}, Live: true, stream: newNDJSON},
		{Name: "csv", Endings: []string{".csv"}, stream: newCSV},
		{Name: "markdown", Endings: []string{".md", ".markdown"}, whole: onPage(page.Markdown)},
		{Name: "jira", Endings: []string{".jira"}, whole: onPage(page.Jira)},
		{Name: "html", Endings: []string{".html", ".htm"}, whole: onPage(page.HTML)},
		{Name: "junit", Endings: []string{".junit"}, whole: ofView(writeJUnit)},
		{Name: "nmap-xml", Endings: []string{".xml"}, whole: ofView(writeNmap)},
		{Name: "prometheus", Endings: []string{".prom"}, whole: ofView(writePrometheus)},
		{Name: "nagios", whole: ofView(writeNagios), exit: nagiosExit},
	}
}

// Text is the format for those who listen to the screen.
const Text = "text"

// JSON is the name that a flag of its own stands for.
const JSON = "json"

// Names of the formats, the default first.
func Names() (names []string) {
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// Find is the format of a name; the default for one that is none.
func Find(name string) Format {
	all := Formats()
	if i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name }); i >= 0 {
		return all[i]
	}
	return all[0]
}

// OfFile is the name of the format that a file's name promises: the default's where it has no ending; false where nobody
// knows the ending.
func OfFile(name string) (string, bool) {
	all := Formats()
	ending := strings.ToLower(filepath.Ext(filepath.Base(name)))
	if ending == "" || ending == "." {
		return all[0].Name, true
	}
	if i := slices.IndexFunc(all, func(f Format) bool { return slices.Contains(f.Endings, ending) }); i >= 0 {
		return all[i].Name, true
	}
	return "", false
}

// Endings are all that promise a format.
func Endings() (all []string) {
	for _, f := range Formats() {
		all = append(all, f.Endings...)
	}
	return all
}

// Stream writes a report while the run goes on, for runs whose targets are given up once they are
// complete. It is for one goroutine at a time, as probe.Execute calls its functions.
type Stream interface {
	// Add takes a port as soon as it is known.
	Add(probe.Result) error
	// Done takes a target that is complete.
	Done(run *probe.Run, target int) error
	// Finish ends the report, with the targets that were not given up before.
	Finish(run *probe.Run, tool string) error
	// ExitCode is the run's, after Finish.
	ExitCode() int
}

// Writer writes one run.
type Writer struct {
	Format Format
	Out    io.Writer
	Names  words.Names
	Style  page.Style
	Tool   string // the program's version
	BOM    bool   // CSV begins with a byte order mark

	// Answer is the report in one line, after Finish; only where Answers asks for it.
	Answers bool
	Answer  string

	stream Stream // nil for formats that need the whole run
	tally  report.Tally
}

// count takes a target for the answer.
func (w *Writer) count(run *probe.Run, t *probe.TargetRun) {
	if !w.Answers {
		return
	}
	w.tally.Add(run, t)
	if w.Answer = w.tally.Sentence(); len(run.Targets) == 1 {
		w.Answer = phrase.Short(t.Target.Input, 60) + ": " + report.NewTarget(run, t, w.Names).Summary
	}
}

// Begin must come before Add. In formats that can, a large run's targets are written as they are done, and given up: by
// the function that it returns; failed is called with the error if that fails. nil: the format needs the whole run.
func (w *Writer) Begin(plan *probe.Plan, failed func(error)) func(*probe.Run, int) {
	if w.Format.stream == nil {
		return nil
	}
	w.stream = w.Format.stream(w, plan)
	return func(run *probe.Run, target int) {
		w.count(run, &run.Targets[target])
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
	if w.Format.failed == nil {
		return nil
	}
	return w.Format.failed(w, report.Problem{Code: "not-started", Message: problem, NextStep: next})
}

// Finish writes the whole report, or what is left of it.
func (w *Writer) Finish(run *probe.Run) error {
	for i := range run.Targets {
		if !run.Targets[i].Released {
			w.count(run, &run.Targets[i])
		}
	}
	if w.stream != nil {
		return w.stream.Finish(run, w.Tool)
	}
	return w.Format.whole(w, run)
}

// Rescue says the verdicts in few words where the report could not be written.
func (w *Writer) Rescue(out io.Writer, run *probe.Run) error {
	return page.Table(out, report.NewView(run, w.Names, w.Tool), page.Style{Quiet: true})
}

// ExitCode is the run's, after Finish.
func (w *Writer) ExitCode(run *probe.Run) int {
	if w.stream != nil {
		return w.stream.ExitCode()
	}
	code := report.ExitCode(run)
	if w.Format.exit != nil {
		return w.Format.exit(w, run, code)
	}
	return code
}
