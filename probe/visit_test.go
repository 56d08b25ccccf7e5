package probe

import (
	"slices"
	"testing"

	"whyport/probe/evidence"
)

// TestNote: what a sweep has seen in doubt counts only with more of the same.
func TestNote(t *testing.T) {
	u := survey{swept: []evidence.Swept{{Outcome: evidence.SweptSilent, Tries: 200}}}
	u.note(0, evidence.Swept{Outcome: evidence.SweptNoSocket})
	if u.swept[0].Outcome != evidence.SweptSilent {
		t.Error("a lack of sockets is no news")
	}
	if u.note(0, evidence.Swept{Outcome: evidence.SweptSilent, Tries: 100}); u.swept[0].Tries != 255 {
		t.Errorf("%d tries", u.swept[0].Tries)
	}
	if u.note(0, evidence.Swept{Outcome: evidence.SweptOpen, Tries: 1}); u.swept[0] != (evidence.Swept{Outcome: evidence.SweptOpen, Tries: 1}) {
		t.Errorf("%+v", u.swept[0])
	}
}

func TestAll(t *testing.T) {
	run := TargetRun{Target: Target{Candidates: make([]Candidate, 6)}, index: 3,
		Results: []Result{{Candidate: 2}, {Candidate: 2, Address: 1}, {Candidate: 4}},
		Bulk: []Bulk{
			{Address: 1, Ports: []BulkPort{{Candidate: 0}, {Candidate: 4}, {Candidate: 5}}},
			{Address: 0, Ports: []BulkPort{{Candidate: 0}, {Candidate: 1}, {Candidate: 3, Tries: 2, Outcome: evidence.SweptSilent}}},
		}}
	var got [][2]int
	for r := range run.All() {
		got = append(got, [2]int{r.Candidate, r.Address})
		if r.Candidate == 3 && (len(r.Port.Attempts) != 2 || r.Port.Attempts[1].Outcome != evidence.Silent || r.Target != 3) {
			t.Errorf("%+v", r)
		}
	}
	if want := [][2]int{{0, 0}, {0, 1}, {1, 0}, {2, 0}, {2, 1}, {3, 0}, {4, 0}, {4, 1}, {5, 1}}; !slices.Equal(got, want) || run.Count() != len(want) {
		t.Errorf("%v, want %v; Count %d", got, want, run.Count())
	}
	for range run.All() {
		break // must not go on
	}
}

// TestVisits: every endpoint once; usual ports first, then host by host.
func TestVisits(t *testing.T) {
	var all []*survey
	for _, n := range []int{100, 3} {
		h := &host{}
		u := &survey{h: h}
		for i := range n {
			h.target.Candidates = append(h.target.Candidates, Candidate{Port: uint16(20 + i)})
			u.members = append(u.members, i)
		}
		all = append(all, u)
	}
	order := visits(all)
	seen := map[endpoint]bool{}
	for _, e := range order {
		seen[e] = true
	}
	if len(order) != 103 || len(seen) != 103 {
		t.Fatalf("%d visits to %d endpoints", len(order), len(seen))
	}
	if want := []endpoint{{0, 2}, {1, 2}, {0, 5}, {0, 33}, {0, 60}, {0, 0}, {1, 0}, {0, 1}, {1, 1}, {0, 3}}; !slices.Equal(order[:9], want[:9]) {
		t.Errorf("%v, want %v", order[:10], want)
	}
}
