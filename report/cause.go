package report

import (
	"fmt"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Cause is one explanation with all the ports that it holds for.
type Cause struct {
	Entries []*Entry // of the first address that it was seen at
	First   *Entry
	Why     string
	Next    string
	Caveats []Note
}

// Causes groups ports by equal explanation, in the order of first appearance; addresses are those at which they fare
// alike. The sentences are made once, for all ports and addresses together.
func Causes(entries []*Entry, addresses []string) (out []*Cause) {
	known := map[causeKey]*Cause{}
	for _, e := range entries {
		if e.NextStep == nil && len(e.Caveats) == 0 && len(e.Notes) == 0 {
			continue
		}
		key := keyOf(e)
		c := known[key]
		if c == nil {
			c = &Cause{First: e}
			known[key] = c
			out = append(out, c)
		}
		c.Entries = append(c.Entries, e)
	}
	for _, c := range out {
		w := c.forAll(addresses)
		c.Why, c.Next, c.Caveats = w.Why, w.Next, mergedCaveats(c.Entries)
	}
	return out
}

// forAll says of all ports and addresses what is said of the first.
func (c *Cause) forAll(addresses []string) words.Sentences {
	return c.First.says(PortList(c.Entries), addresses)
}

// causeKey is what ports with one explanation have in common; says is about ports that are not named.
type causeKey struct {
	state, reason, host, usable, where, notes string
	says                                      words.Sentences
}

func keyOf(e *Entry) causeKey {
	says := e.says(unnamed, nil)
	says.Finding = "" // why says more
	return causeKey{e.State, e.Reason, Value(e.Host), UsableKey(e.Port), WhereKey(e.Where), noteCodes(e.Notes), says}
}

// unnamed stands for a list of ports where sentences are compared.
const unnamed = "these ports"

func noteCodes(notes []Note) (codes string) {
	for _, n := range notes {
		codes += n.Code + " "
	}
	return codes
}

// WhereKey is equal for equal places.
func WhereKey(w *Where) string {
	if w == nil {
		return ""
	}
	hop := 0
	if w.Hop != nil {
		hop = *w.Hop
	}
	return fmt.Sprint(w.Party, hop, Value(w.Address), w.Confidence, w.OrNext)
}

// mergedCaveats are those of all ports, each code once, with the first one's sentence. That another port
// was looked at instead is no caveat where that port is one of them.
func mergedCaveats(entries []*Entry) (out []Note) {
	count, notes := map[string]int{}, []Note{}
	for _, p := range entries {
		for _, n := range p.Caveats {
			if count[n.Code]++; count[n.Code] == 1 {
				notes = append(notes, n)
			}
		}
	}
	for _, n := range notes {
		if n.Code != string(verdict.SameRule) || count[n.Code] == len(entries) {
			out = append(out, n)
		}
	}
	return out
}

// maxInHeading is the number of ports up to which a heading lists them.
const maxInHeading = 12

// Heading is what the explanation is for: "443 (https)", "ports 20, 80, 2000", "40 ports".
func (c *Cause) Heading() string {
	n := Amount(c.Entries)
	switch {
	case n == 1:
		return c.First.Label()
	case n > maxInHeading:
		return fmt.Sprintf("%d ports", n)
	}
	numbers := map[string][]uint16{}
	for _, e := range c.Entries {
		numbers[e.Protocol] = append(numbers[e.Protocol], e.Numbers...)
	}
	tcp, udp := numbers[string(evidence.TCP)], numbers[string(evidence.UDP)]
	switch {
	case len(udp) == 0:
		return "ports " + phrase.Ranges(tcp)
	case len(tcp) == 0:
		return "ports UDP " + phrase.Ranges(udp)
	}
	return "ports " + phrase.Ranges(tcp) + " and udp " + phrase.Ranges(udp)
}

// UsableKey is equal where as much is known of usability.
func UsableKey(p *Port) string {
	if p.Usable == nil {
		return "?"
	}
	return fmt.Sprint(*p.Usable)
}
