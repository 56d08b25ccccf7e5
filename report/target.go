package report

import (
	"whyport/probe"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Above these numbers of ports with one explanation they share a line.
const (
	ManyUnusable = 25
	ManyUsable   = 100
)

// TargetView is a target with the entries of its ports.
type TargetView struct {
	*Target
	Entries []*Entry

	recommended *candidate // nil: none
}

// NewTarget is a target without its rows, and with the entries that people read.
func NewTarget(run *probe.Run, t *probe.TargetRun, names words.Names) *TargetView {
	out := &TargetView{Entries: entriesOf(run, t, names), Target: &Target{
		Input: phrase.Clean(t.Target.Input), Host: phrase.Clean(t.Target.Host),
		Application: text(t.Target.Application), Resolution: resolutionOf(&t.Resolution),
		From: outlets(run, t), AcceptsEveryPort: acceptsEveryPort(t),
		Notes: []Note{}, Ports: []Port{},
	}}
	out.Requirement = requirement(run, t)
	out.RecommendedPort, out.RecommendedProtocol = recommended(t)
	summarise(out, t)
	out.Notes = append(out.Notes, elsewhere(run, t)...)
	out.Notes = append(out.Notes, pingNotes(t)...)
	out.Notes, out.MTU = append(out.Notes, mtuNotes(t)...), mtuOf(t)
	return out
}

// entriesOf are a target's ports as people read them.
func entriesOf(run *probe.Run, t *probe.TargetRun, names words.Names) (out []*Entry) {
	paths := map[pathKey]*Path{} // many ports share one
	add := func(r probe.Result) *Entry {
		e := entryOf(words.New(run, t, &r, names), paths)
		out = append(out, e)
		return e
	}
	for i := range t.Results {
		add(t.Results[i])
	}
	for i := range t.Bulk {
		b := &t.Bulk[i]
		if len(b.Ports) <= ManyUnusable || b.Verdict.Usable {
			for _, one := range b.Ports {
				add(b.Result(t, 0, one))
			}
			continue
		}
		e := add(b.Result(t, 0, b.Ports[0]))
		e.Numbers = numbersOf(t, b).Numbers
	}
	if len(out) == 0 {
		for _, r := range notTested(t) {
			add(r)
		}
	}
	return out
}

// acceptsEveryPort is nil where no improbable port was tried.
func acceptsEveryPort(t *probe.TargetRun) *bool {
	for _, h := range t.Hosts {
		if h != nil && len(h.Controls) > 0 {
			return new(t.AcceptsEveryPort())
		}
	}
	return nil
}
