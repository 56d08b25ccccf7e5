// Package protocol is the table of the protocols that are known: on which ports each is usual, who speaks first, how its
// first words are recognised and whether they are a refusal, how it is upgraded to TLS, what it is asked over UDP and how
// its answer is read. One protocol is one file and one row; nothing outside knows a protocol by its name.
//
// Readers get bytes from strangers: they look at no more than they are given and never fail.
package protocol

import (
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// Speaker says who begins a conversation.
type Speaker int

// Who speaks first.
const (
	Client Speaker = iota // waits to be asked
	Server                // greets: it is listened to before anything is said
	Either                // some of its servers greet: what they say first is a greeting, but none is waited for
)

// Late is how late a server greets that looks callers up by a name server that does not answer (two tries of 5 s), or
// that makes them wait (postscreen: 6 s).
const Late = 12 * time.Second

// Answer is what a server says to a question of the protocol.
type Answer struct {
	Spoken  bool   // it is the protocol
	Product string // as it calls itself
	Code    string // of the protocol: "REFUSED"
	Refused bool   // it answers, and does not serve
	// Unlisted is set where its list of computers lacks this one, for what was asked at least.
	Unlisted bool
	// Seen is the address that a server of STUN or TURN sees instead of this computer's.
	Seen netip.AddrPort
	// Refers are the addresses that clients are sent to, as host:port.
	Refers []string
}

// Protocol is a row of the table. What is nil or zero does not exist, or is not known.
type Protocol struct {
	Name   string
	Inside string   // its name inside TLS where that is another: "https"
	Ports  []uint16 // where it is usual, by IANA's registry and its RFC
	Secure []uint16 // where it is usual inside TLS, which comes first
	Often  []uint16 // where it is frequent, and others are, too
	First  Speaker

	Promised  []uint16 // those of Ports that promise it by their number alone
	Quiet     bool     // prints or obeys whatever is sent: only listened to unless told otherwise
	Pages     bool     // answers requests with pages, which devices on the way make, too
	Impatient bool     // refuses whoever speaks before its greeting
	Patient   bool     // its servers look callers up, or make them wait, before they greet: up to Late

	// Loose is set where others use its ports, too, or its servers may be silent to strangers: silence says nothing of it.
	Loose bool

	// Match recognises the first words of its servers, and the product as it calls itself. usual tells that the port's
	// number promises it, for words that several protocols share.
	Match func(said []byte, usual bool) (ok bool, product string)
	// Refused says whether first words that Match took are a refusal to talk, which nothing provoked, and whether for now
	// only. What is not refused is served.
	Refused func(said []byte) (refused, busy bool)
	// Whole reports whether first words came to their end; nil: at the end of a line.
	Whole func(said []byte) bool
	// Ask is its question where the client begins: cheap, harmless, and no sign-in.
	Ask func(*Dialogue) Answer
	// Older is asked on another connection where Ask got no answer of the protocol: servers of an older version.
	Older func(*Dialogue) Answer
	// Bye ends a conversation as the protocol wants it ended.
	Bye string
	// End ends it where that takes more than words.
	End func(d *Dialogue, inside bool)
	// Upgrade asks for TLS.
	Upgrade func(*Dialogue) Upgraded
	// Admits asks, once encryption is agreed on or not to be had, whether this computer is let in; without a log-in.
	Admits func(*Dialogue) Answer
	// Data asks, in a conversation at its beginning, where a data connection is to be made; to is the server's address.
	Data func(d *Dialogue, to netip.Addr) (evidence.FTP, error)
	// UDP is what it is asked there.
	UDP *Datagram
}
