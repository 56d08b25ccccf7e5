package compare

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/phrase"
)

// mostNamed bounds the places that are named in a sentence.
const mostNamed = 5

// separates is what it says of a port that it fares well from some places and badly from others: the place on the way that lies
// between these and those. It claims no more than the difference can show.
func (c *Comparison) separates(r *Row) string {
	good, bad, unknown := r.fared()
	var parts []string
	if len(bad) > 0 {
		parts = append(parts, "Fails from "+c.who(bad, r)+" ("+findings(r, bad)+")")
	}
	if len(good) > 0 && (len(bad) > 0 || len(unknown) > 0) {
		parts = append(parts, "works from "+c.who(good, r))
	}
	if len(unknown) > 0 {
		parts = append(parts, "not known from "+c.who(unknown, r)+" ("+findings(r, unknown)+")")
	}
	if len(parts) == 0 {
		return ""
	}
	said := phrase.Capital(strings.Join(parts, ", "))
	if cause := c.between(r, good, bad); cause != "" {
		said += ": " + cause
	}
	return said + "."
}

// between is what lies between good places and bad ones; "" where that is not known.
func (c *Comparison) between(r *Row, good, bad []int) string {
	if len(bad) == 0 || len(good) == 0 && len(bad) == 1 {
		return ""
	}
	if len(good) == 0 {
		return shared(r, bad)
	}
	if a, b := addresses(r, good), addresses(r, bad); len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(one string) bool {
		return slices.Contains(b, one)
	}) {
		return fmt.Sprintf("the name led to different addresses (%s and %s), so compare the servers and the name servers first", a[0], b[0])
	}
	near := func(i int) bool { return inside(c.Runs[i].From, report.Value(r.Cells[i].Address)) }
	refused := func(i int) bool { return isParty(r.Cells[i], verdict.Server) }
	switch {
	case all(bad, refused):
		return "the server, or a firewall in front of it, treats the addresses differently: its list of allowed addresses"
	case all(good, near) && !slices.ContainsFunc(bad, near):
		return "the firewall in front of " + c.who(good, r) + ", which is in the server's own network" + stop(r, bad)
	case len(bad) == 1:
		return blame(situationOf(&c.Runs[good[0]], &c.Runs[bad[0]]), r.Cells[bad[0]], c.Runs[bad[0]].Name, false)
	case stop(r, bad) != "":
		return "what they share on their way" + stop(r, bad)
	case all(bad, func(i int) bool { return atHome(r.Cells[i]) }):
		return "each is stopped in its own network, so a rule that these have in common"
	}
	return "something that is on the way from all of them, or a rule for their addresses"
}

// shared is for ports that no place can use: what they have in common.
func shared(r *Row, bad []int) string {
	switch {
	case stop(r, bad) != "":
		return "what they share on their way" + stop(r, bad)
	case all(bad, func(i int) bool { return isParty(r.Cells[i], verdict.Server) }):
		return "the server itself, or what stands directly in front of it"
	case all(bad, func(i int) bool { return atHome(r.Cells[i]) }):
		return "each is stopped in its own network, so a rule that these have in common"
	}
	return "what they have in common is the server and what stands in front of it"
}

func all(places []int, is func(int) bool) bool {
	return !slices.ContainsFunc(places, func(i int) bool { return !is(i) })
}

func isParty(x *Cell, p verdict.Party) bool { return x.Where != nil && x.Where.Party == string(p) }

// atHome is a stop on the side of whoever asks.
func atHome(x *Cell) bool {
	return isParty(x, verdict.ThisComputer) || isParty(x, verdict.LocalNetwork) || isParty(x, verdict.Provider)
}

// stop is the device that several places are stopped at, or the last router that all their ways have answers from.
func stop(r *Row, bad []int) string {
	at, behind := map[string]bool{}, map[string]bool{}
	for _, i := range bad {
		address := ""
		if w := r.Cells[i].Where; w != nil && !isParty(r.Cells[i], verdict.Server) {
			address = report.Value(w.Address)
		}
		at[address], behind[r.Cells[i].last] = true, true
	}
	for _, one := range []struct {
		all  map[string]bool
		said string
	}{{at, " (all are stopped at %s)"}, {behind, " (all ways end behind the router %s)"}} {
		for address := range one.all {
			if len(bad) > 1 && len(one.all) == 1 && address != "" {
				return fmt.Sprintf(one.said, phrase.Clean(address))
			}
		}
	}
	return ""
}

// inside reports a place in the server's own network, or on the server itself.
func inside(from []string, server string) bool {
	a, err := netip.ParseAddr(server)
	return err == nil && !a.IsLoopback() && (slices.Contains(from, server) || neighbours(from, []string{server}))
}

func addresses(r *Row, places []int) (out []string) {
	for _, i := range places {
		if a := report.Value(r.Cells[i].Address); a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// findings is what was found at places, if it is the same, or else the states with their numbers.
func findings(r *Row, places []int) string {
	var states []string
	count := map[string]int{}
	same := true
	for _, i := range places {
		s := r.Cells[i].State
		if count[s]++; count[s] == 1 {
			states = append(states, s)
		}
		same = same && r.Cells[i].Finding == r.Cells[places[0]].Finding
	}
	if same {
		return r.Cells[places[0]].Finding
	}
	for i, s := range states {
		states[i] = fmt.Sprintf("%d %s", count[s], s)
	}
	return strings.Join(states, ", ")
}

// who names places: a group by its number, others one by one, and very many by their number. What was not tested does not count.
func (c *Comparison) who(places []int, r *Row) string {
	members, size, tested := map[string][]string{}, map[string]int{}, map[string]int{}
	var groups []string
	for i, x := range r.Cells {
		size[c.Runs[i].Group]++
		if x != nil && !x.missing {
			tested[c.Runs[i].Group]++
		}
	}
	for _, i := range places {
		g := c.Runs[i].Group
		if members[g] == nil {
			groups = append(groups, g)
		}
		members[g] = append(members[g], c.Runs[i].called(c.Runs))
	}
	var said []string
	for _, g := range groups {
		switch n, of := len(members[g]), tested[g]; {
		case g == "" && n <= mostNamed:
			said = append(said, members[g]...)
		case g == "":
			said = append(said, fmt.Sprintf("%d of %d places (%s)", n, of, phrase.Listed(members[g], mostNamed)))
		case size[g] == 1:
			said = append(said, g)
		case n == of:
			said = append(said, fmt.Sprintf("%d of %d %s", n, of, g))
		default:
			said = append(said, fmt.Sprintf("%d of %d %s (%s)", n, of, g, phrase.Listed(members[g], mostNamed)))
		}
	}
	last := len(said) - 1
	if last < 1 {
		return said[0]
	}
	return strings.Join(said[:last], ", ") + " and " + said[last]
}
