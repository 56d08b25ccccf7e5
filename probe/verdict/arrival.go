package verdict

import "whyport/probe/evidence"

// What the TTL with which an answer arrives tells of its sender.

// asFarAway reports an answer that is made as far away as the reference's, and is begun with another TTL (64, 128 or 255).
func (o *observed) asFarAway() bool {
	at, server := o.answeredAt(), o.host.Reference.Distance()
	return at > 0 && at >= server && o.unlikeServer() && o.port.Origin.ArrivalTTL > o.host.ArrivalTTL+server
}

// madeBy is the router that an answer comes from, which the smallest TTL that gets it (at) leaves open: the router there, at
// its entry, or the one before it. Their own errors tell, where one of them comes back over as many hops as the answer
// does and as the router is away. 0: they do not.
func (o *observed) madeBy(at uint8) uint8 {
	if o.port.Origin == nil {
		return 0
	}
	back := evidence.HopGuess(o.port.Origin.ArrivalTTL)
	if at < 2 || back == 0 || back != at && back+1 != at {
		return 0
	}
	for _, w := range o.walks() {
		if h := w.At(back); h.ICMP != nil && h.ICMP.TimeExceeded() && h.ICMP.HopGuess() == back && !sameAddr(h.Addr, o.port.Addr) {
			return back
		}
	}
	return 0
}

// resetByLastRouter is the last router before the place where a RST seems to be made, if the RST comes back over as many
// hops as that router's own error: the server is one hop farther. It counts only while nothing proves that the server's
// answers, or its own errors, arrive like that, and where the way back is as long as the way there, as far as the router's
// error shows; 0: no.
func (o *observed) resetByLastRouter(at uint8) uint8 {
	if !o.refused() || at < 2 || o.port.Origin == nil {
		return 0
	}
	ttl, own := o.port.Origin.ArrivalTTL, o.serverErrorTTL()
	if o.host.ReferenceProven && !o.unlikeServer() || own > 0 && evidence.HopGuess(own) == evidence.HopGuess(ttl) {
		return 0
	}
	for _, w := range o.walks() {
		h := w.At(at - 1)
		if h.ICMP != nil && h.ICMP.TimeExceeded() && h.ICMP.HopGuess() == at-1 && evidence.HopGuess(ttl) == at-1 {
			return at - 1
		}
	}
	return 0
}

// unlikeServer reports that the answer arrives with another TTL than the reference's do.
func (o *observed) unlikeServer() bool {
	ttl := o.port.Origin.ArrivalTTL
	return ttl > 0 && o.host.ArrivalTTL > 0 && ttl != o.host.ArrivalTTL
}

// serverErrorTTL is the TTL with which an ICMP error of the tested address itself arrived; 0 if none came.
func (o *observed) serverErrorTTL() uint8 {
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && !h.ICMP.TimeExceeded() && sameAddr(h.Addr, o.port.Addr) {
				return h.ICMP.TTL
			}
		}
	}
	return 0
}
