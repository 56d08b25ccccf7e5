package verdict

import (
	"net/netip"

	"whyport/probe/evidence"
)

var (
	sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	noPrefix    = netip.Prefix{}
)

// isLocalSpace: private (RFC 1918, 4193), shared or link-local addresses, which nobody routes on the Internet. Shared ones are a
// provider's: between its routers and its customers' (carrier-grade NAT).
func isLocalSpace(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() || CarrierNAT(a)
}

// CarrierNAT reports an address of RFC 6598: between the NAT of a provider and its customers.
func CarrierNAT(a netip.Addr) bool { return sharedSpace.Contains(a.Unmap()) }

// neighbourhood is the prefix that is taken for one owner's: a /24, or a site's /48 (RFC 6177).
func neighbourhood(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return noPrefix
	}
	return p
}

// owner infers whose an address is: hop is its place on the path, 0 if not known. Addresses prove no ownership,
// so only this computer and the server itself are certain.
func (o *observed) owner(a netip.Addr, hop uint8) (Party, Confidence) {
	switch {
	case !a.IsValid():
		return PartyUnknown, Possible
	case o.host.IsOwn(a):
		return ThisComputer, Certain
	case sameAddr(a, o.port.Addr):
		return Server, Certain
	case o.nearOwn(a) && !CarrierNAT(a):
		return LocalNetwork, Likely
	case neighbourhood(o.port.Addr).Contains(a.Unmap().WithZone("")):
		return ServerNetwork, Likely
	case CarrierNAT(a) && !o.nearOwn(a) && !o.behind(hop, func(b netip.Addr) bool { return !isLocalSpace(b) }):
		return Provider, Likely // near this computer it may be a company's or an overlay network's, too
	case isLocalSpace(a) && !CarrierNAT(a) && !o.behind(hop, outside):
		return LocalNetwork, Likely
	case isLocalSpace(a):
		return Provider, Possible // private addresses inside a provider's or the server's network
	default:
		return Provider, Possible
	}
}

// nearOwn reports whether a is in the neighbourhood of one of this computer's addresses.
func (o *observed) nearOwn(a netip.Addr) bool {
	for _, own := range o.host.Own {
		if !own.IsLoopback() && own.Is4() == a.Unmap().Is4() && neighbourhood(own).Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// behind reports whether a foreign address answered on a hop before this one.
func (o *observed) behind(hop uint8, foreign func(netip.Addr) bool) bool {
	for _, w := range []*evidence.Walk{o.port.Walk, o.host.Reference} {
		if w == nil {
			continue
		}
		for _, h := range w.Hops {
			if h.TTL < hop && h.Addr.IsValid() && foreign(h.Addr) {
				return true
			}
		}
	}
	return false
}

// hopOf finds an address on the walks that are known; 0 if it is on none. The TTL that its ICMP error arrived
// with gives a guess where no walk does: most routers start at 64 or 255.
func (o *observed) hopOf(icmp *evidence.ICMP) (hop uint8, walked bool) {
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && sameAddr(h.Addr, icmp.From) {
				return h.TTL, true
			}
		}
	}
	return icmp.HopGuess(), false
}

// addressAt is who answered at a hop: on the port's own walk, on the reference's, or else, as a router, on any other.
func (o *observed) addressAt(hop uint8) netip.Addr {
	if hop == 0 {
		return netip.Addr{}
	}
	if a := o.port.Walk.At(hop).Addr; a.IsValid() {
		return a
	}
	if a := o.host.Reference.At(hop).Addr; a.IsValid() {
		return a
	}
	for _, w := range o.host.Others {
		if h := w.At(hop); h.ICMP != nil && h.ICMP.TimeExceeded() {
			return h.Addr
		}
	}
	return netip.Addr{}
}

// atHop is the place of a device that stands at a hop or at the entry of the next.
func (o *observed) atHop(hop uint8, orNext bool) *Where {
	if hop == 0 || hop == unknownHop {
		return &Where{Party: PartyUnknown, Confidence: Possible}
	}
	w := &Where{Hop: hop, Address: o.addressAt(hop), OrNext: orNext}
	w.Party, w.Confidence = o.owner(w.Address, hop)
	if orNext {
		w.Confidence = atMost(w.Confidence, Likely)
		next, _ := o.owner(o.addressAt(hop+1), hop+1)
		if next != PartyUnknown && next != w.Party {
			w.Confidence = Possible
		}
	}
	return w
}

// atDevice is the place of a device that answered nearer than the server: where that is next, the device is at the hop.
func (o *observed) atDevice(hop uint8, orNext bool) *Where {
	next := o.host.ReferenceProven && o.host.Reference.Distance() == hop+1
	return o.atHop(hop, orNext && !next && (hop == 0 || o.madeBy(o.answeredAt()) != hop))
}

// atSender is the place of the device that sent an ICMP error: its address is certain, its owner is inferred.
func (o *observed) atSender() *Where {
	hop, walked := o.hopOf(o.icmp)
	w := &Where{Hop: hop, Address: o.icmp.From}
	w.Party, w.Confidence = o.owner(o.icmp.From, hop)
	if o.fromServer() || !walked && hop > 0 && w.Party != ThisComputer {
		w.Confidence = atMost(w.Confidence, Likely)
	}
	return w
}
