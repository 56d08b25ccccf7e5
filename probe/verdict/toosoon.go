package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// What came back sooner than the server can have sent it: the end of a conversation after a ClientHello, a page.

// tlsCutTooSoon reports an end that came back in less than half the time that the server needs: of the ClientHello, or of the
// smaller one for the same name, since a busy computer measures one of them too long.
func (o *observed) tlsCutTooSoon() bool {
	t := o.tls()
	if o.here() || t == nil || !ended(t.State) || t.Handshake == 0 {
		return false
	}
	took := t.Handshake
	for _, v := range t.Variants {
		if v.Kind == "small-hello" && v.State == t.State && v.After > 0 {
			took = min(took, v.After)
		}
	}
	return Sooner(took, o.host.RTT)
}

func ended(s evidence.TLSState) bool { return s == evidence.TLSReset || s == evidence.TLSEOF }

// soonestCut is the shortest time after which a ClientHello was met with an end: delays only make it longer.
func (o *observed) soonestCut() time.Duration {
	soonest := o.tls().Handshake
	for _, v := range o.tls().Variants {
		if ended(v.State) && v.After > 0 {
			soonest = min(soonest, v.After)
		}
	}
	return soonest
}

// putWithinReach says from how far away, at most, an answer can come in a time: from behind the last hop whose own answer was
// as fast, give or take what a single round trip varies. Less than half of the way to the first router is this computer, or a
// device on its link, which can't be told apart. Possible at most.
func (o *observed) putWithinReach(v *Verdict, took time.Duration) {
	nearest := o.nearestRTT()
	if took < fast && took < nearest/2 {
		v.Where = &Where{Party: LocalNetwork, Confidence: Possible}
		v.Caveats = append(v.Caveats, TooNear)
		return
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
	v.Where = o.atHop(hop, true)
	v.Where.Confidence = Possible
}

func tlsResetNearer(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: o.quietReason(), Confidence: Likely, Caveats: []Caveat{NothingSpoke}}
	o.putWithinReach(&v, o.soonestCut())
	return v
}

func pageTooSoon(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely}
	o.putWithinReach(&v, o.speech().HTTP.After)
	if v.Where.Hop+1 == o.host.Reference.Distance() {
		v.Where.OrNext = false // that is the server
	}
	return v
}
