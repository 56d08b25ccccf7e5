package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// What is worth a closer look. The engine asks these, so that what decides a verdict decides what is looked at, too.

// Complete reports whether a port's first look says all: nothing was tried, this computer refused, an application
// answered, or a datagram got an answer.
func Complete(p *evidence.Port, h *evidence.Host) bool {
	best := p.Best()
	switch {
	case best == nil || best.Local || best.Outcome == evidence.NoSocket || best.Outcome == evidence.Interrupted,
		best.Outcome == evidence.Unheard:
		return true
	case best.ICMP != nil && h.IsOwn(best.ICMP.From):
		return true
	case p.Protocol == evidence.UDP:
		return best.ICMP == nil && best.Outcome != evidence.Silent
	}
	return best.Outcome == evidence.Connected && p.Speech.SignOfLife() && !saidOnTheWay(p.Speech, best.RoundTrip())
}

// saidOnTheWay reports words that somebody between may have said, or stopped: a page sooner than the server can have sent it, or
// requests of which only those with the true host are not answered.
func saidOnTheWay(s *evidence.Speech, rtt time.Duration) bool {
	return pageSooner(s, rtt) || onlyTrueHost(s)
}

// NeedsOrigin reports that the answer is none of ICMP: a SYN-ACK or RST does not say who sent it; an ICMP error does.
func NeedsOrigin(p *evidence.Port) bool {
	best := p.Best()
	return p.Protocol == evidence.TCP && best != nil && best.ICMP == nil
}

// Refused is the ICMP error that a router can hold back for other ports; nil if the port got none.
func Refused(p *evidence.Port, h *evidence.Host) *evidence.Attempt {
	best := p.Best()
	if best == nil || best.ICMP == nil || h.IsOwn(best.ICMP.From) || p.Protocol != evidence.TCP {
		return nil
	}
	return best
}

// LeftThisComputer reports whether a SYN got out, as far as is known.
func LeftThisComputer(p *evidence.Port) bool {
	dropped, unresolved := p.Stuck()
	return !dropped && !unresolved
}
