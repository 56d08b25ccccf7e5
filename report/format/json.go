package format

import (
	"bufio"
	"time"

	"whyport/probe"
	"whyport/report"
)

// writeJSON writes the report as one indented object. The ports are written one by one, so that a large run needs no
// more memory than a small one.
func writeJSON(w *Writer, run *probe.Run) error {
	out := bufio.NewWriter(w.Out)
	l := lister{out: out}
	l.open(struct {
		*report.Document
		Targets *struct{} `json:"targets,omitempty"`
	}{Document: report.Header(run, w.Tool, report.ExitCode(run))}, "targets")
	var line []byte
	for i := range run.Targets {
		t := &run.Targets[i]
		target, rows := report.NewTarget(run, t, w.Names).Target, report.NewRows(run, t, w.Names)
		target.Shared = rows.Shared
		l.open(struct {
			*report.Target
			Ports *struct{} `json:"ports,omitempty"`
		}{Target: target}, "ports")
		for p, row := range rows.All() {
			if row != nil {
				line = append(appendRow(append(line[:0], '{'), row), '}')
				l.text(line)
			} else {
				l.item(p)
			}
		}
		l.end()
	}
	l.end()
	out.WriteByte('\n')
	if l.err != nil {
		return l.err
	}
	return out.Flush()
}

func failedJSON(w *Writer, p report.Problem) error {
	text, err := encode(report.Failed(&probe.Run{Started: time.Now()}, w.Names, w.Tool, p), "", indent)
	if err == nil {
		_, err = w.Out.Write(text)
	}
	return err
}
