// Package verdict says what recorded evidence means. Judge is a pure function: no I/O, no clock, no
// sentence for people (report/ has those), and never more certain than what was seen separates.
package verdict

import "net/netip"

// State of a port; the zero value is Unknown, never success and never blocked.
type State string

// The states; DESIGN: "open" only where the server itself answered and spoke what was asked for.
const (
	Unknown     State = "unknown"
	Open        State = "open"
	Closed      State = "closed"
	Blocked     State = "blocked"
	Filtered    State = "filtered"
	Unreachable State = "unreachable"
)

// States in the order in which people read them.
func States() []State {
	return []State{Open, Closed, Blocked, Filtered, Unreachable, Unknown}
}

// Reason is a stable code, never localised; renaming one breaks scripts.
type Reason string

// The reasons, nmap's words where the meaning is nmap's.
const (
	SynAck                  Reason = "syn-ack"
	Reset                   Reason = "reset"
	ResetByMiddlebox        Reason = "reset-by-middlebox"
	MiddleboxAnswer         Reason = "middlebox-answer"
	NoResponse              Reason = "no-response"
	ICMPAdminProhibited     Reason = "icmp-admin-prohibited"
	ICMPHostProhibited      Reason = "icmp-host-prohibited"
	ICMPNetProhibited       Reason = "icmp-net-prohibited"
	ICMPPortUnreachable     Reason = "icmp-port-unreachable"
	ICMPHostUnreachable     Reason = "icmp-host-unreachable"
	ICMPNetUnreachable      Reason = "icmp-net-unreachable"
	ICMPProtocolUnreachable Reason = "icmp-protocol-unreachable"
	TTLExceeded             Reason = "ttl-exceeded"
	NeighborUnresolved      Reason = "neighbor-unresolved"
	NoRoute                 Reason = "no-route"
	LocalFirewallReject     Reason = "local-firewall-reject"
	LocalFirewallDrop       Reason = "local-firewall-drop"
	LocalDenied             Reason = "local-denied"
	AddressUnavailable      Reason = "address-unavailable"
	TLSReset                Reason = "tls-reset"
	TLSNoResponse           Reason = "tls-no-response"
	TLSEOF                  Reason = "tls-eof"
	SNIReset                Reason = "sni-reset"
	SNINoResponse           Reason = "sni-no-response"
	HungUp                  Reason = "hung-up"
	EndedWhenSpokenTo       Reason = "ended-when-spoken-to" // by what was said first, in whatever protocol
	HTTPReset               Reason = "http-reset"
	HTTPEOF                 Reason = "http-eof"
	HTTPNoResponse          Reason = "http-no-response"
	HostReset               Reason = "host-reset"
	HostNoResponse          Reason = "host-no-response"
	ProxyDenied             Reason = "proxy-denied"
	ProxyAuthRequired       Reason = "proxy-auth-required"
	ProxyUnreachable        Reason = "proxy-unreachable"
	ProxyError              Reason = "proxy-error"
	UDPResponse             Reason = "udp-response"
	UDPNoResponse           Reason = "udp-no-response"
	PortUnreachable         Reason = "port-unreachable"
	NameNotFound            Reason = "name-not-found"
	NameServerFailure       Reason = "name-server-failure"
	NameServerTimeout       Reason = "name-server-timeout"
	NoAddress               Reason = "no-address"
	NameRefused             Reason = "name-refused" // the name server does not answer this computer, or not for this name
	NameBlocked             Reason = "name-blocked" // by a filter: it says so, or leads the name to where no server is
	ShutOut                 Reason = "shut-out"
	ConnectionLimit         Reason = "connection-limit"
	Interrupted             Reason = "interrupted"
	NoSockets               Reason = "no-sockets"
	NotTested               Reason = "not-tested"
	LeavesNetwork           Reason = "leaves-network" // nothing is known of the port but that packets to it get out
)

// Reasons lists every reason, in the order above: what the schema and the wording must cover.
func Reasons() []Reason {
	return []Reason{
		SynAck, Reset, ResetByMiddlebox, MiddleboxAnswer, NoResponse,
		ICMPAdminProhibited, ICMPHostProhibited, ICMPNetProhibited, ICMPPortUnreachable,
		ICMPHostUnreachable, ICMPNetUnreachable, ICMPProtocolUnreachable, TTLExceeded,
		NeighborUnresolved, NoRoute, LocalFirewallReject, LocalFirewallDrop, LocalDenied,
		AddressUnavailable, TLSReset, TLSNoResponse, TLSEOF, SNIReset, SNINoResponse,
		HungUp, EndedWhenSpokenTo, HTTPReset, HTTPEOF, HTTPNoResponse, HostReset, HostNoResponse,
		ProxyDenied, ProxyAuthRequired, ProxyUnreachable, ProxyError,
		UDPResponse, UDPNoResponse, PortUnreachable,
		NameNotFound, NameServerFailure, NameServerTimeout, NoAddress, NameRefused, NameBlocked,
		ShutOut, ConnectionLimit, Interrupted, NoSockets, NotTested, LeavesNetwork,
	}
}

