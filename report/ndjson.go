package report

import (
	"io"
	"net/netip"

	"whyport/probe"
	"whyport/probe/evidence"
)

// Stream writes a report while the run goes on, for runs whose targets are given up once they are done
// (probe.Hooks). It is for one goroutine at a time, as probe.Execute calls its functions.
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

// NDJSON writes a line for each port as soon as it is known, then one for its target; Finish adds one for the run.
type NDJSON struct {
	w     io.Writer
	plan  *probe.Plan
	names Names
	tally tally
}

// NewNDJSON begins a stream of lines about a plan.
func NewNDJSON(w io.Writer, plan *probe.Plan, names Names) *NDJSON {
	return &NDJSON{w: w, plan: plan, names: names}
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
	if r.Target < 0 || r.Target >= len(n.plan.Targets) {
		return nil
	}
	t := &probe.TargetRun{Target: n.plan.Targets[r.Target], Hosts: map[netip.Addr]*evidence.Host{r.Port.Addr: r.Host}}
	return n.line(&probe.Run{}, t, &r)
}

func (n *NDJSON) line(run *probe.Run, t *probe.TargetRun, r *probe.Result) error {
	return writeJSON(n.w, portLine{
		Type:   "port",
		Target: lineHost{r.Target, clean(t.Target.Input), clean(t.Target.Host)},
		Port:   buildPort(run, t, r, n.names, map[pathKey]*Path{}),
	}, "")
}

// Done writes the ports of a target that share a verdict, which were not added one by one, then its summary.
func (n *NDJSON) Done(run *probe.Run, target int) error {
	t := &run.Targets[target]
	for j := range t.Bulk {
		for _, p := range t.Bulk[j].Ports {
			r := t.Bulk[j].Result(t, target, p)
			if err := n.line(run, t, &r); err != nil {
				return err
			}
		}
	}
	n.tally.add(run, t)
	return writeJSON(n.w, targetLine{Type: "target", Index: target, Target: buildTarget(run, t, n.names, true)}, "")
}

// Finish writes the run's line.
func (n *NDJSON) Finish(run *probe.Run, tool string) error {
	for i := range run.Targets {
		if !run.Targets[i].Released {
			if err := n.Done(run, i); err != nil {
				return err
			}
		}
	}
	return writeJSON(n.w, runLine{Type: "run", Document: *header(run, tool, n.ExitCode())}, "")
}

// ExitCode is that of the targets so far.
func (n *NDJSON) ExitCode() int { return n.tally.code() }
