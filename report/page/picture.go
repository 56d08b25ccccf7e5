package page

import (
	"fmt"
	"slices"

	"whyport/report"
	"whyport/report/phrase"
)

// picture is the way from this computer to the server with the place where it stops, in pieces that
// are kept whole: "this computer", "-> hop 1 10.1.0.1", "-> X stops here", ... ; nil where no path is known.
func picture(p *report.Entry, server string, unicode bool) []string {
	arrow, stop := "->", "X"
	if unicode {
		arrow, stop = "→", "✖"
	}
	hop, party := 0, ""
	if p.Where != nil {
		party = p.Where.Party
		if p.Where.Hop != nil {
			hop = *p.Where.Hop
		}
	}
	if party == "this-computer" {
		return []string{"this computer", stop + " stops here", "  " + server}
	}
	if p.Path == nil || len(p.Path.Hops) == 0 {
		return nil
	}
	pieces := []string{"this computer"}
	last := lastShown(p, hop)
	if d := p.Path.Distance; d != nil && last >= *d {
		last = *d - 1 // the server itself ends the picture
	}
	for _, h := range p.Path.Hops[:last] {
		if h.TTL == hop && h.Address == nil { // it kept silent on this walk, and is known otherwise
			h.Address, h.Name = p.Where.Address, p.Where.Name
		}
		pieces = append(pieces, arrow+" "+hopLabel(h))
	}
	if report.IsTrue(p.Usable) || p.State == "open" || p.State == "unknown" && p.Connect != nil {
		return append(pieces, arrow+" "+server)
	}
	at := "stops here"
	switch {
	case p.State == "closed":
		return append(pieces, arrow+" "+stop+" refused by "+server)
	case party == "server" && p.Where.OrNext: // the last router may be the one
		return append(pieces, arrow+" "+stop+" stops at or just before "+server)
	case party == "server":
		return append(pieces, arrow+" "+stop+" stops at "+server)
	case hop > 0 && p.Where.Confidence == "possible":
		at = "seems to stop about here"
	case p.Where != nil && p.Where.OrNext:
		at = "stops here or at the next hop"
	case hop == 0:
		at = "stops somewhere behind"
	}
	return append(pieces, stop+" "+at, "... "+server)
}

// lastShown is the number of hops to show: up to the place where it stops, or the last that answered.
func lastShown(p *report.Entry, hop int) int {
	hops := p.Path.Hops
	answered := 0
	for i, h := range hops {
		if h.Address != nil && h.End == nil {
			answered = i + 1
		}
	}
	if hop > 0 && hop <= len(hops) {
		return hop
	}
	if i := slices.IndexFunc(hops, func(h report.Hop) bool { return h.End != nil }); i >= 0 {
		return min(answered, i)
	}
	return answered
}

func hopLabel(h report.Hop) string {
	s := fmt.Sprintf("hop %d ", h.TTL)
	if h.Address == nil {
		return s + "(no answer)"
	}
	s += *h.Address
	if h.Name != nil {
		s += " (" + phrase.Short(*h.Name, 30) + ")"
	}
	return s
}
