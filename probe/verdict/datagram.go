package verdict

import "whyport/probe/evidence"

// silentDatagram: no question over UDP was answered, which says neither open nor blocked. What is known beside it: whether the host
// answers for UDP ports that nobody uses, and how far this port's questions get. A place rests on routers that answer other
// packets behind it, and is likely only where an error of the host itself shows that other datagrams get there.
func silentDatagram(o *observed) Verdict {
	v := Verdict{State: Unknown, Reason: UDPNoResponse}
	refused := o.refusesUnusedUDP()
	if refused {
		v.Caveats = append(v.Caveats, UnusedRefused)
	}
	w := o.port.Walk
	if w == nil || w.Protocol != evidence.UDP {
		return v
	}
	last := w.LastReply().TTL
	switch next := w.At(last + 1); {
	case o.farthestRouter() > last:
		v.Where = o.atHop(max(last, 1), last > 0)
		v.Caveats = append(v.Caveats, ReturnPath)
		known := o.addressAt(last+1).IsValid() && next.Tries > 1 && !next.Held
		if !known {
			v.Caveats = append(v.Caveats, HopsSilent)
		}
		if !known || !refused || last == 0 {
			v.Where.Confidence = Possible
		}
	case last == 0:
	case o.datagramsEndAt() == last+1:
		v.Caveats = append(v.Caveats, GetsClose)
	default:
		v.Where = o.atHop(last, true)
		v.Where.Confidence = Possible
		v.Caveats = append(v.Caveats, ReturnPath, PlaceUnproven)
	}
	return v
}

// refusesUnusedUDP reports that the server itself refuses a UDP port that nobody uses, and had an error left for this one.
func (o *observed) refusesUnusedUDP() bool {
	c := o.host.UDPControl
	if c == nil || !o.port.BesideControl { // errors are limited: others may be closed
		return false
	}
	best := c.Best()
	return best != nil && best.ICMP != nil && sameAddr(best.ICMP.From, o.port.Addr) && !best.ICMP.TimeExceeded()
}

// datagramsEndAt is the server's distance: the reference's, or where its own error answered a datagram; 0: not known.
func (o *observed) datagramsEndAt() uint8 {
	if d := o.host.Reference.Distance(); d > 0 {
		return d
	}
	for _, w := range o.host.Others {
		if d := w.Distance(); d > 0 && w.Protocol == evidence.UDP && sameAddr(w.At(d).Addr, o.port.Addr) {
			return d
		}
	}
	return 0
}
