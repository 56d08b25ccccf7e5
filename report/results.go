package report

import (
	"iter"
	"slices"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/words"
)

// Ports are all of a target, made as they are asked for.
func Ports(run *probe.Run, t *probe.TargetRun, names words.Names) iter.Seq[*Port] {
	return func(yield func(*Port) bool) {
		paths := map[pathKey]*Path{}
		for r := range results(t) {
			if !yield(portOf(words.New(run, t, &r, names), paths)) {
				return
			}
		}
	}
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
		v := verdict.Unresolved(t.ResolutionOf(c))
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
