package socket

import "whyport/probe/evidence"

// A Burst sends very many SYNs from one thread and says how each ended, without the evidence that
// Connect gathers: outcome, error and ICMP only. It is not safe for concurrent use.
//
//	NewBurst(limit)       sockets at the same time; fewer where descriptors are short
//	Room()                attempts that can be begun now
//	Send(id, to)          one SYN; false: no socket is to be had now
//	Collect(wait, ends)   the attempts that ended, waiting for one at most that long
//	Holds(try, id)        whether that attempt is still under way
//	Drop(try)             gives an attempt up; its End if it had ended after all
//	Close()
//
// The connection of an attempt that ended as Connected is held for the caller, who takes it or drops it.
//
// An id may have several attempts under way; an answer to one does not end the others. The variant for other
// systems than Linux makes each attempt a goroutine.

// End is how one attempt of a Burst ended.
type End struct {
	ID      int32
	Try     int32 // the value that Send returned
	Outcome evidence.Outcome
	Errno   string         // of a failed one
	Local   bool           // the kernel refused before sending
	ICMP    *evidence.ICMP // the error that ended it; nil if none did, or the system does not tell
	// Unattributed is an attempt's: an ICMP error may have refused it.
	Unattributed bool
	Held         Held // the connection of a connected one
}
