package report_test

import (
	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// usualRule is a rule of the judge that gives a reason.
var usualRule = map[verdict.Reason]string{
	verdict.SynAck: "connected", verdict.Reset: "refused", verdict.ResetByMiddlebox: "imposter-resets", verdict.MiddleboxAnswer: "imposter-answers",
	verdict.NoResponse: "silent", verdict.ICMPAdminProhibited: "admin-prohibited", verdict.ICMPHostProhibited: "host-prohibited",
	verdict.ICMPNetProhibited: "net-prohibited", verdict.ICMPPortUnreachable: "port-unreachable", verdict.ICMPHostUnreachable: "host-unreachable",
	verdict.ICMPNetUnreachable: "net-unreachable", verdict.ICMPProtocolUnreachable: "protocol-unreachable", verdict.TTLExceeded: "ttl-exceeded",
	verdict.NeighborUnresolved: "neighbor-unresolved", verdict.NoRoute: "no-route", verdict.LocalFirewallReject: "own-reject",
	verdict.LocalFirewallDrop: "local-drop", verdict.LocalDenied: "local-denied", verdict.AddressUnavailable: "wrong-source",
	verdict.TLSReset: "asked-but-mute", verdict.TLSNoResponse: "asked-but-mute", verdict.TLSEOF: "asked-but-mute",
	verdict.SNIReset: "inspected-name", verdict.SNINoResponse: "inspected-name-silent",
	verdict.ProxyDenied: "proxy-denies", verdict.ProxyAuthRequired: "proxy-wants-login", verdict.ProxyUnreachable: "proxy-unreached",
	verdict.ProxyError:  "proxy-fails",
	verdict.UDPResponse: "udp-response", verdict.UDPNoResponse: "udp-silent", verdict.PortUnreachable: "udp-refused",
	verdict.NameNotFound: "name-not-found", verdict.NameServerFailure: "name-server-failure", verdict.NameServerTimeout: "name-server-timeout",
	verdict.NoAddress: "name-without-address", verdict.NameRefused: "name-refused", verdict.NameBlocked: "name-blocked",
	verdict.ConnectionLimit: "connection-limit",
	verdict.ShutOut:         "shut-out", verdict.Interrupted: "interrupted", verdict.NoSockets: "no-sockets", verdict.NotTested: "not-tested",
}

// ruleOf is the rule that gives a verdict which a test made: the judge's own, where what was said decides.
func ruleOf(p evidence.Port, v verdict.Verdict) string {
	if p.Speech == nil {
		return usualRule[v.Reason]
	}
	p.Attempts = []evidence.Attempt{{Outcome: evidence.Connected}}
	own := verdict.Judge(&p, nil)
	for _, asked := range []string{p.Speech.Asked, "", "starttls", "tls"} {
		said := *p.Speech
		said.Asked = asked
		p.Speech = &said
		if j := verdict.Judge(&p, nil); j.Reason == v.Reason && j.Usable == v.Usable {
			return j.Rule
		}
	}
	if own.Reason == v.Reason {
		return own.Rule
	}
	return usualRule[v.Reason]
}
