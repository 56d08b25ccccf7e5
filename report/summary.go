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
	out.recommended = recommendedOf(out, cs)
	out.Notes = append(out.Notes, targetNotes(out, t, cs)...)
	if t.Egress {
		out.Summary = phrase.Capital(leavesFinding(out)) + "."
		if next := targetNext(out, cs); next != "" {
			out.NextStep = &next
		}
		return
	}
	out.Summary = phrase.Capital(strings.Join(append([]string{mainFinding(out, cs)}, sideFindings(out, cs)...), "; ")) + "." +
		idleFinding(out)
	if next := targetNext(out, cs); next != "" {
		out.NextStep = &next
	}
}

// recommendedOf is the port that is recommended, at its addresses.
func recommendedOf(out *TargetView, cs []*candidate) *candidate {
	if out.RecommendedPort == nil {
		return nil
	}
	for _, c := range cs {
		if c.usable && c.ports[0].Protocol == Value(out.RecommendedProtocol) && slices.Contains(c.numbers(), *out.RecommendedPort) {
			return c
		}
	}
	return nil
}

// mainFinding is "1 of 2 ports usable: 443 (https); 587 (submission) is blocked at hop 1" or what stands in its way.
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
		return oneUnusable(cs[0])
	case usable == 0 && silent(cs):
		return fmt.Sprintf("0 of %d ports usable: nothing answers, the host is down or wholly filtered", all)
	case usable == 0:
		return joined(fmt.Sprintf("0 of %d ports usable", all), ": ", failures(out, cs))
	case all == 1:
		return joined(cs[0].best().Label()+" is usable", "; ", failures(out, cs))
	}
	s := fmt.Sprintf("%d of %d ports usable: %s", usable, all, usablePorts(cs, usable))
	if IsFalse(out.Requirement.Met) {
		s = fmt.Sprintf("%d of %d ports usable, but %s", usable, all, missing(out))
	} else if c := out.recommended; c != nil && usable > 1 && ofOneApplication(out) {
		s += "; use " + c.best().Number()
	}
	if discovers(out) {
		return s // nobody asked for those that fail
	}
	return joined(s, "; ", failures(out, cs))
}

// ofOneApplication reports whether one of the ports is enough for what a profile or its author named.
func ofOneApplication(out *TargetView) bool {
	m := out.Requirement.Mode
	g := out.Requirement.Groups
	return (m == string(verdict.Any) || m == "") && len(g) > 0 && g[0].Name != "" && !discovers(out)
}

// Impaired reports whether a port that somebody named by its number fails, or a family of addresses.
func (t *TargetView) Impaired() bool {
	cs := byCandidate(t.Entries)
	if f := brokenFamily(t, cs); f != nil && !f.absent {
		return true
	}
	g := t.Requirement.Groups
	return (len(g) == 0 || g[0].Name == "") && slices.ContainsFunc(cs, func(c *candidate) bool { return !c.usable })
}

func joined(s, separator string, more []string) string {
	if len(more) == 0 {
		return s
	}
	return s + separator + strings.Join(more, "; ")
}

// mostFates bounds the kinds of failure that a summary tells apart.
const mostFates = 6

// failures name the ports that do not work, and where.
func failures(out *TargetView, cs []*candidate) (parts []string) {
	family, addresses := brokenFamily(out, cs), brokenAddresses(cs)
	all := fates(cs, func(p *Entry) bool {
		return family != nil && family.family == FamilyOf(p) || family == nil && slices.Contains(addresses, Value(p.Address))
	})
	for i, f := range all {
		if i == mostFates-1 && len(all) > mostFates {
			rest := 0
			for _, f := range all[i:] {
				rest += f.amount
			}
			return append(parts, fmt.Sprintf("%d more fail in other ways", rest))
		}
		parts = append(parts, f.sentence())
	}
	return parts
}

// oneUnusable is for the only port of a target.
func oneUnusable(c *candidate) string {
	p := c.ports[0]
	finding := strings.Replace(p.Finding, ": ", ", ", 1)
	alike := !slices.ContainsFunc(c.ports, func(o *Entry) bool { return o.fate() != p.fate() })
	switch {
	case !alike:
		return fmt.Sprintf("%s is not usable: %s", p.Label(), fateOf(c.ports, false))
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

// usablePorts lists them: with their services as long as they are few.
func usablePorts(cs []*candidate, usable int) string {
	numbers := map[string][]uint16{}
	var labels []string
	for _, c := range cs {
		if !c.usable {
			continue
		}
		p := c.best()
		if usable <= maxInHeading {
			labels = append(labels, p.Label())
		}
		numbers[p.Protocol] = append(numbers[p.Protocol], c.numbers()...)
	}
	if usable <= maxInHeading {
		return strings.Join(labels, ", ")
	}
	return (&fate{numbers: numbers}).ports()
}

// silent reports that nothing at all came back from any address.
func silent(cs []*candidate) bool {
	for _, c := range cs {
		for _, p := range c.ports {
			if !slices.ContainsFunc(p.Caveats, func(n Note) bool { return n.Code == string(verdict.HostSilent) }) {
				return false
			}
		}
	}
	return true
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
