package report

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe"
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/services/profile"
)

// summarise writes a target's summary, its next step and its notes; the ports stand already.
func summarise(out *TargetView, t *probe.TargetRun) {
	cs := byCandidate(out.Entries)
	out.Notes = append(out.Notes, targetNotes(out, t, cs)...)
	if t.Egress {
		out.Summary = phrase.Capital(leavesFinding(out)) + "."
		if next := targetNext(out, cs); next != "" {
			out.NextStep = &next
		}
		return
	}
	out.Summary = phrase.Capital(strings.Join(append([]string{mainFinding(out, cs)}, sideFindings(out, cs)...), "; ")) + "."
	if next := targetNext(out, cs); next != "" {
		out.NextStep = &next
	}
}

// candidate is one port of a target at all its addresses, or all ports of an entry where there is one address.
type candidate struct {
	ports  []*Entry
	amount int
	usable bool
}

// byCandidate gathers the addresses of each port, in order.
func byCandidate(ports []*Entry) (out []*candidate) {
	type key struct {
		port           uint16
		protocol, host string
	}
	if oneAddress(ports) { // of a large run nothing is made for each port
		for i := range ports {
			p := ports[i]
			out = append(out, &candidate{[]*Entry{p}, len(p.Numbers), IsTrue(p.Usable)})
		}
		return out
	}
	n := 0
	for i := range ports {
		n += len(ports[i].Numbers)
	}
	// Made at once: there can be 65,535 of them.
	known, made, places := make(map[key]*candidate, n), make([]candidate, n), make([]*Entry, n)
	out = make([]*candidate, 0, n)
	for i := range ports {
		p := ports[i]
		for _, n := range p.Numbers {
			k := key{n, p.Protocol, Value(p.Host)}
			c := known[k]
			if c == nil {
				c = &made[len(out)]
				c.amount, c.ports = 1, places[len(out):len(out):len(out)+1]
				known[k] = c
				out = append(out, c)
			}
			c.ports = append(c.ports, p)
			c.usable = c.usable || IsTrue(p.Usable)
		}
	}
	return out
}

// oneAddress reports whether all entries are of the same one, so that no port occurs twice.
func oneAddress(ports []*Entry) bool {
	return !slices.ContainsFunc(ports, func(p *Entry) bool { return p.Host != nil || Value(p.Address) != Value(ports[0].Address) })
}

// best is the address at which a port fares best.
func (c *candidate) best() *Entry {
	for _, p := range c.ports {
		if IsTrue(p.Usable) {
			return p
		}
	}
	return c.ports[0]
}

// mainFinding is "2 of 5 ports usable; use 443 (https)" or what stands in its way.
func mainFinding(out *TargetView, cs []*candidate) string {
	usable, all := 0, 0
	for _, c := range cs {
		if all += c.amount; c.usable {
			usable += c.amount
		}
	}
	switch {
	case all == 0:
		return "no port was tested"
	case usable == 0 && Value(out.Resolution.Reason) == string(verdict.Interrupted):
		return "not tested"
	case usable == 0 && out.Resolution.Reason != nil:
		return strings.TrimSuffix(cs[0].ports[0].Why, ".")
	case usable == 0 && all == 1:
		return oneUnusable(cs[0].best())
	case usable == 0:
		return noneUsable(cs)
	case all == 1:
		return cs[0].best().Label() + " is usable"
	}
	s := fmt.Sprintf("%d of %d ports usable", usable, all)
	if IsFalse(out.Requirement.Met) {
		return s + ", but " + missing(out)
	}
	if discovers(out) {
		return s + ": " + usablePorts(cs)
	}
	if out.RecommendedPort != nil && (out.Requirement.Mode == string(verdict.Any) || out.Requirement.Mode == "") {
		for _, c := range cs {
			if c.usable && c.ports[0].Port.Port == *out.RecommendedPort {
				return s + "; use " + c.ports[0].Label()
			}
		}
	}
	return s
}

// oneUnusable is for the only port of a target.
func oneUnusable(p *Entry) string {
	finding := strings.Replace(p.Finding, ": ", ", ", 1)
	switch {
	case p.Reason == string(verdict.Interrupted):
		return p.Label() + " has no verdict"
	case p.Usable == nil:
		return fmt.Sprintf("%s could not be judged: %s", p.Label(), finding)
	case p.State == string(verdict.Open):
		return fmt.Sprintf("%s is open, but not usable: %s", p.Label(), finding)
	}
	return fmt.Sprintf("%s is not usable, %s: %s", p.Label(), p.State, finding)
}

