package format

import (
	"bufio"
	"cmp"
	"net/netip"
	"strconv"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report"
	"whyport/report/phrase"
	"whyport/report/words"
)

// ndjson writes a line for each port as soon as it is known, then one for its target; Finish adds one for the run.
type ndjson struct {
	out   *bufio.Writer
	plan  *probe.Plan
	names words.Names
	tally report.Tally
	row   []byte
}

func newNDJSON(w *Writer, plan *probe.Plan) Stream {
	return &ndjson{out: bufio.NewWriter(w.Out), plan: plan, names: w.Names}
}

type portLine struct {
	Type   string   `json:"type"`
	Target lineHost `json:"target"`
	*report.Port
}

type sharedLine struct {
	Type   string   `json:"type"`
	Target lineHost `json:"target"`
	*report.Shared
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
	return cmp.Or(n.line(&probe.Run{}, t, &r), n.out.Flush())
}

func (n *ndjson) line(run *probe.Run, t *probe.TargetRun, r *probe.Result) error {
	return n.write(portLine{
		Type:   "port",
		Target: hostOf(r.Target, &t.Target),
		Port:   report.NewPort(run, t, r, n.names),
	})
}

// Done writes the ports of a target that share a verdict, which were not added one by one, with what they share before
// them, then its summary.
func (n *ndjson) Done(run *probe.Run, target int) error {
	t := &run.Targets[target]
	rows := report.NewRows(run, t, n.names)
	for _, s := range rows.Shared {
		if err := n.write(sharedLine{"shared", hostOf(target, &t.Target), s}); err != nil {
			return err
		}
	}
	for j := range t.Bulk {
		for _, p := range t.Bulk[j].Ports {
			if err := n.bulkPort(run, rows, target, j, p); err != nil {
				return err
			}
		}
	}
	n.tally.Add(run, t)
	err := n.write(targetLine{Type: "target", Index: target, Target: report.NewTarget(run, t, n.names).Target})
	return cmp.Or(err, n.out.Flush())
}

func (n *ndjson) bulkPort(run *probe.Run, rows *report.Rows, target, bulk int, p probe.BulkPort) error {
	if row := rows.OfBulk(bulk, p); row != nil {
		// Input and host of the target stand in the line of what is shared.
		n.row = strconv.AppendInt(append(n.row[:0], `{"type":"port","target":{"index":`...), int64(target), 10)
		n.row = append(appendRow(append(n.row, "},"...), row), "}\n"...)
		_, err := n.out.Write(n.row)
		return err
	}
	t := &run.Targets[target]
	r := t.Bulk[bulk].Result(t, target, p)
	return n.line(run, t, &r)
}

func hostOf(index int, t *probe.Target) lineHost {
	return lineHost{index, phrase.Clean(t.Input), phrase.Clean(t.Host)}
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
	err := n.write(runLine{Type: "run", Document: report.Header(run, tool, n.ExitCode())})
	return cmp.Or(err, n.out.Flush())
}

// ExitCode is that of the targets so far.
func (n *ndjson) ExitCode() int { return n.tally.Code() }

func (n *ndjson) write(v any) error {
	line, err := encode(v, "", "")
	if err == nil {
		_, err = n.out.Write(line)
	}
	return err
}
