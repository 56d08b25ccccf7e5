package verdict

import (
	"slices"
	"time"

	"whyport/probe/evidence"
)

type outcome = func(*observed) Verdict

func (o *observed) errno(names ...string) bool { return slices.Contains(names, o.best.Errno) }

// late reports an own "host unreachable" that took the time of a failed neighbour look-up; a reject in the
// own OUTPUT chain takes under a millisecond.
func (o *observed) late() bool {
	const soonest = 20 * time.Millisecond
	for _, a := range o.port.Attempts {
		if a.ICMP != nil && a.Elapsed > soonest {
			return true
		}
	}
	return false
}

func neighbor(o *observed) Verdict {
	return Verdict{State: Unreachable, Reason: NeighborUnresolved, Where: &Where{Party: LocalNetwork, Hop: 1, Confidence: Likely}}
}

// insideVirtual reports that the address is in a network inside this computer, in which nobody answered for it.
func (o *observed) insideVirtual() bool {
	return o.host.Link.Virtual() && (o.neverSent() || o.fromOwn() && o.icmpIs(v4(3, 1), v6(1, 3)) && o.late())
}

func insideVirtual(*observed) Verdict {
	return Verdict{State: Unreachable, Reason: NeighborUnresolved, Where: &Where{Party: ThisComputer, Confidence: Certain}}
}

func neverLeft(o *observed) Verdict {
	v := neighbor(o)
	v.Confidence = Likely
	return v
}

// search is shorter than the time that a router searches its last link for an address.
const search = 900 * time.Millisecond

// afterSearch reports an error that came after the time that a router searches its last link for an address.
func (o *observed) afterSearch() bool { return o.best.Elapsed > search }

// byICMP is a refusal with a sender. "Unreachable" errors for one port of a host whose other ports answer
// are a firewall's, whatever they say.
func byICMP(s State, r Reason) outcome {
	return func(o *observed) Verdict {
		v := Verdict{State: s, Reason: r, Where: o.atSender()}
		if s == Unreachable && r != TTLExceeded {
			if o.host.RTT > 0 && !o.afterSearch() {
				v.State = Blocked
			} else if !o.afterSearch() {
				v.Confidence, v.Caveats = Likely, append(v.Caveats, MayBeImitated)
			}
		}
		if o.fromServer() {
			v.Where.Party, v.Where.Confidence = Server, Likely // a NAT device can answer under the server's address
		}
		return v
	}
}

// otherICMP: a code that Linux never sends of itself (source route failed, precedence cut-off): no way there, for a
// reason that only its sender knows.
func otherICMP(o *observed) Verdict {
	v := byICMP(Unreachable, ICMPHostUnreachable)(o)
	if v.State == Blocked { // for one port of a host whose others answer: a device's way to refuse
		v.Confidence = Likely
		return v
	}
	v.State, v.Confidence = Unreachable, Possible
	return v
}

func closedUDP(o *observed) Verdict {
	return Verdict{
		State:      Closed,
		Reason:     PortUnreachable,
		Confidence: Likely,
		Where:      &Where{Party: Server, Address: o.port.Addr, Confidence: Likely},
	}
}

// failedWithoutICMP is an error whose sender the system does not tell.
func failedWithoutICMP(o *observed) Verdict {
	v := Verdict{
		State:      Unreachable,
		Reason:     ICMPHostUnreachable,
		Confidence: Possible,
		Where:      &Where{Party: PartyUnknown, Confidence: Possible},
	}
	switch {
	case o.errno("ENETUNREACH"):
		v.Reason = ICMPNetUnreachable
	case o.errno("EACCES", "EPERM"):
		v.State, v.Reason = Blocked, ICMPAdminProhibited
	case o.errno("ENOPROTOOPT"):
		v.State, v.Reason = Blocked, ICMPProtocolUnreachable
	}
	if o.errno("EHOSTUNREACH") && o.host.Permission && o.host.Link != nil && o.host.RTT == 0 {
		v.Caveats = append(v.Caveats, NeedsPermission)
	}
	return v
}

