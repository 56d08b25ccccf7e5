package simnet

import (
	"slices"
	"time"

	"whyport/probe/evidence"
)

// fate is what becomes of a packet of the client: a reply, or nothing.
type fate struct {
	reply *reply
	stay  stay
}

// stay is how far a packet got in the client itself.
type stay int

const (
	sent        stay = iota
	droppedHere      // by its own firewall
	refusedHere      // by its own firewall
	unresolved       // waiting for a neighbour's address
)

// reply is what reaches the client.
type reply struct {
	own    bool   // made by the client itself
	what   string // "syn-ack", "reset", "icmp", "datagram"
	at     time.Time
	ttl    uint8
	icmp   evidence.ICMP
	quoted uint8    // the TTL that the ICMP error quotes
	window uint32   // of a SYN-ACK
	who    *service // behind a SYN-ACK or datagram; nil: nobody will say anything
}

// traveller is one packet under way.
type traveller struct {
	n    *Network
	p    packet
	at   time.Time
	hop  int // where it is; 0: the client
	here *node
	goal int // where its destination is
}

// trip follows a packet from the client to its end, and its answer back. All that nodes and rules remember is taken at the
// time at which the packet is there. n.mu is held.
func (n *Network) trip(p packet, at time.Time) fate {
	t := &traveller{n: n, p: p, at: at, here: n.client, goal: n.distance(p.to.Addr())}
	const own = 100 * time.Microsecond // measured on Linux 6.18
	if a := first(t.here.rules, output, p, at, t.chance); a != nil && a.verb == "drop" {
		return fate{stay: droppedHere}
	} else if a != nil && a.verb == "redirect" {
		r := t.served(a.port)
		if r != nil {
			r.at, r.own = at.Add(own), true
		}
		return fate{reply: r}
	} else if a != nil {
		r := t.refusal(a)
		answer := packet{protocol: p.protocol, from: p.to, to: p.from, back: true}
		if r.what == "reset" && first(t.here.rules, output, answer, at, t.chance) != nil {
			return fate{stay: droppedHere} // the rule catches its own RST, too, and never answers one
		}
		r.own = true
		r.at, r.ttl, r.icmp.From = at.Add(own), n.client.ttl, n.client.addr(p.v6())
		r.icmp.TTL = r.ttl
		return fate{reply: r, stay: refusedHere}
	}
	if slices.Contains(t.here.missing, p.to.Addr()) {
		r := t.error("host-unreachable")
		r.at, r.ttl, r.icmp.From, r.icmp.TTL = t.here.resolves(p.to.Addr(), at), 64, t.here.addr(p.v6()), 64
		return fate{reply: r, stay: unresolved}
	}
	for {
		if r, on := t.cross(); !on {
			return fate{reply: r}
		}
		if r, on := t.arrive(); !on {
			return fate{reply: r}
		}
	}
}

// cross takes a packet over the wire to the next node; on is false if it ends there, with the answer that the client gets.
func (t *traveller) cross() (r *reply, on bool) {
	next := t.hop + 1
	if t.here.loopsTo != "" {
		next = t.hop - 1
	}
	to := t.n.at(next, t.p)
	if a := first(t.n.wire(t.here.name, to.name).rules, "", t.p, t.at, t.chance); a != nil {
		if t.hop == 0 { // there and back an eighth of the round trip each
			t.at = t.at.Add(to.rtt / 4)
		}
		return t.back(t.refusal(a), true), false
	}
	t.at = t.at.Add((to.rtt - t.here.rtt).Abs() / 2)
	t.hop, t.here = next, to
	return nil, true
}

// arrive passes a packet through a node; on is false if it ends there.
func (t *traveller) arrive() (r *reply, on bool) {
	here := t.here
	port, local := t.p.to.Port(), false
	if a := first(here.rules, prerouting, t.p, t.at, t.chance); a != nil {
		switch a.verb {
		case "redirect":
			port, local = a.port, true
		case "dnat":
			t.goal = t.n.distanceOf(a.to)
		default:
			return t.back(t.refusal(a), false), false
		}
	}
	if local || t.hop == t.goal {
		if a := first(here.rules, input, t.p, t.at, t.chance); a != nil {
			return t.back(t.refusal(a), false), false
		}
		return t.back(t.served(port), false), false
	}
	if r, on := t.routed(); !on {
		return t.back(r, false), false
	}
	return nil, true
}

// routed forwards a packet out of a router; if on is false the answer is the router's.
func (t *traveller) routed() (r *reply, on bool) {
	here := t.here
	switch here.route { // decided before the TTL is looked at (ip_route_input)
	case "none", "unreachable", "prohibit":
		name := map[string]string{"none": "no-route", "unreachable": "host-unreachable", "prohibit": "admin-prohibited"}[here.route]
		if here.route == "unreachable" && t.p.v6() {
			name = "no-route"
		}
		return t.limited(name, here.owesRoute), false
	case "blackhole":
		return nil, false
	}
	last := t.hop == t.goalRouter()
	missing := last && slices.Contains(here.missing, t.p.to.Addr())
	if last && t.goal > len(t.n.hops) && !missing {
		return t.limited("no-route", here.owesRoute), false
	}
	if t.p.ttl <= 1 {
		if here.silent {
			return nil, false
		}
		return t.limited("time-exceeded", here.owes), false
	}
	t.p.ttl--
	for _, hook := range []string{forward, postrouting} {
		if a := first(here.rules, hook, t.p, t.at, t.chance); a != nil {
			if a.verb == "synproxy" {
				return t.proxied(), false
			}
			return t.refusal(a), false
		}
	}
	if missing {
		t.at = here.resolves(t.p.to.Addr(), t.at)
		return t.limited("host-unreachable", here.owes), false
	}
	return nil, true
}

// goalRouter is the router before the destination: the last one for addresses that nobody has.
func (t *traveller) goalRouter() int { return min(t.goal, len(t.n.hops)) - 1 }

// chance is a number from 0 to 1 for this packet.
func (t *traveller) chance() float64 {
	return float64(t.n.draw("loss", t.hop, t.p.to.Port(), t.p.from.Port(), t.p.ttl, t.p.back, t.p.protocol, t.at)>>11) / (1 << 53)
}
