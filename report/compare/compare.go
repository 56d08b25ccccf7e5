// Package compare lays reports side by side: before and after a change, one computer's and another's, one network's and
// another's. It says what changed for each port, and what the difference says of where a block is.
package compare

import (
	"cmp"
	"slices"
	"strconv"

	"whyport/report"
	"whyport/report/phrase"
)

// Run is one report of a comparison.
type Run struct {
	Name     string          `json:"name"`
	Started  string          `json:"started"`
	Computer *string         `json:"computer"`
	From     []string        `json:"from"`
	Group    string          `json:"group,omitempty"`   // of a place, where it has one
	Met      *bool           `json:"met,omitempty"`     // the requirement at a place; absent: not known
	Problem  *report.Problem `json:"problem,omitempty"` // why nothing, or not all, is known of a place
}

// Comparison is what several reports say of the same ports.
type Comparison struct {
	Runs   []Run `json:"runs"`
	Alike  bool  `json:"alike"`
	Ports  []Row `json:"ports"` // those that differ first
	places bool  // the reports are of one time, from several places
}

// Row is one port in all reports. That a port was not tested in one of them is no difference.
type Row struct {
	Host     string  `json:"host"`
	Port     uint16  `json:"port"`
	Protocol string  `json:"protocol"`
	Alike    bool    `json:"alike"`
	Cells    []*Cell `json:"runs"`    // by run; null: not in this one
	Meaning  string  `json:"meaning"` // one sentence; "" where nothing differs
}

// Cell is a port in one report: the address at which it fared best.
type Cell struct {
	State    string        `json:"state"`
	Reason   string        `json:"reason"`
	Usable   *bool         `json:"usable"`
	Address  *string       `json:"address"`
	Where    *report.Where `json:"where"`
	Finding  string        `json:"finding"`
	NextStep *string       `json:"next_step"`
	missing  bool          // nothing could be tested there
	last     string        // the last router on the way that answered
}

// Of compares reports, of which names are what a person calls them.
func Of(names []string, docs []*report.Document) *Comparison {
	c := &Comparison{Alike: true, Ports: []Row{}}
	for i, d := range docs {
		c.Runs = append(c.Runs, Run{Name: phrase.Clean(names[i]), Started: phrase.Clean(d.Started), Computer: cleaned(d.Source.Hostname),
			From: append([]string{}, phrase.CleanAll(d.Source.Addresses)...)})
	}
	at := map[key]int{}
	for i, d := range docs {
		for j := range d.Targets {
			t := &d.Targets[j]
			for k := range t.Ports {
				c.add(at, i, t, &t.Ports[k])
			}
		}
	}
	for i := range c.Ports {
		r := &c.Ports[i]
		if r.Alike = alike(r.Cells); !r.Alike {
			c.Alike, r.Meaning = false, c.meaning(r)
		}
	}
	slices.SortStableFunc(c.Ports, func(a, b Row) int { return cmp.Compare(rank(a.Alike), rank(b.Alike)) })
	return c
}

type key struct {
	host, protocol string
	port           uint16
}

func rank(alike bool) int {
	if alike {
		return 1
	}
	return 0
}

func (c *Comparison) add(at map[key]int, run int, t *report.Target, p *report.Port) {
	host := t.Host
	if p.Host != nil {
		host = *p.Host
	}
	k := key{host, p.Protocol, p.Port}
	i, known := at[k]
	if !known {
		i = len(c.Ports)
		at[k] = i
		c.Ports = append(c.Ports, Row{Host: phrase.Clean(host), Port: p.Port, Protocol: phrase.Clean(p.Protocol), Cells: make([]*Cell,
			len(c.Runs))})
	}
	have := c.Ports[i].Cells[run]
	if have == nil || !report.IsTrue(have.Usable) && report.IsTrue(p.Usable) {
		c.Ports[i].Cells[run] = &Cell{State: phrase.Clean(p.State), Reason: phrase.Clean(p.Reason), Usable: p.Usable,
			Address: cleaned(p.Address), Where: p.Where,
			Finding: phrase.Clean(p.Finding), NextStep: p.NextStep, last: lastRouter(p.Path)}
	}
}

// cleaned is foreign text that may be absent.
func cleaned(s *string) *string {
	if s == nil {
		return nil
	}
	return new(phrase.Clean(*s))
}

func lastRouter(p *report.Path) (address string) {
	if p == nil {
		return ""
	}
	for _, h := range p.Hops {
		if h.Address != nil {
			address = *h.Address
		}
	}
	return address
}

// alike reports whether a port fared the same wherever it was tested: state, reason, usability and place.
func alike(cells []*Cell) bool {
	var first *Cell
	for _, c := range cells {
		switch {
		case c == nil || c.missing:
		case first == nil:
			first = c
		case !first.same(c):
			return false
		}
	}
	return true
}

func (c *Cell) same(d *Cell) bool {
	return c.State == d.State && c.Reason == d.Reason && known(c.Usable) == known(d.Usable) && place(c.Where) == place(d.Where)
}

func known(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// place is what of a place does not vary from run to run.
func place(w *report.Where) string {
	if w == nil {
		return ""
	}
	hop := ""
	if w.Hop != nil {
		hop = strconv.Itoa(*w.Hop)
	}
	return w.Party + " " + hop + " " + report.Value(w.Address)
}
