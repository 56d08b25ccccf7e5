package report

import (
	"fmt"
	"slices"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// targetNext is the one thing to do next about the target; "" where all is well.
func targetNext(out *TargetView, cs []*candidate) string {
	var bad []*Entry
	seen := map[*Entry]bool{} // an entry may stand for many
	for _, c := range cs {
		for _, p := range c.ports {
			if !c.usable && !seen[p] {
				seen[p] = true
				bad = append(bad, p)
			}
		}
	}
	if !IsTrue(out.Requirement.Met) {
		_, next := commonest(out, decisive(out, bad))
		return next
	}
	if broken := brokenFamily(out, cs); broken != nil && !broken.absent {
		if _, next := commonest(out, broken.failing); next != "" {
			return "Applications that try " + broken.family + " first may " + broken.harm() + ": " + phrase.Lower(next)
		}
	}
	if discovers(out) {
		return ""
	}
	if c := out.recommended; c != nil && ofOneApplication(out) {
		if p := c.best(); p.NextStep != nil {
			return *p.NextStep
		}
		if len(bad) > 0 {
			return fmt.Sprintf("Set the application to port %s.", c.best().Number())
		}
	}
	if n := Amount(bad); n > 0 && n <= ManyUnusable { // of more, nobody asked for each
		if most, next := commonest(out, bad); most != nil {
			return fmt.Sprintf("If you need %s: %s", PortList(most.Entries), phrase.Lower(next))
		}
	}
	if c := out.recommended; c != nil && c.best().NextStep != nil {
		return *c.best().NextStep
	}
	return ""
}

// commonest is the explanation of most of these ports, and what to do about it.
func commonest(out *TargetView, bad []*Entry) (most *Cause, next string) {
	for _, c := range Causes(bad, nil) {
		if c.Next != "" && (most == nil || Amount(c.Entries) > Amount(most.Entries)) {
			most = c
		}
	}
	if most == nil {
		return nil, ""
	}
	alike := sameEverywhere(out, most.First)
	return most, most.forAll(alike).Next + alsoFailsAt(most.First, alike, bad)
}

// alsoFailsAt names the other address at which the port fails in another way; that of the other family is forgotten easily.
func alsoFailsAt(p *Entry, alike []string, bad []*Entry) string {
	var more []string
	for _, o := range bad {
		if o.Address != nil && o.Port.Port == p.Port.Port && o.Protocol == p.Protocol && Value(o.Host) == Value(p.Host) &&
			!slices.Contains(append(alike, Value(p.Address)), *o.Address) {
			more = append(more, *o.Address)
		}
	}
	switch len(more) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" It fails at %s, too: see above.", more[0])
	}
	return fmt.Sprintf(" It fails at %d more addresses: see above.", len(more))
}

// atItself reports whether the place where a port's connection stops is the server's own address.
func atItself(p *Entry) bool {
	return p.Where != nil && p.Where.Party == string(verdict.Server) && Value(p.Where.Address) == *p.Address
}

// sameEverywhere are the addresses at which a port fares as it does at p's, p's first.
func sameEverywhere(out *TargetView, p *Entry) (addresses []string) {
	for i := range out.Entries {
		o := out.Entries[i]
		if o.Address != nil && o.Port.Port == p.Port.Port && o.Protocol == p.Protocol && Value(o.Host) == Value(p.Host) &&
			o.Reason == p.Reason && UsableKey(o.Port) == UsableKey(p.Port) && (WhereKey(o.Where) == WhereKey(p.Where) || atItself(o) &&
			atItself(p)) {
			addresses = append(addresses, *o.Address)
		}
	}
	return addresses
}

// decisive are the ports that an unmet group waits for; all of them where none does.
func decisive(out *TargetView, bad []*Entry) (ports []*Entry) {
	needed := map[string]bool{}
	for _, g := range out.Requirement.Groups {
		for _, p := range g.Ports {
			needed[p] = needed[p] || g.Mode != string(verdict.Optional) && !IsTrue(g.Met)
		}
	}
	for _, p := range bad {
		if slices.ContainsFunc(p.Numbers, func(n uint16) bool { return needed[fmt.Sprintf("%d/%s", n, p.Protocol)] }) {
			ports = append(ports, p)
		}
	}
	if len(ports) == 0 {
		return bad
	}
	return ports
}
