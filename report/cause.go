package report

import (
	"fmt"
	"strings"

	"whyport/probe/verdict"
)

// cause is one explanation with all the ports that it holds for.
type cause struct {
	ports   []*Port // of the first address that it was seen at
	first   *Port
	why     string
	next    string
	caveats []Note
}

// causes groups ports by equal explanation, in the order of first appearance. Ports of further
// addresses that behave alike are given by others: their addresses take the place of the first one's.
func causes(ports []*Port, addresses []string) (out []*cause) {
	known := map[string]*cause{}
	for _, p := range ports {
		if p.NextStep == nil && len(p.Caveats) == 0 && len(p.Notes) == 0 {
			continue
		}
		key := causeKey(p)
		c := known[key]
		if c == nil {
			c = &cause{first: p, caveats: p.Caveats}
			known[key] = c
			out = append(out, c)
		}
		c.ports = append(c.ports, p)
	}
	for _, c := range out {
		c.why = c.forAll(c.first.Why, addresses)
		c.next = c.forAll(value(c.first.NextStep), addresses)
		c.caveats = mergedCaveats(c.ports)
	}
	return out
}

// forAll says of all ports and addresses what a sentence says of the first.
func (c *cause) forAll(s string, addresses []string) string {
	s = replaceWhole(s, portPhrase(c.first.Protocol, c.first.Port), portList(c.ports))
	if len(addresses) < 2 || c.first.Address == nil {
		return s
	}
	all := strings.Join(addresses, ", ")
	if len(addresses) > 4 {
		all = fmt.Sprintf("%s and %d more", strings.Join(addresses[:3], ", "), len(addresses)-3)
	}
	return replaceWhole(s, *c.first.Address, all)
}

func causeKey(p *Port) string {
	phrase := portPhrase(p.Protocol, p.Port)
	return strings.Join([]string{
		p.State, p.Reason, value(p.Host), usableKey(p), whereKey(p.Where),
		noteCodes(p.Notes), replaceWhole(p.Why, phrase, "\x00"), replaceWhole(value(p.NextStep), phrase, "\x00"),
	}, "\x01")
}

func noteCodes(notes []Note) (codes string) {
	for _, n := range notes {
		codes += n.Code + " "
	}
	return codes
}

func whereKey(w *Where) string {
	if w == nil {
		return ""
	}
	hop := 0
	if w.Hop != nil {
		hop = *w.Hop
	}
	return fmt.Sprint(w.Party, hop, value(w.Address), w.Confidence, w.OrNext)
}

// mergedCaveats are those of all ports, each code once, with the first one's sentence. That another port
// was looked at instead is no caveat where that port is one of them.
func mergedCaveats(ports []*Port) (out []Note) {
	count, notes := map[string]int{}, []Note{}
	for _, p := range ports {
		for _, n := range p.Caveats {
			if count[n.Code]++; count[n.Code] == 1 {
				notes = append(notes, n)
			}
		}
	}
	for _, n := range notes {
		if n.Code != string(verdict.SameRule) || count[n.Code] == len(ports) {
			out = append(out, n)
		}
	}
	return out
}

// maxInHeading is the number of ports up to which a heading lists them.
const maxInHeading = 12

// heading is what the explanation is for: "443 (https)", "ports 20, 80, 2000", "40 ports".
func (c *cause) heading() string {
	if amount(c.ports) == 1 {
		return c.first.label()
	}
	if n := amount(c.ports); n > maxInHeading {
		return fmt.Sprintf("%d ports", n)
	}
	tcp, udp, _ := strings.Cut(portList(c.ports), " and UDP ")
	heading := "ports " + strings.TrimPrefix(tcp, "TCP ")
	if udp != "" {
		heading += " and udp " + udp
	}
	return heading
}
