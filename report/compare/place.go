package compare

import (
	"cmp"
	"slices"

	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/phrase"
)

// Place is where a check ran, or should have.
type Place struct {
	Name    string
	Group   string           // what the person who asks calls it and others, such as offices; "": nothing
	Doc     *report.Document // nil: nothing is known from there
	Problem *report.Problem  // why that is so, or why it is not all
}

// Places lays what one check found at several places side by side.
func Places(all []Place) *Comparison {
	var names []string
	var docs []*report.Document
	for _, p := range all {
		names, docs = append(names, p.Name), append(docs, cmp.Or(p.Doc, &report.Document{}))
	}
	c := Of(names, docs)
	c.places = true
	for i, p := range all {
		r := &c.Runs[i]
		r.Group, r.Problem, r.Met = phrase.Clean(p.Group), p.Problem, docs[i].Requirement.Met
		if p.Problem != nil {
			c.missing(i)
		}
	}
	for i := range c.Ports {
		c.Ports[i].Meaning = c.separates(&c.Ports[i])
	}
	return c
}

// missing makes what a place could not test unknown, and says why.
func (c *Comparison) missing(place int) {
	for i := range c.Ports {
		if cell := &c.Ports[i].Cells[place]; *cell == nil {
			*cell = &Cell{State: string(verdict.Unknown), Reason: string(verdict.NotTested),
				Finding: phrase.Clean(c.Runs[place].Problem.Message), missing: true}
		}
	}
}

// Code is the exit code: the requirement has to be met from every place, as one has to be met by every target.
func (c *Comparison) Code() int {
	var t report.Tally
	for i := range c.Runs {
		t.Count(c.Runs[i].Met)
	}
	return t.Code()
}

// fared sorts the places by how a port fared there.
func (r *Row) fared() (good, bad, unknown []int) {
	for i, x := range r.Cells {
		switch {
		case x == nil || x.missing:
		case x.Usable == nil:
			unknown = append(unknown, i)
		case *x.Usable:
			good = append(good, i)
		default:
			bad = append(bad, i)
		}
	}
	return good, bad, unknown
}

// together are the places by what they say of a port, those of which most say it first.
func (r *Row) together() (states []string, places map[string][]int) {
	places = map[string][]int{}
	for i, x := range r.Cells {
		s := x.short()
		if places[s] == nil {
			states = append(states, s)
		}
		places[s] = append(places[s], i)
	}
	slices.SortStableFunc(states, func(a, b string) int { return len(places[b]) - len(places[a]) })
	return states, places
}
