package verdict

import (
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// Who sent a SYN-ACK or RST: the server, or something nearer?

// farthestRouter is the largest TTL at which a router, not the target, was seen on any walk to this host.
func (o *observed) farthestRouter() (far uint8) {
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && !sameAddr(h.Addr, o.port.Addr) {
				far = max(far, h.TTL)
			}
		}
	}
	return far
}

// answeredAt is the distance at which this port's SYN-ACK or RST was made: its smallest TTL that got it, or the
// reference's distance if it arrives with the same TTL; 0 unknown.
func (o *observed) answeredAt() uint8 {
	origin := o.port.Origin
	switch {
	case o.entered():
		return 1
	case origin != nil && origin.Distance > 0:
		return origin.Distance
	case o.port.Walk.Distance() > 0:
		return o.port.Walk.Distance()
	case origin != nil && origin.ArrivalTTL > 0 && origin.ArrivalTTL == o.host.ArrivalTTL && o.walkAgrees(o.host.Reference):
		return o.host.Reference.Distance()
	}
	return 0
}

// walkAgrees reports that a walk, if it led to this port, ended as the port's own attempts did: otherwise the rules have
// changed meanwhile, and it says nothing of who answered.
func (o *observed) walkAgrees(w *evidence.Walk) bool {
	end := w.At(w.Distance())
	return w.Distance() == 0 || w.To.Port() != o.port.Port || end.ICMP != nil || end.End == o.best.Outcome
}

// imposter reports whether something nearer than the server answered, and after which hop: 0 is before the first
// router, unknownHop where only the fact is known.
func (o *observed) imposter() (hop uint8, is bool) {
	if _, nat := o.natAnswer(); nat {
		return 0, false
	}
	return o.nearerAnswer()
}

// natAnswer reports that the nearer device that answered has the tested address itself, and its hop: it passes other
// ports on (port forwarding), and this one is its own.
func (o *observed) natAnswer() (hop uint8, is bool) {
	if at := o.answeredAt(); at > 0 && o.passedOnAt() >= at {
		return at, true
	}
	hop, is = o.nearerAnswer()
	if !is || hop == unknownHop {
		return 0, false
	}
	for _, at := range []uint8{hop, hop + 1} {
		if sameAddr(o.addressAt(at), o.port.Addr) {
			return at, true
		}
	}
	return 0, false
}

// passedOnAt is the farthest hop from which a time-exceeded came under the tested address itself: a NAT device there, or
// one before it that translates such errors, passes ports on. 0: none.
func (o *observed) passedOnAt() (far uint8) {
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && sameAddr(h.Addr, o.port.Addr) {
				far = max(far, h.TTL)
			}
		}
	}
	return far
}

const unknownHop = 255

func (o *observed) nearerAnswer() (hop uint8, is bool) {
	if o.here() || !o.steady() {
		return 0, false
	}
	if o.entered() && o.routerNext().IsValid() {
		return 0, true
	}
	at, origin := o.answeredAt(), o.port.Origin
	if at > 0 && o.farthestRouter() >= at {
		if hop := o.madeBy(at); hop > 0 {
			return hop, true
		}
		return at - 1, true
	}
	if hop := o.resetByLastRouter(at); hop > 0 {
		return hop, true
	}
	server := o.host.Reference.Distance()
	if at > 0 && server > at { // another port's answer is made farther away
		return at - 1, true
	}
	if server == 0 || origin == nil {
		return 0, false
	}
	// The server's own errors come back over more hops than this answer did.
	if ttl, far := origin.ArrivalTTL, o.serverErrorTTL(); far > 0 && ttl > far && ttl-far < server {
		return server - (ttl - far), true
	}
	// It came back over fewer hops than the server's answers do: that many hops are missing.
	if ttl, far := origin.ArrivalTTL, o.host.ArrivalTTL; far > 0 && ttl > far && ttl-far < server {
		return server - (ttl - far), true
	}
	for _, a := range origin.Short {
		if a.ByTCP() {
			return max(at, 1) - 1, true
		}
	}
	// A higher TTL at the same distance, or farther, may be another beginning (64, 128, 255): only where it ends at tells.
	beginning := at >= server && (origin.ArrivalTTL == 0 || o.asFarAway())
	for _, a := range origin.MinTTL {
		if a.ByTCP() && o.host.ArrivalTTL > 0 && a.MinTTL > o.host.ArrivalTTL && !beginning {
			return unknownHop, true
		}
	}
	return 0, o.host.ReferenceProven && len(origin.MinTTL) == 0 && o.tooSoon()
}

