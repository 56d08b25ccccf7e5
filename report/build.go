package report

import (
	"whyport/probe"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Build makes the whole report of a run, with a row for each port. Tool is the program's version.
func Build(run *probe.Run, names words.Names, tool string) *Document {
	d := Header(run, tool, ExitCode(run))
	for i := range run.Targets {
		t := *NewTarget(run, &run.Targets[i], names).Target
		for p := range Ports(run, &run.Targets[i], names) {
			t.Ports = append(t.Ports, *p)
		}
		d.Targets = append(d.Targets, t)
	}
	return d
}

// Failed is the report of a run that could not begin or whose result could not be kept.
func Failed(run *probe.Run, names words.Names, tool string, p Problem) *Document {
	if run == nil {
		run = &probe.Run{}
	}
	d := Build(run, names, tool)
	d.Error = &Problem{Code: p.Code, Message: phrase.Clean(p.Message), NextStep: phrase.Clean(p.NextStep)}
	return d
}

// View is a report as people read it: many ports that share a verdict share an entry.
type View struct {
	*Document
	Targets []*TargetView
}

// NewView makes the report of a run for people. Tool is the program's version.
func NewView(run *probe.Run, names words.Names, tool string) *View {
	v := &View{Document: Header(run, tool, ExitCode(run))}
	for i := range run.Targets {
		v.Targets = append(v.Targets, NewTarget(run, &run.Targets[i], names))
	}
	return v
}
