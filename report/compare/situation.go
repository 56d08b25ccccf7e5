package compare

import (
	"net/netip"
	"slices"

	"whyport/report"
)

// situationOf compares the computers and addresses of two runs.
func situationOf(a, b *Run) situation {
	sameName := report.Value(a.Computer) != "" && report.Value(a.Computer) == report.Value(b.Computer)
	shared := slices.ContainsFunc(a.From, func(one string) bool { return slices.Contains(b.From, one) })
	switch {
	case sameName && shared:
		return sameComputer
	case sameName:
		return otherPlace
	case neighbours(a.From, b.From):
		return sameNetwork
	}
	return otherNetwork
}

// Prefixes within which two addresses are taken to be of one network: the usual sizes of a segment (IPv6: RFC 7421).
const (
	segment4 = 24
	segment6 = 64
)

func neighbours(a, b []string) bool {
	for _, one := range a {
		for _, two := range b {
			x, err := netip.ParseAddr(one)
			y, err2 := netip.ParseAddr(two)
			if err != nil || err2 != nil || x == y || x.IsLinkLocalUnicast() {
				continue
			}
			bits := segment4
			if x.Is6() {
				bits = segment6
			}
			if p, err := x.Prefix(bits); err == nil && p.Contains(y) {
				return true
			}
		}
	}
	return false
}
