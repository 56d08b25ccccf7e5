package report

import "whyport/probe/verdict"

// words says what a verdict means. There is one entry for every reason; the facts choose between
// its variants.
func (s *subject) words() words {
	switch s.verdict.Reason {
	case verdict.SynAck, verdict.UDPResponse:
		return s.answeredWords()
	case verdict.Reset, verdict.ResetByMiddlebox, verdict.MiddleboxAnswer, verdict.NoResponse, verdict.TTLExceeded,
		verdict.UDPNoResponse, verdict.PortUnreachable, verdict.ShutOut:
		return s.packetWords()
	case verdict.ICMPAdminProhibited, verdict.ICMPHostProhibited, verdict.ICMPNetProhibited, verdict.ICMPPortUnreachable,
		verdict.ICMPHostUnreachable, verdict.ICMPNetUnreachable, verdict.ICMPProtocolUnreachable:
		return s.icmpWords()
	case verdict.NeighborUnresolved, verdict.NoRoute, verdict.LocalFirewallReject, verdict.LocalFirewallDrop,
		verdict.LocalDenied, verdict.AddressUnavailable:
		return s.localWords()
	case verdict.TLSReset, verdict.TLSNoResponse, verdict.TLSEOF, verdict.SNIReset, verdict.SNINoResponse:
		return s.tlsFailureWords()
	case verdict.ProxyDenied, verdict.ProxyAuthRequired, verdict.ProxyUnreachable, verdict.ProxyError:
		return s.proxyWords()
	case verdict.NameNotFound, verdict.NameServerFailure, verdict.NameServerTimeout, verdict.NoAddress,
		verdict.NameRefused, verdict.NameBlocked:
		return s.nameWords()
	case verdict.Interrupted:
		return words{"not finished: interrupted", "The test was stopped before this port had an answer.",
			"Run the test again and let it finish."}
	case verdict.NoSockets:
		return words{"not tested: out of sockets", "This computer ran out of sockets, so the port was not tested.",
			"Close programs with many connections or test fewer ports at once, then run the test again."}
	}
	return words{"not tested", "The port was not tested.", "Run the test again for this port."}
}
