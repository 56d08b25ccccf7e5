package format

import "whyport/probe"

// Whole is a format of its own, beside the table: what write makes of a run that is over.
func Whole(name string, write func(*Writer, *probe.Run) error) Format {
	return Format{Name: name, Screen: true, whole: write}
}

// Streams reports a format whose targets are given up while the run goes on.
func (f Format) Streams() bool { return f.stream != nil }