// filtered is silence. The place is between the last hop that answered for this port and the next that answers for
// others; one short of the server it may be the server's firewall, or the way back.
func filtered(o *observed) Verdict {
	v := Verdict{State: Filtered, Reason: NoResponse, Confidence: Likely, Caveats: []Caveat{ReturnPath}}
	if o.hostSilent() {
		v.Caveats = append(v.Caveats, HostSilent)
	}
	last := o.port.Walk.LastReply()
	if last.TTL == 0 {
		return beforeTheFirstReply(o, v)
	}
	distance := o.serverAt()
	v.Where = o.atHop(last.TTL, true)
	switch {
	case sameAddr(o.addressAt(last.TTL+1), o.port.Addr):
		v.Where = &Where{Party: ServerNetwork, Hop: last.TTL, Address: last.Addr, OrNext: true, Confidence: Possible}
		v.Caveats = append(v.Caveats, Forwarded)
	case distance == 0:
		v.Caveats = append(v.Caveats, PlaceUnproven)
		v.Where.Confidence = Possible
	case last.TTL+1 >= distance:
		v.Where.Confidence = Possible
		v.Where.Party = serverSide(v.Where.Party)
		v.Caveats = append(v.Caveats, FullBacklog)
	case !o.host.Reference.At(last.TTL+1).Addr.IsValid() || o.port.Walk.At(last.TTL+1).Held:
		v.Caveats = append(v.Caveats, HopsSilent)
		v.Where.Confidence = Possible
	default:
		v.Caveats = append(v.Caveats, EqualCostPaths)
	}
	switch o.port.Place {
	case evidence.PlaceChecked:
		v.Caveats = append(v.Caveats, SameRule)
	case evidence.PlaceAssumed:
		v.Caveats = append(v.Caveats, SameRule)
		v.Where.Confidence, v.Confidence = Possible, Likely
	}
	return v
}

// serverAt is the server's distance: the reference's, or that of the host's own error to a datagram, or one hop behind the
// last router that datagrams reach, where what answered took no longer than twice the way to it. 0: not known.
func (o *observed) serverAt() uint8 {
	if d := o.host.Reference.Distance(); d > 0 {
		return d
	}
	for _, w := range o.host.Others {
		if w.Protocol != evidence.UDP || o.host.RTT == 0 || len(w.Hops) < 2 {
			continue
		}
		if d := w.Distance(); d > 0 && sameAddr(w.At(d).Addr, o.port.Addr) {
			return d
		}
		if last := w.LastReply(); last.TTL > 0 && w.Distance() == 0 && !Sooner(last.RTT, o.host.RTT) {
			return last.TTL + 1
		}
	}
	return 0
}

// shutOut: after very many attempts ports that had answered do not any more, so silence says nothing of this one. The
// place is where packets to one of those are stopped now.
func shutOut(o *observed) Verdict {
	now := *o
	now.port = &o.host.Again[0]
	v := filtered(&now)
	v.State, v.Reason, v.Caveats = Unknown, ShutOut, nil
	return v
}

// beforeTheFirstReply: no router answered for this port. Where the first one answers for another port it is that router's
// entry, or what lies before it; or the router has used up its errors (RFC 1812, 4.3.2.8), and it is behind it. Otherwise
// nothing is known.
func beforeTheFirstReply(o *observed, v Verdict) Verdict {
	v.Where = &Where{Party: PartyUnknown, Confidence: Possible}
	if o.port.Walk == nil {
		return v
	}
	if first := o.host.Reference.At(1); first.Addr.IsValid() {
		v.Where = o.atHop(1, true)
		v.Where.Confidence = Possible
	}
	v.Caveats = append(v.Caveats, HopsSilent)
	return v
}

// serverSide is whose it is when every router of the path was reached.
func serverSide(last Party) Party {
	if last == LocalNetwork || last == ThisComputer {
		return Server
	}
	return ServerNetwork
}

// saidForAll is the error that a router sent for another port of the host and that holds for this silent one, too; nil
// if there is none, or if this port's packets stop before that router. Such errors are rate-limited.
func (o *observed) saidForAll() *evidence.Attempt {
	a := o.host.Unreachable
	if a == nil {
		a = o.host.Refusal
	}
	if a == nil || a.ICMP == nil {
		return nil
	}
	last := o.port.Walk.LastReply().TTL
	if hop, _ := o.hopOf(a.ICMP); last > 0 && last+1 < hop {
		return nil
	}
	return a
}
