package format

import (
	"io"
	"net/netip"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report"
	"whyport/report/phrase"
	"whyport/report/words"
)

// ndjson writes a line for each port as soon as it is known, then one for its target; Finish adds one for the run.
type ndjson struct {
	w     io.Writer
	plan  *probe.Plan
	names words.Names
	tally report.Tally
}

func newNDJSON(w *Writer, plan *probe.Plan) Stream {
	return &ndjson{w: w.Out, plan: plan, names: w.Names}
}

type portLine struct {
	Type   string   `json:"type"`
	Target lineHost `json:"target"`
	*report.Port
}

type lineHost struct {
	Index int    `json:"index"` // in the order of the command line
	Input string `json:"input"`
	Host  string `json:"host"`
}

type targetLine struct {
	Type  string `json:"type"`
	Index int    `json:"index"`
	*report.Target
	Ports *struct{} `json:"ports,omitempty"` // hides Target's: they had lines of their own
}

type runLine struct {
	Type string `json:"type"`
	*report.Document
	Targets *struct{} `json:"targets,omitempty"`
}

// Add writes one port.
func (n *ndjson) Add(r probe.Result) error {
	if r.Target < 0 || r.Target >= len(n.plan.Targets) {
		return nil
	}
	t := &probe.TargetRun{Target: n.plan.Targets[r.Target], Hosts: map[netip.Addr]*evidence.Host{r.Port.Addr: r.Host}}
	return n.line(&probe.Run{}, t, &r)
}

func (n *ndjson) line(run *probe.Run, t *probe.TargetRun, r *probe.Result) error {
	return n.write(portLine{
		Type:   "port",
		Target: lineHost{r.Target, phrase.Clean(t.Target.Input), phrase.Clean(t.Target.Host)},
		Port:   report.NewPort(run, t, r, n.names),
	})
}

// Done writes the ports of a target that share a verdict, which were not added one by one, then its summary.
func (n *ndjson) Done(run *probe.Run, target int) error {
	t := &run.Targets[target]
	for j := range t.Bulk {
		for _, p := range t.Bulk[j].Ports {
			r := t.Bulk[j].Result(t, target, p)
			if err := n.line(run, t, &r); err != nil {
				return err
			}
		}
	}
	n.tally.Add(run, t)
	return n.write(targetLine{Type: "target", Index: target, Target: report.NewTarget(run, t, n.names).Target})
}

// Finish writes the run's line.
func (n *ndjson) Finish(run *probe.Run, tool string) error {
	for i := range run.Targets {
		if !run.Targets[i].Released {
			if err := n.Done(run, i); err != nil {
				return err
			}
		}
	}
	return n.write(runLine{Type: "run", Document: report.Header(run, tool, n.ExitCode())})
}

// ExitCode is that of the targets so far.
func (n *ndjson) ExitCode() int { return n.tally.Code() }

func (n *ndjson) write(v any) error {
	line, err := encode(v, "", "")
	if err == nil {
		_, err = n.w.Write(line)
	}
	return err
}
