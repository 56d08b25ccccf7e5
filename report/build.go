package report

import (
	"iter"
	"net/netip"
	"runtime"
	"slices"
	"strconv"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/services"
)

// Names answers what usually runs on a port; *services.Registry does.
type Names interface {
	Lookup(port uint16, protocol string) services.Service
}

// Build makes the whole report of a run. Tool is the program's version.
func Build(run *probe.Run, names Names, tool string) *Document { return build(run, names, tool, false) }

// Brief is Build without a row for each port of a large run: in its Ports many that share a verdict share an entry,
// which is what people read; JSON and CSV make the rows one by one as they write.
func Brief(run *probe.Run, names Names, tool string) *Document { return build(run, names, tool, true) }

func build(run *probe.Run, names Names, tool string, brief bool) *Document {
	d := header(run, tool, ExitCode(run))
	for i := range run.Targets {
		d.Targets = append(d.Targets, buildTarget(run, &run.Targets[i], names, brief))
	}
	return d
}

// Failed is the report of a run that could not begin or whose result could not be kept.
func Failed(run *probe.Run, names Names, tool string, p Problem) *Document {
	if run == nil {
		run = &probe.Run{}
	}
	d := Build(run, names, tool)
	d.Error = &Problem{Code: p.Code, Message: clean(p.Message), NextStep: clean(p.NextStep)}
	return d
}

func header(run *probe.Run, tool string, code int) *Document {
	d := &Document{
		SchemaVersion: SchemaVersion, Tool: Tool{Name: "whyport", Version: clean(tool)},
		Started: timestamp(run.Started), Duration: toMillis(run.Elapsed), Interrupted: run.Interrupted,
		Source:      Source{Hostname: text(run.Hostname), OS: runtime.GOOS, Addresses: addresses(run.Addresses)},
		Requirement: Requirement{Mode: mode(run.Requirement)},
		Targets:     []Target{},
	}
	switch code {
	case ExitMet:
		d.Requirement.Met = new(true)
	case ExitNotMet:
		d.Requirement.Met = new(false)
	}
	return d
}

func addresses(in []netip.Addr) []string {
	out := []string{}
	for _, a := range in {
		out = append(out, clean(a.String()))
	}
	return out
}

// mode is never empty: the zero value means any.
func mode(m verdict.Mode) string {
	if m == "" {
		return string(verdict.Any)
	}
	return string(m)
}

func buildTarget(run *probe.Run, t *probe.TargetRun, names Names, brief bool) Target {
	out := Target{
		Input: clean(t.Target.Input), Host: clean(t.Target.Host),
		Resolution: Resolution{
			Addresses: addresses(t.Resolution.Addresses), Reason: resolutionReason(&t.Resolution),
			Duration: millis(t.Resolution.Elapsed), Server: text(t.Resolution.Server),
		},
		AcceptsEveryPort: acceptsEveryPort(t),
		Notes:            []Note{},
	}
	out.Ports = buildPorts(run, t, names, brief)
	if brief && len(t.Bulk) > 0 {
		out.each = eachPort(run, t, names)
	}
	out.Requirement = requirement(run, t)
	out.RecommendedPort = recommended(t)
	summarise(&out, t)
	return out
}

func buildPorts(run *probe.Run, t *probe.TargetRun, names Names, brief bool) []Port {
	paths := map[pathKey]*Path{} // many ports share one
	if brief {
		out := []Port{}
		for i := range t.Results {
			out = append(out, buildPort(run, t, &t.Results[i], names, paths))
		}
		for i := range t.Bulk {
			out = append(out, bulkPorts(run, t, &t.Bulk[i], names, paths)...)
		}
		if len(out) > 0 {
			return out
		}
	}
	out := make([]Port, 0, t.Count())
	for r := range results(t) {
		out = append(out, buildPort(run, t, &r, names, paths))
	}
	return out
}

func eachPort(run *probe.Run, t *probe.TargetRun, names Names) iter.Seq[*Port] {
	return func(yield func(*Port) bool) {
		paths := map[pathKey]*Path{}
		for r := range results(t) {
			p := buildPort(run, t, &r, names, paths)
			if !yield(&p) {
				return
			}
		}
	}
}

