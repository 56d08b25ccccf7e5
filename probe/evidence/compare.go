package evidence

import (
	"net/netip"
	"slices"
)

// Predicates that say how facts relate to each other, before anybody says what they mean.

// ByTCP reports a SYN-ACK or a RST. An ICMP error has a sender of its own.
func (a Attempt) ByTCP() bool {
	return a.ICMP == nil && (a.Outcome == Connected || a.Outcome == Refused)
}

// SameError reports that two attempts were answered by the same ICMP error of the same sender.
func (a Attempt) SameError(b *Attempt) bool {
	return a.ICMP != nil && b.ICMP != nil && a.ICMP.From == b.ICMP.From && a.ICMP.Type == b.ICMP.Type && a.ICMP.Code == b.ICMP.Code
}

// Unreachable reports that a router has no route to the host, or nobody is there.
func (i *ICMP) Unreachable() bool {
	if i.V6() {
		return i.Type == 1 && (i.Code == 0 || i.Code == 3)
	}
	return i.Type == 3 && (i.Code == 0 || i.Code == 1)
}

// Stuck reads the TCP_INFO of the first socket that saw a retransmit (Linux; after 1 s): whether this computer dropped
// the SYN itself, or never got it out of its queue. Measured on Linux 6.18: a drop in the own OUTPUT chain leaves
// retrans at 0, an unresolved neighbour total_retrans. Without such a socket both are false.
func (p *Port) Stuck() (dropped, unresolved bool) {
	for _, a := range p.Attempts {
		if i := a.TCP; i != nil && i.Retransmits > 0 {
			return i.TotalRetrans > 0 && i.Retrans == 0, i.TotalRetrans == 0
		}
	}
	return false, false
}

// Open reports that a connection was made.
func (p *Port) Open() bool {
	best := p.Best()
	return best != nil && best.Outcome == Connected
}

// Refused reports a RST.
func (p *Port) Refused() bool {
	best := p.Best()
	return best != nil && best.Outcome == Refused && best.ICMP == nil
}

// Has reports whether an address answered on the walk.
func (w *Walk) Has(a netip.Addr) bool {
	return w != nil && slices.ContainsFunc(w.Hops, func(h Hop) bool { return h.Addr == a })
}

// SameEnd reports that two walks were last answered by the same router.
func SameEnd(a, b *Walk) bool {
	return a.LastReply().TTL == b.LastReply().TTL && a.LastReply().Addr == b.LastReply().Addr
}

// EndedAlike reports that two walks ended with the same kind of answer.
func EndedAlike(a, b *Walk) bool {
	return a.At(a.Distance()).End == b.At(b.Distance()).End
}

// Nearer reports whether something answered a SYN that the reference could not have answered.
func (o *Origin) Nearer() bool {
	return slices.ContainsFunc(slices.Concat(o.Short, o.MinTTL), func(a Attempt) bool { return a.ByTCP() })
}
