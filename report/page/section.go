package page

import (
	"fmt"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

// section is a set of addresses of a target on which every port behaves alike: they share a table.
type section struct {
	addresses []string
	family    string
	host      string // a profile's own host; "" for the target's
	ports     []*report.Entry
}

// sections splits a target by how its addresses behave, in the order of the addresses.
func sections(t *report.TargetView) (out []*section) {
	type key struct{ host, address string }
	byAddress := map[key]*section{}
	var order []*section
	for _, p := range t.Entries {
		k := key{report.Value(p.Host), report.Value(p.Address)}
		s := byAddress[k]
		if s == nil {
			s = &section{family: report.FamilyOf(p), host: k.host}
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
		fmt.Fprintf(&b, "\n%s %s %s %s %s %v", p.Number(), p.State, p.Reason, report.UsableKey(p.Port), p.Finding, p.Numbers)
	}
	return b.String()
}

// tested reports whether something was asked there: a name without address can be, by a proxy that resolves it.
func (s *section) tested() bool { return len(s.addresses) > 0 || s.ports[0].Via != nil }

// title names the section's addresses.
func (s *section) title() string {
	switch {
	case len(s.addresses) == 0 && s.tested():
		return strings.TrimPrefix(phrase.Short(s.host, 60)+", by name through the proxy", ", ")
	case len(s.addresses) == 0:
		return s.host
	}
	title := phrase.Listed(s.addresses, 4)
	if s.host != "" {
		title = phrase.Short(s.host, 60) + ", " + title
	}
	if len(s.addresses) > 1 {
		title += ", all alike"
	}
	return title
}

// split parts the ports into those with a row of their own and those summed up in a line.
func (s *section) split() (rows []*report.Entry, sums [][]*report.Entry) {
	count := map[string]int{}
	for _, p := range s.ports {
		count[sumKey(p)] += len(p.Numbers)
	}
	index := map[string]int{}
	for _, p := range s.ports {
		k := sumKey(p)
		most := report.ManyUnusable
		if report.IsTrue(p.Usable) {
			most = report.ManyUsable
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

func sumKey(p *report.Entry) string {
	return p.State + " " + p.Reason + " " + report.UsableKey(p.Port) + " " + report.WhereKey(p.Where) + " " + p.Finding
}