// bulkPorts are an entry for all of a bulk, or one each where they are few.
func bulkPorts(run *probe.Run, t *probe.TargetRun, b *probe.Bulk, names Names, paths map[pathKey]*Path) (out []Port) {
	if len(b.Ports) == 0 {
		return nil
	}
	if len(b.Ports) > manyUnusable && !b.Verdict.Usable {
		r := b.Result(t, 0, b.Ports[0])
		p := buildPort(run, t, &r, names, paths)
		p.numbers = make([]uint16, 0, len(b.Ports))
		for _, one := range b.Ports {
			p.numbers = append(p.numbers, t.Target.Candidates[one.Candidate].Port)
		}
		return []Port{p}
	}
	for _, one := range b.Ports {
		r := b.Result(t, 0, one)
		out = append(out, buildPort(run, t, &r, names, paths))
	}
	return out
}

// results are all of a target's, or those that notTested makes.
func results(t *probe.TargetRun) iter.Seq[probe.Result] {
	if t.Count() == 0 {
		return slices.Values(notTested(t))
	}
	return t.All()
}

// notTested makes the ports of a target for which the engine brought nothing, so that each is accounted for.
func notTested(t *probe.TargetRun) (out []probe.Result) {
	for i, c := range t.Target.Candidates {
		v := verdict.Verdict{State: verdict.Unknown, Reason: verdict.NotTested}
		if r := resolutionReason(&t.Resolution); r != nil {
			v.Reason = verdict.Reason(*r)
		}
		out = append(out, probe.Result{Candidate: i, Verdict: v, Port: evidence.Port{Port: c.Port, Protocol: c.Protocol}})
	}
	return out
}

// resolutionReason is the reason code of a failed look-up; nil where there was no problem.
func resolutionReason(r *evidence.Resolution) *string {
	if !verdict.NothingToTest(r) {
		return nil
	}
	return new(string(verdict.Unresolved(r).Reason))
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

func requirement(run *probe.Run, t *probe.TargetRun) Requirement {
	r := Requirement{Mode: mode(t.Target.Requirement.Mode), Met: requirementMet(run, t)}
	ok := usableCandidates(t)
	for _, g := range t.Target.Requirement.Groups {
		out := Group{Name: clean(g.Name), Mode: mode(g.Mode), Ports: make([]string, 0, len(g.Members))}
		usable := 0
		for _, m := range g.Members {
			c := t.Target.Candidates[m]
			out.Ports = append(out.Ports, strconv.Itoa(int(c.Port))+"/"+string(c.Protocol))
			if ok[m] {
				usable++
			}
		}
		if r.Met != nil || usable > 0 {
			out.Met = new(usable > 0 && (g.Mode != verdict.All || usable == len(g.Members)))
		}
		r.Groups = append(r.Groups, out)
	}
	return r
}

// usableCandidates are those that are usable on at least one address.
func usableCandidates(t *probe.TargetRun) map[int]bool {
	usable := map[int]bool{}
	for i := range t.Results {
		if t.Results[i].Verdict.Usable {
			usable[t.Results[i].Candidate] = true
		}
	}
	for i := range t.Bulk {
		for _, p := range t.Bulk[i].Ports {
			if t.Bulk[i].Verdict.Usable {
				usable[int(p.Candidate)] = true
			}
		}
	}
	return usable
}

// recommended is the first usable port in the order of preference; ports that decide come before optional ones.
func recommended(t *probe.TargetRun) *uint16 {
	usable := usableCandidates(t)
	optional := make([]bool, len(t.Target.Candidates))
	for _, g := range t.Target.Requirement.Groups {
		for _, m := range g.Members {
			optional[m] = g.Mode == verdict.Optional
		}
	}
	for _, wantOptional := range []bool{false, true} {
		for i, c := range t.Target.Candidates {
			if usable[i] && optional[i] == wantOptional {
				return new(c.Port)
			}
		}
	}
	return nil
}
