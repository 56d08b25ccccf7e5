package verdict

import (
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// observed is one port's evidence with what the rules ask of it more than once.
type observed struct {
	port *evidence.Port
	host *evidence.Host
	best *evidence.Attempt // never nil: the zero Attempt where nothing was tried
	icmp *evidence.ICMP    // of best
}

func observe(p *evidence.Port, h *evidence.Host) *observed {
	if h == nil {
		h = &evidence.Host{Addr: p.Addr}
	}
	o := &observed{port: p, host: h, best: p.Best()}
	if o.best == nil {
		o.best = &evidence.Attempt{}
	}
	o.icmp = o.best.ICMP
	return o
}

func (o *observed) connected() bool { return o.best.Outcome == evidence.Connected }
func (o *observed) refused() bool   { return o.best.Outcome == evidence.Refused && o.icmp == nil }
func (o *observed) silent() bool    { return o.best.Outcome == evidence.Silent }
func (o *observed) local() bool     { return o.best.Local }
func (o *observed) udp() bool       { return o.port.Protocol == evidence.UDP }

// here reports whether the target is this computer itself.
func (o *observed) here() bool { return o.port.Addr.IsLoopback() || o.host.IsOwn(o.port.Addr) }

// fromOwn reports whether the ICMP error came from this computer.
func (o *observed) fromOwn() bool {
	return o.icmp != nil && (o.host.IsOwn(o.icmp.From) || o.icmp.From.IsLoopback())
}

// fromServer reports whether the ICMP error came from the tested address itself.
func (o *observed) fromServer() bool { return o.icmp != nil && sameAddr(o.icmp.From, o.port.Addr) }

func sameAddr(a, b netip.Addr) bool { return a.Unmap().WithZone("") == b.Unmap().WithZone("") }

// icmpIs compares type and code: v4's for IPv4, v6's for IPv6; a negative number matches nothing.
func (o *observed) icmpIs(v4type, v4code, v6type, v6code int) bool {
	if o.icmp == nil {
		return false
	}
	if o.icmp.V6() {
		return int(o.icmp.Type) == v6type && int(o.icmp.Code) == v6code
	}
	return int(o.icmp.Type) == v4type && int(o.icmp.Code) == v4code
}

// stuck reads the TCP_INFO of the first socket that saw a retransmit (Linux; after 1 s): whether a SYN left this
// computer. Without such a socket both are false.
func (o *observed) stuck() (dropped, unresolved bool) {
	for _, a := range o.port.Attempts {
		if i := a.TCP; i != nil && i.Retransmits > 0 {
			return i.TotalRetrans > 0 && i.Retrans == 0, i.TotalRetrans == 0
		}
	}
	return false, false
}

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

func (o *observed) walks() (out []*evidence.Walk) {
	for _, w := range append([]*evidence.Walk{o.port.Walk, o.host.Reference}, o.host.Others...) {
		if w != nil {
			out = append(out, w)
		}
	}
	return out
}

// answeredAt is the distance at which this port's SYN-ACK or RST was made: its smallest TTL that got it, or the
// reference's distance if it arrives with the same TTL; 0 unknown.
func (o *observed) answeredAt() uint8 {
	origin := o.port.Origin
	switch {
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

const unknownHop = 255

func (o *observed) nearerAnswer() (hop uint8, is bool) {
	if o.here() || !o.steady() {
		return 0, false
	}
	at, origin := o.answeredAt(), o.port.Origin
	if at > 0 && o.farthestRouter() >= at {
		return at - 1, true
	}
	server := o.host.Reference.Distance()
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
		if answered(a) {
			return max(at, 1) - 1, true
		}
	}
	for _, a := range origin.MinTTL {
		if answered(a) && a.MinTTL > o.host.ArrivalTTL {
			return unknownHop, true
		}
	}
	return 0, o.host.ReferenceProven && len(origin.MinTTL) == 0 && o.tooSoon()
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

// tooSoon reports an answer in less than half the time that the server's take: what is left to go by where the
// system can't compare TTLs.
func (o *observed) tooSoon() bool {
	const worth = 5 * time.Millisecond
	rtt := referenceRTT(o.host)
	return o.best.Elapsed > 0 && o.best.Elapsed < rtt/2 && rtt-o.best.Elapsed > worth
}

func answered(a evidence.Attempt) bool {
	return a.ICMP == nil && (a.Outcome == evidence.Connected || a.Outcome == evidence.Refused)
}

// steady reports that whatever answered did so alike: the port's attempts, and the probes for who sent the answer. Where
// a SYN-ACK came first and a RST later the rules have changed meanwhile, and the probes say nothing of the first.
func (o *observed) steady() bool {
	if origin := o.port.Origin; origin != nil {
		for _, a := range slices.Concat(origin.Short, origin.MinTTL) {
			if answered(a) && a.Outcome != o.best.Outcome {
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
	return !is && len(origin.MinTTL) > 0
}

// instant reports an answer too fast to have left this computer: the host is farther away, and so is the nearest router.
func (o *observed) instant() bool {
	const fast, far = 500 * time.Microsecond, 5 * time.Millisecond
	return !o.here() && o.best.Elapsed > 0 && o.best.Elapsed < fast && o.host.Reference.Distance() > 1 &&
		referenceRTT(o.host) > far && o.best.Elapsed < o.leastRTT()/2
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
		if h := w.At(1); h.ICMP != nil && h.ICMP.TimeExceeded() {
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

// noWindow reports a SYN-ACK that let nothing be sent, as devices do that answer before they know the server.
func (o *observed) noWindow() bool {
	i := o.best.TCP
	return o.connected() && i != nil && i.HasSndWnd && i.SndWnd == 0
}

// lost reports whether SYNs went unanswered although the port answers; the kernel's own retransmits count, too.
func (o *observed) lost() bool {
	if i := o.best.TCP; o.connected() && i != nil && i.TotalRetrans > 0 {
		return true
	}
	for _, a := range o.port.Attempts {
		if a.Outcome == evidence.Silent {
			return o.port.Answered() > 0
		}
	}
	return false
}

// disagreed reports whether attempts were answered differently: the rules changed, or several devices answer.
func (o *observed) disagreed() bool {
	for _, a := range o.port.Attempts {
		if a.Outcome.Answered() && a.Outcome != o.best.Outcome {
			return true
		}
	}
	return (o.connected() || o.refused()) && !o.steady()
}

// acceptsEveryPort reports whether all control ports were answered as open.
func (o *observed) acceptsEveryPort() bool {
	for i := range o.host.Controls {
		if a := o.host.Controls[i].Best(); a == nil || a.Outcome != evidence.Connected {
			return false
		}
	}
	return len(o.host.Controls) > 0
}

// hostSilent reports whether nothing at all came from the tested address: no port, no control.
func (o *observed) hostSilent() bool {
	for i := range o.host.Controls {
		if o.host.Controls[i].Answered() > 0 {
			return false
		}
	}
	return len(o.host.Controls) > 0 && o.host.RTT == 0 && o.host.Reference.Distance() == 0
}
