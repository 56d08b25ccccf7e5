package verdict

import (
	"net/netip"

	"whyport/probe/evidence"
)

// EgressRounds is how often a port must have been silent at a hop where another port was answered before and after it,
// before that says anything: routers limit their errors, and packets get lost.
const EgressRounds = 4

// Egress says whether packets to a port leave this network, by how far they got where those to another port (the host's
// reference) went on. What happens in the server's network, or at the server, is no rule of the network that they leave. The
// port's attempts have a hop limit: silent ones are rounds that count, others an answer that came from nearer than it should.
func Egress(p *evidence.Port, h *evidence.Host) Verdict {
	o := observe(p, h)
	v := o.egress()
	if v.Confidence == "" {
		v.Confidence = Certain
	}
	if v.Where != nil {
		v.Where.Name = o.host.Names[v.Where.Address]
	}
	return v
}

func (o *observed) egress() Verdict {
	farthest := o.host.Reference.LastReply().TTL
	last := o.port.Walk.LastReply().TTL
	switch {
	case o.best.Outcome == evidence.Interrupted:
		return Verdict{State: Unknown, Reason: Interrupted, Rule: "interrupted"}
	case o.best.Outcome == evidence.Unheard:
		return Verdict{State: Unknown, Reason: NotTested, Rule: "unheard"}
	case o.best.Outcome == evidence.NoSocket:
		return Verdict{State: Unknown, Reason: NoSockets, Rule: "no-sockets"}
	case o.local(), o.fromOwn() && !o.icmp.TimeExceeded():
		return Judge(o.port, o.host)
	case farthest == 0:
		return unclear()
	case last >= farthest && o.best.ByTCP() && o.best.TTL < o.host.Reference.Distance():
		return o.takenOnTheWayOut()
	case last >= farthest && o.outside(farthest):
		return leaves()
	case last >= farthest:
		return unclear() // a rule of that router itself would not be seen
	case o.icmp != nil && !o.icmp.TimeExceeded():
		return o.refusedOnTheWayOut()
	case o.best.ByTCP():
		return o.takenOnTheWayOut()
	case len(o.port.Attempts) < EgressRounds:
		return unclear()
	}
	next, _ := o.owner(o.nextReply(last), last+1)
	v := Verdict{State: Filtered, Reason: NoResponse, Confidence: Likely, Where: o.atHop(last, true), Rule: "silent"}
	if last == 0 {
		v.Where = o.atHop(1, !o.host.Reference.At(1).Addr.IsValid())
		v.Where.Confidence = Possible
	}
	if isServerSide(next) || isServerSide(v.Where.Party) {
		return leaves()
	}
	if o.severalPaths() {
		v.Caveats = []Caveat{EqualCostPaths}
		v.Where.Confidence = Possible
	}
	return v
}

// EgressFar is the hop up to which is looked: behind it lies the Internet.
const EgressFar = 12

// outside reports that what gets to a router, the last that answers, has left this network: it is far away, the server's
// neighbour, or the second with a public address in a row; or the server answered the port itself from behind it.
func (o *observed) outside(farthest uint8) bool {
	reference := o.host.Reference
	d := reference.Distance()
	if farthest >= EgressFar || d == farthest+1 || o.best.ByTCP() && o.best.TTL == d ||
		d > farthest && reference.To.Port() == o.port.Port {
		return true
	}
	public := 0
	for _, h := range reference.Hops {
		if h.ICMP == nil || !h.ICMP.TimeExceeded() {
			continue
		}
		if public++; isLocalSpace(h.Addr) || o.nearOwn(h.Addr) {
			public = 0
		}
	}
	return public > 1
}

func isServerSide(p Party) bool { return p == Server || p == ServerNetwork }

// nextReply is the first router behind a hop that answered for the reference.
func (o *observed) nextReply(after uint8) (a netip.Addr) {
	for _, h := range o.host.Reference.Hops {
		if h.TTL > after && h.ICMP != nil && h.ICMP.TimeExceeded() {
			return h.Addr
		}
	}
	return a
}

func unclear() Verdict { return Verdict{State: Unknown, Reason: NotTested, Rule: egressUnclear} }
func leaves() Verdict  { return Verdict{State: Unknown, Reason: LeavesNetwork, Rule: egressLeaves} }

// refusedOnTheWayOut: a router said no, and says who it is.
func (o *observed) refusedOnTheWayOut() Verdict {
	for _, r := range refusals() {
		if r.when(o) {
			v := r.then(o)
			v.Rule = r.name
			if v.Where != nil && isServerSide(v.Where.Party) {
				return leaves()
			}
			return v
		}
	}
	return unclear()
}

// takenOnTheWayOut: a RST or SYN-ACK came although the packet could not have got farther than a router that the reference
// passes: something nearer answered in the server's place.
func (o *observed) takenOnTheWayOut() Verdict {
	v := Verdict{State: Blocked, Reason: ResetByMiddlebox, Confidence: Likely, Rule: "imposter-resets"}
	if o.connected() {
		v.Reason, v.Rule = MiddleboxAnswer, "imposter-answers"
	}
	if last := o.port.Walk.LastReply().TTL; last > 0 {
		v.Where = o.atHop(last, true)
	} else {
		v.Where = o.atHop(1, false)
	}
	if isServerSide(v.Where.Party) {
		return leaves()
	}
	return v
}
