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
	return best.Outcome == evidence.Connected && p.Speech.SignOfLife()
}

// NeedsOrigin reports that the answer is none of ICMP: a SYN-ACK or RST does not say who sent it; an ICMP error does.
func NeedsOrigin(p *evidence.Port) bool {
	best := p.Best()
	return p.Protocol == evidence.TCP && best != nil && best.ICMP == nil
}

// Worth is the least difference of two round trips that says anything: a busy machine makes smaller ones.
const Worth = 5 * time.Millisecond

// Sooner reports an answer that took less than half the time of another, and noticeably less.
func Sooner(took, than time.Duration) bool { return than > 2*took && than-took > Worth }

// AnsweredSooner reports that a port's answer came sooner than another's of the same host: something on the way may have
// answered it. What took as long as the server's repeated SYN-ACK (RFC 6298: 1 s) is no measure.
func AnsweredSooner(p, than *evidence.Port) bool {
	const repeated = 900 * time.Millisecond
	a, b := p.Best(), than.Best()
	if a == nil || b == nil || !b.ByTCP() || than.Protocol != evidence.TCP {
		return false
	}
	return Sooner(a.RoundTrip(), b.RoundTrip()) && b.RoundTrip() < repeated
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