// Establishes reports whether a verdict with this reason says anything of the port: something was asked of it and the
// answer, or its silence, has a meaning. It is the only list of the reasons that do not.
func (r Reason) Establishes() bool {
	switch r {
	case "", NotTested, LeavesNetwork, Interrupted, NoSockets, ShutOut, ConnectionLimit, UDPNoResponse, EndedWhenSpokenTo,
		NameNotFound, NameServerFailure, NameServerTimeout, NoAddress, NameRefused, NameBlocked:
		return false
	}
	return true
}

// Party is who owns the place where a connection stopped.
type Party string

// The players between a person and a server.
const (
	PartyUnknown  Party = "unknown"
	ThisComputer  Party = "this-computer"
	LocalNetwork  Party = "local-network"
	Provider      Party = "provider"
	ServerNetwork Party = "server-network"
	Server        Party = "server"
	Proxy         Party = "proxy"
)

// Confidence in a verdict or a place. Ownership by address range is inference: at most Likely.
type Confidence string

// How sure.
const (
	Possible Confidence = "possible"
	Likely   Confidence = "likely"
	Certain  Confidence = "certain"
)

// Where a connection stopped.
type Where struct {
	Party      Party      `json:"party"`
	Hop        uint8      `json:"hop,omitempty"` // counted from 1; 0: not known
	Address    netip.Addr `json:"address,omitzero"`
	Name       string     `json:"name,omitempty"` // the address's, by reverse look-up
	Confidence Confidence `json:"confidence"`
	// OrNext is set when the place may also be the entry of the hop after Hop.
	OrNext bool `json:"or_next,omitempty"`
}

// Caveat is something that the evidence does not exclude, or a fact beside the verdict.
type Caveat string

// The caveats; the report has a sentence for each.
const (
	ReturnPath       Caveat = "return-path"        // the answer may have been lost on its way back
	FullBacklog      Caveat = "full-backlog"       // a full accept queue looks the same
	EqualCostPaths   Caveat = "equal-cost-paths"   // probes may have taken different paths
	MayBeImitated    Caveat = "may-be-imitated"    // a firewall can send the server's RST
	Lossy            Caveat = "lossy"              // packets get lost: it was answered at a later try, or is silent as others were that then answered
	RateLimited      Caveat = "rate-limited"       // the rule is known from other ports; this one's ICMP answer was held back
	AcceptsEveryPort Caveat = "accepts-every-port" // improbable ports answer, too
	TransparentProxy Caveat = "transparent-proxy"  // answered nearer than the server, yet the application is there
	HostSilent       Caveat = "host-silent"        // nothing at all came from this address
	HopsSilent       Caveat = "hops-silent"        // some routers never answer, so the place is an interval
	Disagreed        Caveat = "disagreed"          // attempts ended differently
	NothingSpoke     Caveat = "nothing-spoke"      // TCP connects, no application data was seen
	PlaceUnproven    Caveat = "place-unproven"     // no port of this server answered to compare with
	Forwarded        Caveat = "forwarded"          // the address is a NAT device's, which passes other ports on
	NoWindow         Caveat = "no-window"          // the SYN-ACK let nothing be sent, as devices do that answer for others
	TooNear          Caveat = "too-near"           // this computer's own firewall answers as fast as the first router
	SameRule         Caveat = "same-rule"          // the place was walked for another port behind the same rule
	UnusedRefused    Caveat = "unused-udp-refused" // UDP ports that nobody uses are refused by the server: this one is open, or filtered
	GetsClose        Caveat = "gets-close"         // datagrams get as far as the last router before the server
	CutShort         Caveat = "cut-short"          // the user's time-out ended the test of this port before all was looked at
	Starved          Caveat = "starved"            // this program hardly got the processor, so answers may have been missed
	NeedsPermission  Caveat = "needs-permission"   // macOS may keep this program off its own networks
)

// Caveats lists every caveat, in the order above.
func Caveats() []Caveat {
	return []Caveat{
		ReturnPath, FullBacklog, EqualCostPaths, MayBeImitated, Lossy, RateLimited, AcceptsEveryPort, TransparentProxy, HostSilent,
		HopsSilent, Disagreed, NothingSpoke, PlaceUnproven, Forwarded, NoWindow, TooNear, SameRule,
		UnusedRefused, GetsClose, CutShort, Starved, NeedsPermission,
	}
}

// Verdict on one port.
type Verdict struct {
	State      State      `json:"state"`
	Reason     Reason     `json:"reason"`
	Usable     bool       `json:"usable"`
	Confidence Confidence `json:"confidence"`
	Where      *Where     `json:"where,omitempty"`
	Caveats    []Caveat   `json:"caveats,omitempty"`
	// Rule names the row of the judge's table that decided.
	Rule string `json:"rule"`
}

// Has reports whether the verdict carries a caveat.
func (v Verdict) Has(c Caveat) bool {
	for _, have := range v.Caveats {
		if have == c {
			return true
		}
	}
	return false
}
