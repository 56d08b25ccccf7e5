package verdict

import (
	"slices"
	"sync"

	"whyport/probe/evidence"
)

// Judge says what the evidence on one port, and on its host, means. host may be nil.
func Judge(p *evidence.Port, host *evidence.Host) Verdict {
	o := observe(p, host)
	o.proxy = ProxyItself(p)
	for _, r := range rules() {
		if !r.when(o) {
			continue
		}
		v := r.then(o)
		v.Rule = r.name
		finish(o, &v)
		return v
	}
	return Verdict{State: Unknown, Reason: NotTested, Confidence: Certain, Rule: nothingFits}
}

// The rules of verdicts that are given without the table.
const (
	nothingFits = "nothing-fits"
	unresolved  = "unresolved" // no problem is known of a name, and no address either
	// Of Egress.
	egressLeaves  = "egress-leaves"
	egressUnclear = "egress-unclear"
)

// Rules are the names that a verdict's Rule can have. A verdict that is shared keeps that of the port it comes from.
func Rules() []string {
	names := []string{nothingFits, unresolved, egressLeaves, egressUnclear}
	for _, r := range rules() {
		names = append(names, r.name)
	}
	for _, r := range nameRules() {
		names = append(names, r.name)
	}
	return names
}

// ProxyItself is the verdict on the proxy's own port, where that is what fails; nil otherwise.
func ProxyItself(p *evidence.Port) *Verdict {
	if p.Proxied == nil || p.Proxied.Reach == nil || p.Proxied.Reach.Proxied != nil {
		return nil
	}
	v := Judge(p.Proxied.Reach, p.Proxied.ReachHost)
	return &v
}

// finish adds what holds whatever rule decided.
func finish(o *observed, v *Verdict) {
	if v.Confidence == "" {
		v.Confidence = Certain
	}
	if o.port.Lost() && o.icmp == nil { // ICMP errors that came late were held back
		v.Caveats = append(v.Caveats, Lossy)
	}
	if o.disagreed() {
		v.Caveats = append(v.Caveats, Disagreed)
	}
	if v.State != Open && v.Where != nil && v.Where.Hop > 0 && o.severalPaths() && !v.Has(EqualCostPaths) {
		v.Caveats = append(v.Caveats, EqualCostPaths)
	}
	if o.acceptsEveryPort() && !v.Has(AcceptsEveryPort) {
		v.Caveats = append(v.Caveats, AcceptsEveryPort)
	}
	if o.port.CutShort {
		*v = cutShort(o, *v)
	}
	if o.host.Doubted {
		*v = doubt(*v)
	}
	if o.host.Starved && restsOnWaiting(v) {
		*v = starved(*v)
	}
	if v.Where != nil {
		v.Where.Name = o.host.Names[v.Where.Address]
	}
}

// condition is what a row asks of the evidence.
type condition func(*observed) bool

// rule is a row of the table: the first whose condition holds decides.
type rule struct {
	name string
	when condition
	then func(*observed) Verdict
}

// rules is the table, read top to bottom: what a proxy refused, what was not tested, what this computer did, what a listener at
// the server saw, what answered, silence.
var rules = sync.OnceValue(func() []rule {
	return slices.Concat(proxied(), ownRules(), limits(), refusals(), farRules(), answers(), spoken(), silence())
})

// ownRules: nothing was sent, or this computer itself said no.
func ownRules() []rule {
	return []rule{
		{"not-tested", outcomeIs(evidence.NotRun), says(Unknown, NotTested)},
		{"interrupted", outcomeIs(evidence.Interrupted), says(Unknown, Interrupted)},
		{"no-sockets", outcomeIs(evidence.NoSocket), says(Unknown, NoSockets)},
		{"unheard", outcomeIs(evidence.Unheard), says(Unknown, NotTested)},

		{"no-host-address", (*observed).noHostAddress, noHostAddress},

		// The kernel refused before anything was sent.
		{"udp-local-drop", func(o *observed) bool { return o.local() && o.udp() && o.errno("EPERM") }, atHome(Blocked, LocalFirewallDrop)},
		{"local-denied", func(o *observed) bool { return o.local() && o.errno("EPERM", "EACCES") }, atHome(Blocked, LocalDenied)},
		{"wrong-source", func(o *observed) bool { return o.local() && o.errno("EADDRNOTAVAIL") }, atHome(Unreachable, AddressUnavailable)},
		{"no-route", func(o *observed) bool {
			return o.local() && o.errno("ENETUNREACH", "EHOSTUNREACH", "EINVAL", "ENETDOWN", "EAFNOSUPPORT")
		}, atHome(Unreachable, NoRoute)},
		{"local-error", (*observed).local, says(Unknown, NotTested)},

		// An ICMP error of its own.
		{"virtual-network", (*observed).insideVirtual, insideVirtual},
		{"neighbor-unresolved", func(o *observed) bool { return o.fromOwn() && o.icmpIs(v4(3, 1), v6(1, 3)) && o.late() }, neighbor},
		{"udp-port-unreachable", func(o *observed) bool { return o.udp() && o.fromServer() && o.icmpIs(v4(3, 3), v6(1, 4)) }, closedUDP},
		{"own-reject", func(o *observed) bool { return o.fromOwn() && !o.icmp.TimeExceeded() }, atHome(Blocked, LocalFirewallReject)},
	}
}

