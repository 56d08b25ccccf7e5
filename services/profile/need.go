package profile

import (
	"fmt"
	"slices"

	"whyport/services/wants"
)

// Need is what is to be tested of one target: every port once, the preferred first, and which of them
// decide.
type Need struct {
	Mode   string // wants.Any, wants.All or wants.Groups
	Ports  []Port
	Groups []Members
	Notes  []string // of the profiles, each once
}

// Members are ports of a Need, by their index.
type Members struct {
	Name  string
	Mode  string
	Ports []int
}

// NeedOf merges ports that were named one by one, which come first and form a group of which any is
// enough, with profiles. Require, if not "", replaces what the profiles say of the ports that decide
// by wants.Any or wants.All.
func NeedOf(named []Port, profiles []Profile, require string) Need {
	n := Need{Ports: make([]Port, 0, len(named))}
	index := &places{tables: map[scope]*table{}}
	if len(named) > 0 {
		n.add(index, Group{Mode: wants.Any, Ports: named})
	}
	for _, p := range profiles {
		for _, note := range p.Notes {
			if !slices.Contains(n.Notes, note) {
				n.Notes = append(n.Notes, note)
			}
		}
		for _, g := range p.Groups {
			if len(profiles) > 1 && g.Name != p.Name {
				g.Name = fmt.Sprintf("%s: %s", p.Name, g.Name)
			}
			n.add(index, g)
		}
	}
	if require != "" {
		n.together(require)
	}
	n.Mode = n.mode()
	return n
}

// places are the indexes of ports, which are the same whatever is expected of them: a table for each scope, since a need
// can have 65,535 ports.
type places struct {
	tables map[scope]*table
	last   *table // of lastOf: ports come in runs
	lastOf scope
}

// scope is what makes a port number the same one.
type scope struct{ protocol, host string }

// table has indexes plus one.
type table [1 << 16]int32

func (x *places) of(p Port) *int32 {
	if s := (scope{p.Protocol, p.Host}); x.last == nil || x.lastOf != s {
		if x.tables[s] == nil {
			x.tables[s] = new(table)
		}
		x.last, x.lastOf = x.tables[s], s
	}
	return &x.last[p.Port]
}

func (n *Need) add(index *places, g Group) {
	m := Members{Name: g.Name, Mode: g.Mode}
	if m.Mode == "" {
		m.Mode = wants.Any
	}
	m.Ports = make([]int, 0, len(g.Ports))
	seen := make([]bool, len(n.Ports)+len(g.Ports))
	for _, p := range g.Ports {
		at := index.of(p)
		if *at == 0 {
			n.Ports = append(n.Ports, p)
			*at = int32(len(n.Ports))
		}
		i := int(*at) - 1
		if n.Ports[i].Expect == "" {
			n.Ports[i].Expect = p.Expect
		}
		if !seen[i] {
			seen[i] = true
			m.Ports = append(m.Ports, i)
		}
	}
	n.Groups = append(n.Groups, m)
}

// together makes one group of all ports that decide.
func (n *Need) together(mode string) {
	one := Members{Mode: mode}
	var rest []Members
	seen := map[int]bool{}
	for _, g := range n.Groups {
		if g.Mode == wants.Optional {
			rest = append(rest, g)
			continue
		}
		for _, i := range g.Ports {
			if !seen[i] {
				seen[i] = true
				one.Ports = append(one.Ports, i)
			}
		}
	}
	n.Groups = rest
	if len(one.Ports) > 0 {
		n.Groups = append([]Members{one}, rest...)
	}
}

func (n *Need) mode() string {
	mode := ""
	for _, g := range n.Groups {
		switch {
		case g.Mode == wants.Optional:
		case mode != "":
			return wants.Groups
		default:
			mode = g.Mode
		}
	}
	if mode == "" {
		return wants.Any
	}
	return mode
}
