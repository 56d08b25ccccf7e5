package simnet

import (
	"slices"
	"time"

	"whyport/probe/evidence"
)

// Hooks of a rule, as nftables has them. A packet passes prerouting, then input, or (after the TTL check) forward and
// postrouting; the client's own pass output.
const (
	prerouting  = "prerouting"
	forward     = "forward"
	postrouting = "postrouting"
	input       = "input"
	output      = "output"
)

// rule acts on the packets that it matches; the first that does decides.
type rule struct {
	hook         string
	family       int               // 4, 6, or 0: both
	protocol     evidence.Protocol // "": any
	dport, sport spans
	with         evidence.Extra // "": any
	over         float64        // matches what exceeds so many a second
	burst        float64        // beside over
	after        int            // matches what comes after so many
	lasting      time.Duration  // beside after: for so long, then it counts again; 0: for ever
	action       action

	left  bucket // of over
	count int    // of after
	until time.Time
}

// action is what becomes of a packet.
type action struct {
	verb   string  // "drop", "reject", "reset", "answer", "synproxy", "redirect", "dnat", "loss"
	code   string  // of reject, in nftables' words
	window uint32  // of answer
	ttl    uint8   // of answer and reset; 0: the node's
	port   uint16  // of redirect
	to     string  // of dnat: a node
	chance float64 // of loss
}

// first is the first matching rule's action in a hook; nil if there is none. draw decides on loss.
func first(rules []*rule, hook string, p packet, at time.Time, draw func() float64) *action {
	for _, r := range rules {
		if r.hook == hook && r.matches(p) && r.exceeded(at) && (r.action.verb != "loss" || draw() < r.action.chance) {
			return &r.action
		}
	}
	return nil
}

func (r *rule) matches(p packet) bool {
	switch {
	case r.family == 4 && p.v6() || r.family == 6 && !p.v6(), r.protocol != "" && r.protocol != p.protocol:
		return false
	case p.back && (r.over > 0 || r.after > 0 || slices.Contains([]string{"answer", "synproxy", "redirect", "dnat"}, r.action.verb)):
		return false // these are for new connections
	}
	if r.with != "" && r.with != p.extra {
		return false
	}
	on := func(s spans, port uint16) bool { return s == nil || p.protocol != icmp && s.has(port) }
	return on(r.dport, p.to.Port()) && on(r.sport, p.from.Port())
}

// exceeded reports whether a limit that the rule has is passed.
func (r *rule) exceeded(at time.Time) bool {
	switch {
	case r.over > 0:
		return !r.left.take(at, time.Duration(float64(time.Second)/r.over), r.burst)
	case r.after > 0:
		if r.lasting > 0 && !r.until.IsZero() && at.After(r.until) {
			r.count, r.until = 0, time.Time{}
		}
		if r.count++; r.count <= r.after {
			return false
		}
		if r.until.IsZero() {
			r.until = at.Add(r.lasting)
		}
	}
	return true
}