// tooSoon reports an answer in less than half the time that the server's take: what is left to go by where the
// system can't compare TTLs.
func (o *observed) tooSoon() bool {
	return o.best.Elapsed > 0 && Sooner(o.best.Elapsed, referenceRTT(o.host))
}

// steady reports that whatever answered did so alike: the port's attempts, and the probes for who sent the answer. Where
// a SYN-ACK came first and a RST later the rules have changed meanwhile, and the probes say nothing of the first.
func (o *observed) steady() bool {
	if origin := o.port.Origin; origin != nil {
		for _, a := range slices.Concat(origin.Short, origin.MinTTL) {
			if a.ByTCP() && a.Outcome != o.best.Outcome {
				return false
			}
		}
	}
	return o.walkAgrees(o.port.Walk)
}

// provenServer reports whether the answer is known to come from where the server is: as far, and with the same
// arrival TTL, as a port whose application answered.
func (o *observed) provenServer() bool {
	if o.here() {
		return true
	}
	origin := o.port.Origin
	if !o.host.ReferenceProven || origin == nil {
		return false
	}
	if server := o.host.Reference.Distance(); server == 1 {
		return true
	} else if server == 0 || len(origin.Short) == 0 {
		return false
	}
	_, is := o.imposter()
	return !is && len(origin.MinTTL) > 0 && origin.ArrivalTTL == o.host.ArrivalTTL &&
		!slices.ContainsFunc(origin.MinTTL, evidence.Attempt.ByTCP)
}

// fast is what no answer from another computer over a router beats; a single round trip to that router may have been
// measured too long on a busy machine.
const fast = 500 * time.Microsecond

// instant reports an answer too fast to have left this computer: the host is farther away, and so is the nearest router.
// Time counts only where hops and TTLs do not show the server: a busy machine measures others' answers too long.
func (o *observed) instant() bool {
	const far = 5 * time.Millisecond
	return !o.here() && !o.provenServer() && o.best.Elapsed > 0 && o.best.Elapsed < fast && o.host.Reference.Distance() > 1 &&
		referenceRTT(o.host) > far && o.best.Elapsed < o.leastRTT()/2
}

// severalPaths reports that different routers answered at the same hop.
func (o *observed) severalPaths() bool {
	at := map[uint8]netip.Addr{}
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP == nil || !h.ICMP.TimeExceeded() {
				continue
			}
			if a, known := at[h.TTL]; known && !sameAddr(a, h.Addr) {
				return true
			}
			at[h.TTL] = h.Addr
		}
	}
	return false
}

// leastRTT is the shortest round trip to any router, 0 if none answered.
func (o *observed) leastRTT() (least time.Duration) {
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && (least == 0 || h.RTT < least) {
				least = h.RTT
			}
		}
	}
	return least
}

// referenceRTT is the round trip of the reference walk's end.
func referenceRTT(h *evidence.Host) time.Duration {
	return h.Reference.At(h.Reference.Distance()).RTT
}

// nearestRTT is the round trip to the first router, 0 if it is not known.
func (o *observed) nearestRTT() time.Duration {
	for _, w := range o.walks() {
		if h := w.At(1); o.isRouter(h) {
			return h.RTT
		}
	}
	return 0
}

// forwards reports a NAT device: a router on the way answers with the target's own address.
func (o *observed) forwards() bool {
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && sameAddr(h.Addr, o.port.Addr) {
				return true
			}
		}
	}
	return false
}

func (o *observed) refusedNearer() bool { _, is := o.imposter(); return o.refused() && is }

// disagreed reports whether attempts were answered differently: the rules changed, or several devices answer.
func (o *observed) disagreed() bool {
	for _, a := range o.port.Attempts {
		if a.Outcome.Answered() && a.Outcome != o.best.Outcome {
			return true
		}
	}
	return (o.connected() || o.refused()) && !o.steady()
}
