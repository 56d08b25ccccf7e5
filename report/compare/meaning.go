package compare

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/verdict"
	"whyport/report"
)

// situation is how two runs came about, as far as their reports tell.
type situation int

const (
	otherNetwork situation = iota // from addresses of which nothing common is known
	sameComputer                  // by the same computer, from the same addresses
	sameNetwork                   // by another computer, from addresses beside each other
	otherPlace                    // by the same computer, from another network
)

// meaning is what the difference says of where the block is. It is no more than the difference can show: where a run works
// and another fails, the server answers and what they do not share is to blame.
func (c *Comparison) meaning(r *Row) string {
	good, bad := c.pick(r, true), c.pick(r, false)
	if good < 0 || bad < 0 {
		return c.changed(r)
	}
	works, fails := c.Runs[good].called(c.Runs), c.Runs[bad].called(c.Runs)
	said := fmt.Sprintf("Works in %s, fails in %s (%s)", works, fails, r.Cells[bad].Finding)
	if a, b := report.Value(r.Cells[good].Address), report.Value(r.Cells[bad].Address); a != b && a != "" && b != "" {
		return fmt.Sprintf("%s. The name led to different addresses (%s and %s): compare the servers and the name servers first.", said,
			a, b)
	}
	return said + ": " + blame(situationOf(&c.Runs[good], &c.Runs[bad]), r.Cells[bad], fails, good < bad) + "."
}

// blame is who is to be asked.
func blame(s situation, bad *Cell, run string, broke bool) string {
	party := verdict.PartyUnknown
	at := ""
	if w := bad.Where; w != nil {
		party = verdict.Party(w.Party)
		if w.Hop != nil {
			at = fmt.Sprintf(" at hop %d", *w.Hop)
		}
	}
	switch {
	case s == sameComputer && broke:
		return "the same computer and network, so something changed between the two times: a rule, a route or the server"
	case s == sameComputer:
		return "the same computer and network, so the block was removed between the two times, or came and went"
	case party == verdict.Server && bad.State == string(verdict.Closed), party == verdict.Server && bad.State == string(verdict.Blocked):
		return "the server, or a firewall in front of it, treats the two addresses differently: its list of allowed addresses"
	case s == sameNetwork && (party == verdict.LocalNetwork || party == verdict.Provider || party == verdict.ServerNetwork):
		return "two computers of one network, so a device" + at + " treats their addresses differently: a rule for this one address"
	case s == sameNetwork:
		return "two computers of one network, so that computer's own protection is to be looked at first"
	case party == verdict.ThisComputer:
		return "that computer's own protection"
	case party == verdict.LocalNetwork:
		return "the network of " + run + at
	case party == verdict.Provider:
		return "the provider of " + run + at
	}
	return "the server answers elsewhere, so the way from " + run + ", or a rule for its address, is to blame"
}

// pick is the first run in which a port is usable, or is known not to be; -1: none.
func (c *Comparison) pick(r *Row, usable bool) int {
	return slices.IndexFunc(r.Cells, func(x *Cell) bool { return x != nil && x.Usable != nil && *x.Usable == usable })
}

// changed is for ports that no run can use, or all can, or of which too little is known.
func (c *Comparison) changed(r *Row) string {
	var parts, places []string
	for i, x := range r.Cells {
		if x == nil {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s in %s", stateOf(x), c.Runs[i].called(c.Runs)))
		if p := place(x.Where); p != "" && !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	said := "It is " + strings.Join(parts, ", ")
	if len(places) > 1 {
		return said + ". The places differ: there may be more than one block."
	}
	return said + "."
}

func stateOf(x *Cell) string {
	if x.State == string(verdict.Open) && report.IsFalse(x.Usable) {
		return "open but not usable (" + x.Finding + ")"
	}
	return x.State + " (" + x.Finding + ")"
}

// called is a run's name, with its time where names are not enough.
func (r *Run) called(all []Run) string {
	for i := range all {
		if other := &all[i]; other != r && other.Name == r.Name {
			return r.Name + " of " + r.Started
		}
	}
	return r.Name
}
