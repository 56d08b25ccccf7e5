package report

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// elsewhere compares the ports of a target that end in this network or at its provider with the same ports of the run's other
// targets: where those end at the same place, the port does not leave; where one is answered, it does.
func elsewhere(run *probe.Run, t *probe.TargetRun) (notes []Note) {
	if len(run.Targets) < 2 || t.Egress {
		return nil
	}
	found := map[outcomes][]uint16{}
	for i := range t.Results {
		r := &t.Results[i]
		if !endsEarly(r) {
			continue
		}
		var o outcomes
		for j := range run.Targets {
			if other := &run.Targets[j]; other != t {
				o.add(r, other)
			}
		}
		if !slices.Contains(found[o], r.Port.Port) {
			found[o] = append(found[o], r.Port.Port)
		}
	}
	for o, ports := range found {
		slices.Sort(ports)
		switch list := phrase.Ranges(ports); {
		case o.passes > 0:
			notes = append(notes, Note{Code: "only-this-server", Sentence: fmt.Sprintf("TCP %s gets through towards %s of this test, so it does leave this "+
				"network: the rule is about this server.", list, others(o.passes))})
		case o.same > 0:
			notes = append(notes, Note{Code: "not-only-this-server", Sentence: fmt.Sprintf("TCP %s ends at the same place towards %s of this test: it is not this "+
				"server alone, the port does not leave. whyport egress HOST -p %[1]s asks that alone.", list, others(o.same))})
		}
	}
	slices.SortFunc(notes, func(a, b Note) int { return strings.Compare(a.Sentence, b.Sentence) })
	return notes
}

func others(n int) string {
	if n == 1 {
		return "another target"
	}
	return fmt.Sprintf("%d other targets", n)
}

// outcomes are at how many other targets a port ends at the same place, and is answered.
type outcomes struct{ same, passes int }

// add counts what another target's same port says.
func (o *outcomes) add(r *probe.Result, other *probe.TargetRun) {
	same, passes := false, false
	for i := range other.Results {
		x := &other.Results[i]
		if x.Port.Port != r.Port.Port || x.Port.Protocol != r.Port.Protocol || x.Port.Addr == r.Port.Addr || x.Port.Addr.Is4() != r.Port.Addr.Is4() {
			continue
		}
		same = same || endsEarly(x) && samePlace(x.Verdict.Where, r.Verdict.Where)
		passes = passes || x.Verdict.State == verdict.Open || x.Verdict.State == verdict.Closed && x.Verdict.Where != nil &&
			x.Verdict.Where.Party == verdict.Server
	}
	if same {
		o.same++
	}
	if passes {
		o.passes++
	}
}

// endsEarly reports a port that something in this network or its provider's stops on its way out.
func endsEarly(r *probe.Result) bool {
	v := r.Verdict
	if r.Port.Protocol != evidence.TCP || v.Where == nil || v.Where.Hop == 0 || v.State != verdict.Filtered && v.State != verdict.Blocked {
		return false
	}
	return v.Where.Party == verdict.LocalNetwork || v.Where.Party == verdict.Provider
}

func samePlace(a, b *verdict.Where) bool { return a.Hop == b.Hop && a.Address == b.Address }
