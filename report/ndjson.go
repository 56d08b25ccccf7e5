package report

import (
	"io"

	"whyport/probe"
)

// NDJSON writes a line for each port as soon as it is known; Finish adds one for each target and one
// for the run. It is for one goroutine at a time, as probe.Run calls its emit.
type NDJSON struct {
	w     io.Writer
	run   *probe.Run
	names Names
}

// NewNDJSON begins a stream of lines about a plan.
func NewNDJSON(w io.Writer, plan *probe.Plan, names Names) *NDJSON {
	run := &probe.Run{Targets: make([]probe.TargetRun, len(plan.Targets))}
	for i, t := range plan.Targets {
		run.Targets[i].Target = t
	}
	return &NDJSON{w: w, run: run, names: names}
}

type portLine struct {
	Type   string   `json:"type"`
	Target lineHost `json:"target"`
	Port
}

type lineHost struct {
	Index int    `json:"index"` // in the order of the command line
	Input string `json:"input"`
	Host  string `json:"host"`
}

type targetLine struct {
	Type  string `json:"type"`
	Index int    `json:"index"`
	Target
	Ports *struct{} `json:"ports,omitempty"` // hides Target's: they had lines of their own
}

type runLine struct {
	Type string `json:"type"`
	Document
	Targets *struct{} `json:"targets,omitempty"`
}

// Add writes one port.
func (n *NDJSON) Add(r probe.Result) error {
	if r.Target < 0 || r.Target >= len(n.run.Targets) {
		return nil
	}
	t := &n.run.Targets[r.Target]
	return writeJSON(n.w, portLine{
		Type:   "port",
		Target: lineHost{r.Target, clean(t.Target.Input), clean(t.Target.Host)},
		Port:   buildPort(n.run, t, &r, n.names, map[pathKey]*Path{}),
	}, "")
}

// Finish writes the ports of large runs that share a verdict, which were not added one by one, then the summaries.
func (n *NDJSON) Finish(run *probe.Run, tool string) error {
	for i := range run.Targets {
		t := &run.Targets[i]
		for j := range t.Bulk {
			for _, p := range t.Bulk[j].Ports {
				if err := n.Add(t.Bulk[j].Result(t, i, p)); err != nil {
					return err
				}
			}
		}
	}
	return n.finish(Brief(run, n.names, tool))
}

func (n *NDJSON) finish(d *Document) error {
	for i := range d.Targets {
		if err := writeJSON(n.w, targetLine{Type: "target", Index: i, Target: d.Targets[i]}, ""); err != nil {
			return err
		}
	}
	return writeJSON(n.w, runLine{Type: "run", Document: *d}, "")
}
