package report

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// fate is what became of ports that are not usable, for the summary: alike ones together.
type fate struct {
	says    string // "filtered at hop 2"
	first   *Entry
	numbers map[string][]uint16 // by protocol
	amount  int
}

// fates are those of all ports that fail at some address, in the order of their first port. Addresses in said fail as a
// whole, and are named elsewhere.
func fates(cs []*candidate, said func(*Entry) bool) (out []*fate) {
	known := map[string]*fate{}
	for _, c := range cs {
		failing := slices.DeleteFunc(slices.Clone(c.ports), func(p *Entry) bool {
			return IsTrue(p.Usable) || p.Reason == string(verdict.Interrupted) || c.usable && said(p)
		})
		if len(failing) == 0 {
			continue
		}
		says := fateOf(failing, c.usable)
		f := known[says]
		if f == nil {
			f = &fate{says: says, first: failing[0], numbers: map[string][]uint16{}}
			known[says], out = f, append(out, f)
		}
		f.amount += c.amount
		f.numbers[failing[0].Protocol] = append(f.numbers[failing[0].Protocol], c.numbers()...)
	}
	return out
}

// fateOf is one port's at each address where it fails; where it works at another, the addresses are named.
func fateOf(failing []*Entry, partly bool) string {
	if only := failing[0].fate(); !partly && !slices.ContainsFunc(failing, func(p *Entry) bool { return p.fate() != only }) {
		return only
	}
	byFate, order := map[string][]*Entry{}, []string{}
	for _, p := range failing {
		f := p.fate()
		if byFate[f] == nil {
			order = append(order, f)
		}
		byFate[f] = append(byFate[f], p)
	}
	family := map[string]string{} // whose fate at all its addresses is one
	for _, f := range order {
		for _, p := range byFate[f] {
			if of := FamilyOf(p); family[of] == "" {
				family[of] = f
			} else if family[of] != f {
				family[of] = "-"
			}
		}
	}
	var parts []string
	for _, f := range order {
		var at []string
		for _, p := range byFate[f] {
			where := "at " + Value(p.Address)
			if of := FamilyOf(p); !partly && of != "" && family[of] == f {
				where = "over " + of
			}
			if !slices.Contains(at, where) {
				at = append(at, where)
			}
		}
		parts = append(parts, f+" "+phrase.Listed(at, 2))
	}
	return strings.Join(parts, " and ")
}

// fate is the state with its place, as far as both are short.
func (e *Entry) fate() string {
	switch {
	case e.State == string(verdict.Open) && e.Usable != nil:
		return "open but not usable"
	case e.State == string(verdict.Closed) || e.Where == nil:
		return e.State
	}
	at := e.Where.brief()
	if at != "" && e.Where.Confidence == string(verdict.Possible) && e.Where.Party != string(verdict.Server) {
		return e.State + ", possibly " + at
	}
	return strings.TrimSpace(e.State + " " + at)
}

// brief is a place in two or three words; "" where it is not known.
func (w *Where) brief() string {
	switch {
	case w.Party == string(verdict.ThisComputer):
		return "on this computer"
	case w.Party == string(verdict.Server) && (w.OrNext || w.Confidence == string(verdict.Possible)):
		return "at or just before the server"
	case w.Party == string(verdict.Server):
		return "at the server"
	case w.Party == string(verdict.Proxy):
		return "at the proxy"
	case w.Hop == nil:
		return ""
	case w.OrNext:
		return fmt.Sprintf("at hop %d or next", *w.Hop)
	}
	return fmt.Sprintf("at hop %d", *w.Hop)
}

// sentence is "20, 80 are filtered at hop 2".
func (f *fate) sentence() string {
	if f.amount == 1 {
		return f.first.Label() + " is " + f.says
	}
	return f.ports() + " are " + f.says
}

// ports lists what f is about, up to a width.
func (f *fate) ports() string {
	if f.amount > maxInHeading {
		return fmt.Sprintf("%d ports", f.amount)
	}
	var parts []string
	if tcp := f.numbers[string(evidence.TCP)]; len(tcp) > 0 {
		parts = append(parts, phrase.Ranges(tcp))
	}
	if udp := f.numbers[string(evidence.UDP)]; len(udp) > 0 {
		parts = append(parts, "UDP "+phrase.Ranges(udp))
	}
	return strings.Join(parts, " and ")
}
