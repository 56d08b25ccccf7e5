package simnet

import (
	"time"

	"whyport/probe/evidence"
)

// window is what a server that has room offers in a SYN-ACK.
const window = 64240

// refusal is what a rule's action sends back; nil is silence.
func (t *traveller) refusal(a *action) *reply {
	ttl := a.ttl
	if ttl == 0 {
		ttl = t.here.ttl
	}
	switch a.verb {
	case "reject":
		return t.limited(a.code, t.here.owes)
	case "reset":
		if t.p.protocol == evidence.TCP {
			return &reply{what: "reset", ttl: ttl}
		}
	case "answer":
		if t.p.protocol == evidence.TCP {
			return &reply{what: "syn-ack", ttl: ttl, window: a.window}
		}
	}
	return nil
}

// error is an ICMP error of this node about the packet.
func (t *traveller) error(name string) *reply {
	k, _ := kindOf(name)
	e := k.error(t.p.v6())
	e.From = t.here.addr(t.p.v6())
	return &reply{what: "icmp", icmp: e, ttl: t.here.ttl, quoted: t.p.ttl}
}

// limited is error if the node still owes one.
func (t *traveller) limited(name string, owes func(v6 bool, at time.Time) bool) *reply {
	if t.here != t.n.client && !owes(t.p.v6(), t.at) { // no limit on loopback
		return nil
	}
	return t.error(name)
}

// served is what a node's own port answers.
func (t *traveller) served(port uint16) *reply {
	s := t.here.serviceAt(t.p.protocol, port)
	switch {
	case s != nil && s.kind == "silent":
		return nil
	case s != nil && t.p.protocol == evidence.UDP:
		return &reply{what: "datagram", ttl: t.here.ttl, who: s}
	case s != nil:
		return &reply{what: "syn-ack", ttl: t.here.ttl, window: window, who: s}
	case t.p.protocol == evidence.TCP:
		return &reply{what: "reset", ttl: t.here.ttl}
	}
	return t.limited("port-unreachable", t.here.owes)
}

// proxied is a SYN proxy's answer: at once, without a window. The real port is asked when the client has
// answered, and what it says is passed on.
func (t *traveller) proxied() *reply {
	proxy := &reply{what: "syn-ack", ttl: t.here.ttl}
	onward := *t
	for {
		r, on := onward.cross()
		if on {
			r, on = onward.arrive()
		}
		if on {
			continue
		}
		switch {
		case r == nil:
		case r.what == "syn-ack":
			proxy.who = r.who
		case r.what == "reset":
			proxy.who = &service{kind: "reset"}
		}
		return proxy
	}
}

// back carries an answer to the client. One that was made on the wire enters the node that the packet had left.
func (t *traveller) back(r *reply, onWire bool) *reply {
	if r == nil {
		return nil
	}
	q := packet{protocol: t.p.protocol, from: t.p.to, to: t.p.from, ttl: r.ttl, back: true}
	if r.what == "icmp" {
		q.protocol = icmp
	}
	w := &traveller{n: t.n, p: q, at: t.at, hop: t.hop, here: t.here}
	if onWire && w.hop > 0 && !w.relay() {
		return nil
	}
	for w.hop > 0 {
		if !w.crossBack(t.p) || w.hop > 0 && !w.relay() {
			return nil
		}
	}
	if first(w.here.rules, input, w.p, w.at, w.chance) != nil {
		return nil
	}
	r.ttl, r.icmp.TTL, r.at = w.p.ttl, w.p.ttl, w.at
	return r
}

// crossBack goes to the next node towards the client.
func (t *traveller) crossBack(p packet) bool {
	next, late := t.hop-1, time.Duration(0)
	if d := t.here.detour; d != nil {
		if t.p.ttl <= d.hops {
			return false
		}
		next, late = t.n.distanceOf(d.to), d.late
		t.p.ttl -= d.hops
	}
	to := t.n.at(next, p)
	if first(t.n.wire(to.name, t.here.name).rules, "", t.p, t.at, t.chance) != nil {
		return false
	}
	if late == 0 {
		late = (t.here.rtt - to.rtt).Abs() / 2
	}
	t.at = t.at.Add(late)
	t.hop, t.here = next, to
	return true
}

// relay forwards an answer in a router; false if it is lost there.
func (t *traveller) relay() bool {
	if first(t.here.rules, prerouting, t.p, t.at, t.chance) != nil || t.p.ttl <= 1 {
		return false
	}
	t.p.ttl--
	for _, hook := range []string{forward, postrouting} {
		if first(t.here.rules, hook, t.p, t.at, t.chance) != nil {
			return false
		}
	}
	return true
}
