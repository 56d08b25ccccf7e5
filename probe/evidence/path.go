package evidence

import (
	"net/netip"
	"time"
)

// Hop is what came back for one TTL of a walk.
type Hop struct {
	TTL  uint8         `json:"ttl"`
	Addr netip.Addr    `json:"addr,omitzero"` // who answered; zero: nobody
	Name string        `json:"name,omitempty"`
	RTT  time.Duration `json:"rtt_ns,omitempty"`
	ICMP *ICMP         `json:"icmp,omitempty"`
	// End is how the probe ended where it was not a time-exceeded: Connected, Refused, Failed.
	End Outcome `json:"end,omitempty"`
	// Held is set where nobody answered, and where the router that is known there did not answer for a port either that it
	// answers for otherwise: it has used up its ICMP errors.
	Held bool `json:"held,omitempty"`
	// Tries is the number of packets sent with this TTL.
	Tries int `json:"tries,omitempty"`
}

// Fill takes over what an attempt with the hop's TTL brought.
func (h *Hop) Fill(a Attempt) {
	h.Tries++
	switch {
	case a.ICMP != nil:
		h.ICMP, h.Addr, h.RTT = a.ICMP, a.ICMP.From, a.Elapsed
		if !a.ICMP.TimeExceeded() {
			h.End = a.Outcome
		}
	case a.Outcome == Connected, a.Outcome == Refused, a.Outcome == Failed && !a.Local:
		h.End, h.RTT = a.Outcome, a.Elapsed
	}
}

// Walk is a series of SYNs (or datagrams) with growing TTL to one port.
type Walk struct {
	To       netip.AddrPort `json:"to"`
	Protocol Protocol       `json:"protocol"`
	Hops     []Hop          `json:"hops"` // by TTL, without gaps, from 1
}

// Distance is the smallest TTL at which something other than a time-exceeded came back, 0 if nothing did.
func (w *Walk) Distance() uint8 {
	if w == nil {
		return 0
	}
	for _, h := range w.Hops {
		if h.End.Answered() {
			return h.TTL
		}
	}
	return 0
}

// LastReply is the last hop that answered time-exceeded; the zero Hop if none did.
func (w *Walk) LastReply() (last Hop) {
	if w == nil {
		return Hop{}
	}
	for _, h := range w.Hops {
		if h.ICMP != nil && h.ICMP.TimeExceeded() {
			last = h
		}
	}
	return last
}

// At is what came back for a TTL; the zero Hop if it was not asked.
func (w *Walk) At(ttl uint8) Hop {
	if w != nil {
		for _, h := range w.Hops {
			if h.TTL == ttl {
				return h
			}
		}
	}
	return Hop{}
}

// Origin is what was found out of the sender of a SYN-ACK or RST.
type Origin struct {
	// Distance is the smallest TTL whose SYN got the answer; 0: not established.
	Distance uint8 `json:"distance,omitempty"`
	// Short are the attempts with a TTL too small for the server.
	Short []Attempt `json:"short,omitempty"`
	// MinTTL are the attempts that ignored answers which arrived with a lower TTL.
	MinTTL []Attempt `json:"min_ttl,omitempty"`
	// ArrivalTTL is the TTL with which the answer arrived; 0: not known.
	ArrivalTTL uint8 `json:"arrival_ttl,omitempty"`
}

// Host is what was seen of one address as a whole, shared by the verdicts on its ports.
type Host struct {
	Addr netip.Addr `json:"addr"`
	// Own are this computer's addresses.
	Own []netip.Addr `json:"own,omitempty"`
	// Link is the network of this computer that the address is in: then the host itself is one hop away. nil: it is behind
	// a router, or what interfaces tell is not known.
	Link *Link `json:"link,omitempty"`
	// Neighbour is what the neighbour table said of the address after silence; only where it is on a link.
	Neighbour Neighbour `json:"neighbour,omitempty"`
	// Permission is set where this system lets programs reach its own networks only with the user's permission: without it a
	// connection fails as if nobody had the address.
	Permission bool `json:"permission,omitempty"`
	// Tunnel is the interface of a VPN into which packets for the address go; "": none, or not known.
	Tunnel string `json:"tunnel,omitempty"`
	// Gateway is a router one hop away, as the TTL of an ICMP error says with which it was provoked or arrived.
	Gateway netip.Addr `json:"gateway,omitzero"`
	// Controls are connections to improbable high ports: what answers there answers for everyone.
	Controls []Port `json:"controls,omitempty"`
	// UDPControl is an improbable UDP port that was asked, where others stayed silent: once, and again after silence. Its first
	// question left right behind one to each of them, so that an error which answers it was not lacking for those.
	UDPControl *Port `json:"udp_control,omitempty"`
	// Reference is the walk to a port whose application answered, or the next best.
	Reference *Walk `json:"reference,omitempty"`
	// ReferenceProven is set when application data (TLS, a banner) came from the port that Reference leads to, or from one
	// that is as far away.
	ReferenceProven bool `json:"reference_proven,omitempty"`
	// ReferenceLost is set where a reference was given up: packets got lost while it was measured.
	ReferenceLost bool `json:"reference_lost,omitempty"`
	// Others are further walks: to a control port, or a datagram with the TTL at which resets came back.
	Others []*Walk `json:"others,omitempty"`
	// ArrivalTTL is the TTL with which the reference port's answers arrive; 0: not known.
	ArrivalTTL uint8 `json:"arrival_ttl,omitempty"`
	// Unreachable is a late "host unreachable" from a router: nothing resolves the address on the last link.
	Unreachable *Attempt `json:"unreachable,omitempty"`
	// Refusal is the ICMP error that every port got that was asked apart from the others; silent ports that were not
	// asked so are behind the same rule as far as is known.
	Refusal *Attempt `json:"refusal,omitempty"`
	// Again are ports that had answered a large run and were asked once more at its end, when all of them stayed silent;
	// the first has a walk of that time, where paths are looked at.
	Again []Port `json:"again,omitempty"`
	// Limited is how a port that had spoken answered a new connection, or did not, at the end of a small run in which others
	// were refused or silent; nil: it was accepted again, or none was asked.
	Limited *Attempt `json:"limited,omitempty"`
	// SYNLimit is at how many SYNs a second a large run got answers, where it got hardly any when it was faster; 0: no such
	// limit was met.
	SYNLimit int `json:"syn_limit,omitempty"`
	// Doubted is set where silence of a large run may mean nothing: ports that its sweep called silent answered later, or
	// ever fewer did.
	Doubted bool `json:"doubted,omitempty"`
	// Starved is set where this program hardly got the processor, so that silence may be its own.
	Starved bool `json:"starved,omitempty"`
	// Ping is what became of an ICMP echo: connected or silent; nil: none was asked for, as where any port has answered and
	// paths are not walked to every port.
	Ping *Attempt `json:"ping,omitempty"`
	// MTU is how large packets may be; nil: not asked for, or nothing answered that could tell.
	MTU *MTU `json:"mtu,omitempty"`
	// RTT is the shortest round trip to the server itself; 0: not known.
	RTT time.Duration `json:"rtt_ns,omitempty"`
	// Names are the reverse look-ups of addresses on the path.
	Names map[netip.Addr]string `json:"names,omitempty"`
}

// IsOwn reports whether a is an address of this computer.
func (h *Host) IsOwn(a netip.Addr) bool {
	if h == nil {
		return false
	}
	a = a.Unmap().WithZone("")
	for _, own := range h.Own {
		if own.Unmap().WithZone("") == a {
			return true
		}
	}
	return false
}
