package report

import (
	"strconv"

	"whyport/probe"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

func requirement(run *probe.Run, t *probe.TargetRun) Requirement {
	r := Requirement{Mode: mode(t.Target.Requirement.Mode), Met: requirementMet(run, t)}
	ok := usableCandidates(t)
	for _, g := range t.Target.Requirement.Groups {
		out := Group{Name: phrase.Clean(g.Name), Mode: mode(g.Mode), Ports: make([]string, 0, len(g.Members))}
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

// recommended is the first usable port in the order of preference, with its protocol. An optional one only helps (to find
// the others): it is never what an application is to be set to.
func recommended(t *probe.TargetRun) (port *uint16, protocol *string) {
	usable := usableCandidates(t)
	optional := make([]bool, len(t.Target.Candidates))
	for _, g := range t.Target.Requirement.Groups {
		for _, m := range g.Members {
			optional[m] = g.Mode == verdict.Optional
		}
	}
	for i, c := range t.Target.Candidates {
		if usable[i] && !optional[i] {
			return new(c.Port), new(string(c.Protocol))
		}
	}
	return nil, nil
}
