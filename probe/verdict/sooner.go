package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// Which of two answers came sooner, and whether that says anything.

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

// pageSooner reports a page that came in the open in less than half of the server's round trip, and so not from the server. A
// proxy that says so (Via; RFC 9110, 7.6.3) may have kept a copy of the server's.
func pageSooner(s *evidence.Speech, rtt time.Duration) bool {
	h := s.HTTP
	return h != nil && h.After > 0 && Sooner(h.After, rtt) && !s.TLS.Completed() && (h.Via == "" || h.Status >= 400)
}