// discovers reports whether nobody said which ports are needed: the default set is no application's.
func discovers(out *TargetView) bool {
	g := out.Requirement.Groups
	return len(g) == 1 && g[0].Name == profile.Default
}

// usablePorts lists them; of a device that answers everywhere only the first.
func usablePorts(cs []*candidate) string {
	var labels []string
	for _, c := range cs {
		if c.usable {
			labels = append(labels, c.best().Label())
		}
	}
	return phrase.Listed(labels, phrase.MaxListed)
}

// noneUsable counts the states.
func noneUsable(cs []*candidate) string {
	count, all := map[string]int{}, 0
	silent := true
	for _, c := range cs {
		p := c.best()
		count[p.State] += c.amount
		all += c.amount
		for _, p := range c.ports {
			silent = silent && slices.ContainsFunc(p.Caveats, func(n Note) bool { return n.Code == string(verdict.HostSilent) })
		}
	}
	s := fmt.Sprintf("0 of %d ports usable", all)
	if silent {
		return s + ": nothing answers, the host is down or wholly filtered"
	}
	var parts []string
	for _, state := range verdict.States() {
		if n := count[string(state)]; n > 0 {
			words := string(state)
			if state == verdict.Open {
				words = "open but not usable"
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	return s + ": " + strings.Join(parts, ", ")
}

// missing says which part of the requirement is not met.
func missing(out *TargetView) string {
	for _, g := range out.Requirement.Groups {
		if g.Mode == string(verdict.Optional) || !IsFalse(g.Met) {
			continue
		}
		need := "needs one of "
		if g.Mode == string(verdict.All) {
			need = "needs all of "
		}
		ports := strings.Join(g.Ports, ", ")
		if len(g.Ports) > phrase.MaxListed {
			ports = fmt.Sprintf("%s and %d more", strings.Join(g.Ports[:phrase.MaxListed], ", "), len(g.Ports)-phrase.MaxListed)
		}
		if g.Name != "" {
			return fmt.Sprintf("%s %s%s", phrase.Short(g.Name, 40), need, ports)
		}
		return "the application " + need + ports
	}
	return "the requirement is not met"
}

// targetNext is the one thing to do next about the target; "" where all is well.
func targetNext(out *TargetView, cs []*candidate) string {
	var bad []*Entry
	seen := map[*Entry]bool{} // an entry may stand for many
	for _, c := range cs {
		if p := c.best(); !c.usable && !seen[p] {
			seen[p] = true
			bad = append(bad, p)
		}
	}
	if IsTrue(out.Requirement.Met) {
		if broken := brokenFamily(out, cs); broken != nil && !broken.absent && broken.next != "" {
			return "Applications that try " + broken.family + " first may " + broken.harm() + ": " + phrase.Lower(broken.next)
		}
		if discovers(out) {
			return ""
		}
		for _, c := range cs {
			p := c.best()
			if out.RecommendedPort == nil || p.Port.Port != *out.RecommendedPort || !c.usable {
				continue
			}
			if p.NextStep != nil {
				return *p.NextStep
			}
			if len(bad) > 0 && out.Requirement.Mode == string(verdict.Any) {
				return fmt.Sprintf("Set the application to port %s%s.", p.Number(), ifItMay(out))
			}
		}
		return ""
	}
	var most *Cause
	for _, c := range Causes(decisive(out, bad), nil) {
		if c.Next != "" && (most == nil || Amount(c.Entries) > Amount(most.Entries)) {
			most = c
		}
	}
	if most == nil {
		return ""
	}
	return most.forAll(sameEverywhere(out, most.First)).Next
}

// atItself reports whether the place where a port's connection stops is the server's own address.
func atItself(p *Entry) bool {
	return p.Where != nil && p.Where.Party == string(verdict.Server) && Value(p.Where.Address) == *p.Address
}

// ifItMay limits an advice: ports that were named one by one need not be one application's.
func ifItMay(out *TargetView) string {
	if g := out.Requirement.Groups; len(g) > 0 && g[0].Name != "" {
		return ""
	}
	return ", if it may use any of these"
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
