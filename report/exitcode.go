package report

import (
	"fmt"

	"whyport/probe"
	"whyport/probe/verdict"
)

// Exit codes; 2, a usage error, is the caller's: nothing was sent then.
const (
	ExitMet       = 0
	ExitNotMet    = 1
	ExitUsage     = 2
	ExitNotTested = 3
)

// ExitCode of a run: 0 where every target's requirement is met, 1 where one was tested and is not
// met, otherwise 3: some could not be tested, or the run ended before they had a verdict.
func ExitCode(run *probe.Run) int {
	var t Tally
	for i := range run.Targets {
		t.Add(run, &run.Targets[i])
	}
	return t.Code()
}

// Tally is what counts of targets for the exit code.
type Tally struct{ targets, unmet, undecided int }

// Add counts a target.
func (t *Tally) Add(run *probe.Run, target *probe.TargetRun) { t.Count(requirementMet(run, target)) }

// Count counts a target by whether its requirement is met.
func (t *Tally) Count(met *bool) {
	t.targets++
	switch {
	case met == nil:
		t.undecided++
	case !*met:
		t.unmet++
	}
}

// Code is that of the targets so far.
func (t *Tally) Code() int {
	switch {
	case t.unmet > 0:
		return ExitNotMet
	case t.targets == 0 || t.undecided > 0:
		return ExitNotTested
	}
	return ExitMet
}

// Sentence says how many targets have what is needed.
func (t *Tally) Sentence() string {
	s := fmt.Sprintf("%d of %d targets have what is needed", t.targets-t.unmet-t.undecided, t.targets)
	if t.unmet > 0 {
		s += fmt.Sprintf("; %d have not", t.unmet)
	}
	if t.undecided > 0 {
		s += fmt.Sprintf("; %d could not be tested", t.undecided)
	}
	return s + "."
}

// requirementMet is nil where the requirement would be met if every port without a verdict were usable.
func requirementMet(run *probe.Run, t *probe.TargetRun) *bool {
	if t.Met {
		return new(true)
	}
	perhaps := map[int]bool{}
	for r := range results(t) {
		if r.Verdict.Usable || untested(r.Verdict.Reason) || offline(run, r.Verdict.Reason) {
			perhaps[r.Candidate] = true
		}
	}
	if t.Target.Requirement.Met(func(c int) bool { return perhaps[c] }) {
		return nil
	}
	return new(false)
}

// untested reports whether a verdict leaves open what a requirement needs to know. Silence over UDP, and an
// end instead of an answer, do not: it was asked, and what is needed did not answer.
func untested(r verdict.Reason) bool {
	return !r.Establishes() && r != verdict.UDPNoResponse && r != verdict.EndedWhenSpokenTo
}

// offline reports whether this computer has no network at all, which says nothing of the server.
func offline(run *probe.Run, r verdict.Reason) bool {
	return (r == verdict.NoRoute || r == verdict.AddressUnavailable) && len(run.Addresses) == 0
}
