package verdict

import (
	"time"
	"whyport/probe/evidence"
)

// A ClientHello that was reset sooner than the server can.

// tlsResetTooSoon reports a reset that came back in less than half the time that the server needs.
func (o *observed) tlsResetTooSoon() bool {
	t := o.tls()
	return !o.here() && t != nil && t.State == evidence.TLSReset && t.Handshake > 0 && Sooner(t.Handshake, o.host.RTT)
}

// soonestReset is the shortest time after which a ClientHello was reset: delays only make it longer.
func (o *observed) soonestReset() time.Duration {
	soonest := o.tls().Handshake
	for _, v := range o.tls().Variants {
		if v.State == evidence.TLSReset && v.After > 0 {
			soonest = min(soonest, v.After)
		}
	}
	return soonest
}

// withinReach is the farthest place from which an answer can come in a time: behind the last hop whose own answer was
// as fast, give or take what a single round trip varies; or this computer, where it took less than half of the way to
// the first router. Possible at most.
func (o *observed) withinReach(took time.Duration) *Where {
	nearest := o.nearestRTT()
	if took < fast && took < nearest/2 {
		return &Where{Party: ThisComputer, Confidence: Possible}
	}
	var hop uint8
	if nearest > 0 {
		hop = 1
	}
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && h.RTT <= took+took/2+time.Millisecond {
				hop = max(hop, h.TTL)
			}
		}
	}
	w := o.atHop(hop, true)
	w.Confidence = Possible
	return w
}

func tlsResetNearer(o *observed) Verdict {
	return Verdict{
		State:      Blocked,
		Reason:     TLSReset,
		Confidence: Likely,
		Caveats:    []Caveat{NothingSpoke},
		Where:      o.withinReach(o.soonestReset()),
	}
}
