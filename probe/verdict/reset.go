package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// A RST answered: whose is it?

func instantReset(o *observed) Verdict {
	return Verdict{State: Blocked, Reason: LocalFirewallReject, Confidence: Likely, Where: &Where{Party: ThisComputer, Confidence: Likely}}
}

// refusedBeforeTheFirst: before the first router there is only this computer, and the router's entry; a router takes at
// least as long as its own time-exceeded does.
func (o *observed) refusedBeforeTheFirst() bool {
	hop, is := o.imposter()
	return o.refused() && is && hop == 0 && o.best.Elapsed < min(fast, o.nearestRTT()/2) && !ofAnother(o.best)
}

// ofAnother reports an answer that another device than this computer may have made, however fast: one on the wire before the first
// router (a bridging firewall), or that router, whose own errors take it longer than its refusals.
func ofAnother(a *evidence.Attempt) bool {
	const own = 250 * time.Microsecond // measured: 30 to 200 us
	return a.Later || a.Elapsed >= own
}

// AwaitsOthers reports a RST that may be made for an address that nobody has: what becomes of silent ports will tell.
func AwaitsOthers(p *evidence.Port, host *evidence.Host) bool {
	o := observe(p, host)
	return o.refused() && !o.udp() && o.icmp == nil && !o.here() && !o.host.ReferenceProven
}

// nobodyThere reports that the last router has searched its link for the address in vain, and that nothing proves the server.
func (o *observed) nobodyThere() bool {
	a := o.host.Unreachable
	return a != nil && a.ICMP != nil && a.ICMP.Unreachable() && a.Elapsed > search && !sameAddr(a.ICMP.From, o.port.Addr) &&
		!o.here() && !o.udp() && !o.host.ReferenceProven
}

// resetForNobody: a device on the way answers in the name of an address that nobody has.
func resetForNobody(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: ResetByMiddlebox, Confidence: Likely}
	if at := o.answeredAt(); at > 1 {
		v.Where = o.atHop(at-1, true)
	}
	return v
}

func resetOnTheWay(o *observed) Verdict {
	hop, is := o.imposter()
	if hop == 0 || !is {
		v := Verdict{State: Blocked, Reason: ResetByMiddlebox, Confidence: Likely, Where: o.atHop(1, false)}
		if o.best.Elapsed < fast {
			v.Where.Confidence, v.Caveats = Possible, []Caveat{TooNear}
		}
		return v
	}
	return Verdict{
		State:      Blocked,
		Reason:     ResetByMiddlebox,
		Confidence: Likely,
		Where:      o.atDevice(hop, o.port.Origin == nil || o.port.Origin.ArrivalTTL == 0),
	}
}

// closed: where the answer's origin is proven, certain; a firewall on the server itself can still imitate it.
func closed(o *observed) Verdict {
	v := Verdict{
		State:      Closed,
		Reason:     Reset,
		Confidence: Likely,
		Where:      &Where{Party: Server, Hop: o.host.Reference.Distance(), Address: o.port.Addr, Confidence: Likely},
	}
	hop, byNAT := o.natAnswer()
	switch {
	case byNAT:
		v.Where.Party, v.Where.Hop = ServerNetwork, hop
	case o.here():
		v.Confidence, v.Where.Confidence, v.Where.Hop = Certain, Certain, 0
	case o.provenServer():
		v.Confidence, v.Where.Confidence = Certain, Certain
	case o.best.Unattributed: // an ICMP error looks the same on this system
		v.Confidence, v.Where.Confidence, v.Caveats = Possible, Possible, []Caveat{MayBeImitated}
	default:
		v.Caveats = append(v.Caveats, MayBeImitated)
		if o.host.ReferenceLost && !o.host.ReferenceProven { // it seemed to come from nearer before
			v.Confidence, v.Where.Confidence = Possible, Possible
		}
		if o.port.Origin == nil && !o.host.ReferenceProven {
			v.Caveats = append(v.Caveats, PlaceUnproven)
		}
	}
	if byNAT || o.forwards() {
		v.Caveats = append(v.Caveats, Forwarded)
	}
	return v
}
