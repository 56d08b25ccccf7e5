package report

import (
	"fmt"
	"strings"
)

// Above these numbers of ports with one explanation they share a line.
const (
	manyUnusable = 25
	manyUsable   = 100
)

// section is a set of addresses of a target on which every port behaves alike: they share a table.
type section struct {
	addresses []string
	family    string
	host      string // a profile's own host; "" for the target's
	ports     []*Port
}

// sections splits a target by how its addresses behave, in the order of the addresses.
func sections(t *Target) (out []*section) {
	type key struct{ host, address string }
	byAddress := map[key]*section{}
	var order []*section
	for i := range t.Ports {
		p := &t.Ports[i]
		k := key{value(p.Host), value(p.Address)}
		s := byAddress[k]
		if s == nil {
			s = &section{family: familyOf(p), host: k.host}
			if p.Address != nil {
				s.addresses = []string{*p.Address}
			}
			byAddress[k] = s
			order = append(order, s)
		}
		s.ports = append(s.ports, p)
	}
	if len(order) == 1 {
		return order
	}
	byBehaviour := map[string]*section{}
	for _, s := range order {
		k := s.behaviour()
		if same := byBehaviour[k]; same != nil {
			same.addresses = append(same.addresses, s.addresses...)
			continue
		}
		byBehaviour[k] = s
		out = append(out, s)
	}
	return out
}

// behaviour is equal for addresses of one family whose ports all fare alike.
func (s *section) behaviour() string {
	var b strings.Builder
	b.WriteString(s.family + " " + s.host)
	for _, p := range s.ports {
		fmt.Fprintf(&b, "\n%s %s %s %s %s %v", p.number(), p.State, p.Reason, usableKey(p), p.Finding, p.numbers)
	}
	return b.String()
}

func usableKey(p *Port) string {
	if p.Usable == nil {
		return "?"
	}
	return fmt.Sprint(*p.Usable)
}

// title names the section's addresses.
func (s *section) title() string {
	if len(s.addresses) == 0 {
		return s.host
	}
	title := listed(s.addresses, 4)
	if s.host != "" {
		title = short(s.host, 60) + ", " + title
	}
	if len(s.addresses) > 1 {
		title += ", all alike"
	}
	return title
}

// split parts the ports into those with a row of their own and those summed up in a line.
func (s *section) split() (rows []*Port, sums [][]*Port) {
	count := map[string]int{}
	for _, p := range s.ports {
		count[sumKey(p)] += len(p.all())
	}
	index := map[string]int{}
	for _, p := range s.ports {
		k := sumKey(p)
		most := manyUnusable
		if isTrue(p.Usable) {
			most = manyUsable
		}
		if count[k] <= most {
			rows = append(rows, p)
			continue
		}
		i, ok := index[k]
		if !ok {
			i = len(sums)
			index[k] = i
			sums = append(sums, nil)
		}
		sums[i] = append(sums[i], p)
	}
	return rows, sums
}

func sumKey(p *Port) string {
	return p.State + " " + p.Reason + " " + usableKey(p) + " " + whereKey(p.Where) + " " + p.Finding
}
