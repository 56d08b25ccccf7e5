package farend

import (
	"crypto/rand"
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// Bounds of a question.
const (
	NonceBytes = 12
	// MaxPorts can be asked about at once, and MaxSources are named for each.
	MaxPorts   = 256
	MaxSources = 16
	// MaxHas ports are told of in one answer, with at most MaxSockets each, and texts cut at MaxText bytes: that fits in a frame.
	MaxHas     = 4
	MaxSockets = 3
	MaxText    = 48
)

// Question is what a client says first, and all that it says in a connection but for the bait.
type Question struct {
	Nonce []byte         `json:"n"` // of this question
	Run   []byte         `json:"r"` // of all of one run
	Own   netip.AddrPort `json:"o"` // the client's end of the connection, as it sees it
	To    netip.AddrPort `json:"t"` // what it connected to
	// Ports are those whose packets it asks about, of the last Since milliseconds.
	Ports []PortAsked `json:"p,omitempty"`
	Since int64       `json:"s,omitempty"`
	// Bait announces lines behind the question, up to this mark; they come back as they arrived.
	Bait string `json:"b,omitempty"`
	// Back asks for a connection to this port of the client, where the listener offers that.
	Back uint16 `json:"k,omitempty"`
	// Has asks what the server's system has on the Ports; over TCP alone, and not of more than MaxHas at once.
	Has  bool   `json:"w,omitempty"`
	Fill string `json:"f,omitempty"`
}

// PortAsked is a port with the source ports that the client used towards it.
type PortAsked struct {
	Port     uint16            `json:"p"`
	Protocol evidence.Protocol `json:"t"`
	Sources  []uint16          `json:"s,omitempty"`
}

// Answer is what the listener says to it.
type Answer struct {
	At     time.Time      `json:"a"` // by the listener's clock
	Source netip.AddrPort `json:"s"` // the client's end, as the listener sees it
	Local  netip.AddrPort `json:"l"` // its own end
	// Lines of a request's head that arrived and were not the question's own.
	Head []string `json:"h,omitempty"`
	// Arrived are the lines of the bait.
	Arrived []byte       `json:"b,omitempty"`
	Reports []PortReport `json:"p,omitempty"`
	Back    string       `json:"k,omitempty"` // how the connection back ended: an outcome, or NotOffered
	Has     []PortHas    `json:"w,omitempty"`
}

// NotOffered is the word for a connection back that the listener does not make.
const NotOffered = "not-offered"

// PortReport is what the listener saw of a port.
type PortReport struct {
	Port     uint16            `json:"p"`
	Protocol evidence.Protocol `json:"t"`
	Sight    evidence.Sight    `json:"v"`
}

// PortHas is what the server's system has on a port.
type PortHas struct {
	Port     uint16             `json:"p"`
	Protocol evidence.Protocol  `json:"t"`
	Has      evidence.ServerHas `json:"h"`
}

// Nonce makes one.
func Nonce() []byte {
	b := make([]byte, NonceBytes)
	rand.Read(b)
	return b
}

// Header is that of a request which carries a question, in small letters.
const Header = "x-whyport:"