// limits: a port that had spoken met the same when it was asked again, so that this says nothing of the port.
func limits() []rule {
	return []rule{{"connection-limit", (*observed).limited, connectionLimit}}
}

// refusals: an ICMP error answered; its sender says where. Codes are those of RFC 792, RFC 1812 5.2.7.1 and RFC 4443 3.1.
func refusals() []rule {
	return []rule{
		{"admin-prohibited", icmpIs(v4(3, 13), v6(1, 1), v6(1, 5), v6(1, 6)), byICMP(Blocked, ICMPAdminProhibited)},
		{"host-prohibited", icmpIs(v4(3, 10)), byICMP(Blocked, ICMPHostProhibited)},
		{"net-prohibited", icmpIs(v4(3, 9)), byICMP(Blocked, ICMPNetProhibited)},
		{"port-unreachable", icmpIs(v4(3, 3), v6(1, 4)), byICMP(Blocked, ICMPPortUnreachable)},
		{"protocol-unreachable", icmpIs(v4(3, 2)), byICMP(Blocked, ICMPProtocolUnreachable)},
		{"host-unreachable", icmpIs(v4(3, 1), v6(1, 3)), byICMP(Unreachable, ICMPHostUnreachable)},
		{"net-unreachable", icmpIs(v4(3, 0), v6(1, 0)), byICMP(Unreachable, ICMPNetUnreachable)},
		{"ttl-exceeded", func(o *observed) bool { return o.icmp != nil && o.icmp.TimeExceeded() }, byICMP(Unreachable, TTLExceeded)},
		{"other-icmp", func(o *observed) bool { return o.icmp != nil }, otherICMP},
	}
}

// answers: a datagram or a RST came back. Whose was it?
func answers() []rule {
	return []rule{
		{"udp-turned-away", func(o *observed) bool { return o.udp() && o.connected() && o.turnedAway() }, says(Open, UDPResponse)},
		{"udp-referred-nowhere", func(o *observed) bool { return o.udp() && o.connected() && o.referredNowhere() }, says(Open, UDPResponse)},
		{"udp-referred-partly", func(o *observed) bool { return o.udp() && o.connected() && o.referredPartly() }, usable(Open, UDPResponse)},
		{"udp-response", func(o *observed) bool { return o.udp() && o.connected() }, usable(Open, UDPResponse)},
		{"udp-refused", func(o *observed) bool { return o.udp() && o.refused() }, says(Closed, PortUnreachable)},

		// A RST answered: whose?
		{"instant-reset", func(o *observed) bool { return o.refused() && o.instant() && !ofAnother(o.best) }, instantReset},
		{"imposter-resets-here", (*observed).refusedBeforeTheFirst, instantReset},
		{"imposter-resets", func(o *observed) bool { return o.refusedNearer() || o.refused() && o.instant() }, resetOnTheWay},
		{"resets-for-nobody", func(o *observed) bool { return o.refused() && o.nobodyThere() }, resetForNobody},
		{"refused", (*observed).refused, closed},
		{"failed", outcomeIs(evidence.Failed), failedWithoutICMP},
	}
}

// silence: no answer came. What this computer's kernel knows, what was said of other ports, how far packets get.
func silence() []rule {
	return []rule{
		{"neighbour-failed", (*observed).neighbourFailed, neverLeft},
		{"udp-silent", func(o *observed) bool { return o.udp() && o.silent() }, silentDatagram},
		{"local-drop", (*observed).droppedHere, atHome(Blocked, LocalFirewallDrop)},
		{"never-left", (*observed).neverSent, neverLeft},
		{"held-back", func(o *observed) bool { return o.silent() && o.saidForAll() != nil }, heldBack},
		{"shut-out", func(o *observed) bool { return o.silent() && len(o.host.Again) > 0 }, shutOut},
		{"silent-neighbour", (*observed).silentNeighbour, silentNeighbour},
		{"silent-in-tunnel", (*observed).silentInTunnel, silentInTunnel},
		{"silent", (*observed).silent, filtered},
	}
}

// heldBack: the rule that fits the other ports' error decides.
func heldBack(o *observed) Verdict {
	other := *o
	other.best = o.host.Unreachable
	if other.best == nil {
		other.best = o.host.Refusal
	}
	other.icmp = other.best.ICMP
	for _, r := range refusals() {
		if r.when(&other) {
			v := r.then(&other)
			v.Confidence, v.Where.Confidence = Likely, atMost(v.Where.Confidence, Likely)
			v.Caveats = append(v.Caveats, RateLimited)
			return v
		}
	}
	return filtered(o)
}
