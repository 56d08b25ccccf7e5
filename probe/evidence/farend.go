package evidence

import (
	"net/netip"
	"time"
)

// FarEnd is what a listener at the server (whyport listen) tells of a port; absent: it could not be asked.
type FarEnd struct {
	// Proven is set where the listener itself answered on this port: it has the token.
	Proven bool `json:"proven,omitempty"`
	// Own and Source are this computer's end of that connection, here and as the listener sees it; To and Local its own end, as
	// it was called here and there.
	Own    netip.AddrPort `json:"own,omitzero"`
	Source netip.AddrPort `json:"source,omitzero"`
	To     netip.AddrPort `json:"to,omitzero"`
	Local  netip.AddrPort `json:"local,omitzero"`
	At     time.Time      `json:"at,omitzero"` // by the listener's clock
	// Mapping is what became of one source port towards this and another port of the server; "": not tried.
	Mapping string `json:"mapping,omitempty"`
	// TLS is how the listener's certificate arrived; "": not tried, or no handshake came to its end.
	TLS    string `json:"tls,omitempty"`
	Issuer string `json:"issuer,omitempty"` // of the one that arrived instead
	// Head are lines that a request got on the way; Changed are lines that arrived as others.
	Head    []string     `json:"head,omitempty"`
	Changed []ChangeSeen `json:"changed,omitempty"`
	// Backs are connections from the listener to this computer, where both wanted them.
	Backs []Back `json:"backs,omitempty"`
	// Sight is what it saw of the packets of this run; nil: it was not asked, or can't see them.
	Sight *Sight `json:"sight,omitempty"`
	// Has is what the server's own system says of its port (whyport peer); nil: it was not told.
	Has *ServerHas `json:"has,omitempty"`
}

// How the listener's certificate arrived.
const (
	FarTLSIntact = "intact"
	FarTLSOpened = "opened" // another arrived, and the listener was behind it
	FarTLSOther  = "other"  // another arrived, and no listener
)

// What becomes of one source port towards two ports of the server.
const (
	MappingKept   = "kept"   // the listener sees the very port for both
	MappingSame   = "same"   // another port, the same for both (RFC 4787, 4.1: endpoint-independent, or by address)
	MappingByPort = "differ" // another port for each
)

// Back is a connection from the server to a port of this computer.
type Back struct {
	Port    uint16  `json:"port"`
	Outcome Outcome `json:"outcome"`           // as the listener says; NotRun: it makes none
	Arrived bool    `json:"arrived,omitempty"` // here
	Untried string  `json:"untried,omitempty"` // why it was not tried; "": it was
}

// Why a connection back was not tried.
const (
	BackNoRight = "no-right" // this user may not listen on the port
	BackNoTCP   = "no-tcp"   // the listener answers over UDP alone, where a source address may be forged
	BackUnasked = "unasked"  // it gave no answer to that question
)

// ChangeSeen is a line that arrived as another.
type ChangeSeen struct {
	Sent    string `json:"sent"`
	Arrived string `json:"arrived"`
}

// Sight is what was seen at the server of one run's packets to a port. Counted are connections (datagrams over UDP), not the
// repetitions of their first packet.
type Sight struct {
	Arrived  int            `json:"arrived"`
	Answered int            `json:"answered"` // a SYN-ACK, or datagram, was sent
	Others   int            `json:"others,omitempty"`
	First    time.Time      `json:"first,omitzero"`
	Last     time.Time      `json:"last,omitzero"`
	Source   netip.AddrPort `json:"source,omitzero"` // of the last
	// Captured is set where packets were read from the wire, before the server's firewall; else only what reached the socket
	// of the listener was seen.
	Captured bool `json:"captured,omitempty"`
	// Held is set where the listener itself has the port.
	Held bool `json:"held,omitempty"`
	// Same is set where the source ports are those that were sent from, or the datagrams said whose they are: they are this run's
	// beyond doubt.
	Same bool `json:"same,omitempty"`
	// Code is set where a person typed it: which ports, not how many packets.
	Code bool `json:"code,omitempty"`
}
