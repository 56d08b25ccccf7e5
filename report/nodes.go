package report

import (
	"fmt"
	"strings"

	"whyport/report/phrase"
)

// nodes counts, for each port, at how many of a name's addresses of one family it can't be used where it can at others: one name,
// several servers or nodes of a balancer.
func nodes(cs []*candidate) (notes []Note) {
	type split struct{ how, bad string }
	found, order := map[split][]string{}, []split{}
	for _, c := range cs {
		for _, family := range []string{"IPv4", "IPv6"} {
			all, bad, how := 0, []string{}, ""
			for _, p := range c.ports {
				if FamilyOf(p) != family || p.Usable == nil {
					continue
				}
				if all++; !*p.Usable {
					bad, how = append(bad, *p.Address), common(how, p.State)
				}
			}
			if all < 2 || len(bad) == 0 || len(bad) == all {
				continue
			}
			s := split{fmt.Sprintf("%d of %d %s addresses", len(bad), all, family), phrase.Listed(bad, 4) + " (" + how + ")"}
			if found[s] == nil {
				order = append(order, s)
			}
			found[s] = append(found[s], c.best().Label())
		}
	}
	const most = 3
	for i, s := range order {
		if i == most {
			break
		}
		notes = append(notes, Note{Code: "addresses-differ", Sentence: fmt.Sprintf("%s of the name do not let %s be used: %s. The nodes behind it differ, so whoever "+
			"is sent there fails now and then.", s.how, strings.Join(found[s][:min(len(found[s]), 4)], ", "), s.bad)})
	}
	return notes
}

// common is the state of all, or that they differ.
func common(before, state string) string {
	if before == "" || before == state {
		return state
	}
	return "in different ways"
}
