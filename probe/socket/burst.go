package socket

import (
	"net"
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// A Burst sends very many SYNs from one thread and says how each ended, without the evidence that
// Connect gathers: outcome, error and ICMP only. It is not safe for concurrent use. An id may have several attempts
// under way; an answer to one does not end the others. Silent is an end only where the kernel gives up, after a minute or more.
type Burst interface {
	// Room is how many attempts can be begun now.
	Room() int
	// Send begins an attempt with one SYN and returns its try, a handle until the attempt has ended. ok is false where
	// no socket is to be had now; then nothing was sent.
	Send(id int32, to netip.AddrPort) (try int32, ok bool)
	// Collect appends the attempts that have ended to ends, after waiting for one at most that long.
	Collect(wait time.Duration, ends []End) []End
	// Holds reports whether the attempt that Send returned for id is still under way.
	Holds(try, id int32) bool
	// Drop gives an attempt up. ended is true if it had an end that was not collected yet.
	Drop(try int32) (end End, ended bool)
	// Close gives everything up, but no connection that was handed over.
	Close()
}

// Held is the connection of an attempt that ended as Connected; its holder ends it with Take or Drop, once.
type Held interface {
	// Take makes it a connection like one of Connect, which the caller closes, with the attempt's source and TCP
	// information. The connection is nil where the system has no room for it.
	Take() (evidence.Attempt, net.Conn)
	// Drop gives it up with a RST.
	Drop()
}

// End is how one attempt of a Burst ended.
type End struct {
	ID      int32
	Try     int32 // the value that Send returned
	Outcome evidence.Outcome
	Cut     bool           // an attempt's: connected and reset at once; Held is nil
	Errno   string         // of a failed one
	Local   bool           // the kernel refused before sending
	ICMP    *evidence.ICMP // the error that ended it; nil if none did, or the system does not tell
	// Unattributed is an attempt's: an ICMP error may have refused it.
	Unattributed bool
	Held         Held // the connection of a connected one; nil: none, or it was cut
}

// Drop gives up the connection, if there is one.
func (e *End) Drop() {
	if e.Held != nil {
		e.Held.Drop()
		e.Held = nil
	}
}
