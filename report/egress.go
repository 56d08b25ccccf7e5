package report

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// leavesFinding is the summary of how far packets to ports get: "2 of 4 ports leave; 25 and 445 end at hop 1 ...".
func leavesFinding(out *TargetView) string {
	var leave, unknown []string
	for _, e := range out.Entries {
		switch e.Reason {
		case string(verdict.LeavesNetwork):
			leave = append(leave, e.Number())
		case string(verdict.NotTested), string(verdict.Interrupted), string(verdict.NoSockets):
			unknown = append(unknown, e.Number())
		}
	}
	if out.Resolution.Reason != nil {
		return strings.TrimSuffix(out.Entries[0].Why, ".")
	}
	parts := []string{fmt.Sprintf("%d of %s this network", len(leave), phrase.Count(len(out.Entries), "port")+leaving(len(out.Entries)))}
	for _, group := range endsOf(out.Entries) {
		parts = append(parts, group.says(leave))
	}
	if len(unknown) > 0 {
		parts = append(parts, "not established of "+phrase.Listed(unknown, phrase.MaxListed))
	}
	return strings.Join(parts, "; ")
}

func leaving(n int) string {
	if n == 1 {
		return " leaves"
	}
	return " leave"
}

// ending is where packets to some ports end.
type ending struct {
	ports []string
	where *Where
	state string
}

// endsOf groups the ports that do not leave by the place where they end.
func endsOf(entries []*Entry) (out []*ending) {
	for _, e := range entries {
		if e.State == string(verdict.Unknown) {
			continue
		}
		i := slices.IndexFunc(out, func(o *ending) bool { return WhereKey(o.where) == WhereKey(e.Where) && o.state == e.State })
		if i < 0 {
			i, out = len(out), append(out, &ending{where: e.Where, state: e.State})
		}
		out[i].ports = append(out[i].ports, e.Number())
	}
	return out
}

// says is "25 and 445 end at hop 2, 10.1.0.1, where 443 goes on: your own network's egress rule".
func (g *ending) says(leave []string) string {
	verb := "end"
	if len(g.ports) == 1 {
		verb = "ends"
	}
	s := phrase.Listed(g.ports, phrase.MaxListed) + " " + verb
	w := g.where
	if w == nil || w.Hop == nil && w.Address == nil {
		return s + " on the way out"
	}
	if w.Hop != nil {
		s += fmt.Sprintf(" at hop %d", *w.Hop)
	}
	if w.Address != nil {
		s += ", " + *w.Address
	}
	if w.OrNext {
		s += " or the next"
	}
	if len(leave) > 0 {
		s += ", where " + leave[0] + " goes on"
	}
	switch verdict.Party(w.Party) {
	case verdict.ThisComputer:
		s += ": a rule of this computer"
	case verdict.LocalNetwork:
		s += ": your own network's egress rule (" + w.Confidence + ")"
	case verdict.Provider:
		if verdict.Confidence(w.Confidence) == verdict.Likely {
			return s + ": your provider's egress rule (likely)"
		}
		s += ": your provider's egress rule, or your own network's (possible)"
	}
	return s
}
