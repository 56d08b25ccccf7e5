package socket

import (
	"context"
	"net"
	"net/netip"

	"whyport/probe/evidence"
)

// Network is all that the probe asks of a network: System is the operating system's, probe/simnet a simulated one.
// Its methods may be called at the same time. Time is package time's, so that tests can run in a testing/synctest bubble.
//
// What Connect and Exchange return tells of one packet only: no method asks twice on its own account, but for the SYNs
// that the kernel repeats (1, 2, 3, ... s). Of the outcomes
//
//	Connected, Refused, Failed  a packet came back, or Local is set: the kernel refused to send one. Where a RST followed
//	                            the SYN-ACK so closely that nothing could be said, it is Connected and Cut
//	Silent                      a packet left, and Request.Timeout passed since without an answer; what had come by the
//	                            end was looked at, also where this program got the processor later
//	Interrupted                 ctx ended before; an answer that was there by then still counts
//	NoSocket                    this computer lacks descriptors, ports or buffers: nothing was sent
type Network interface {
	// Connect sends a SYN from a fresh socket and waits for what becomes of it. The connection is nil unless the
	// outcome is Connected, and also then if the attempt was Cut; the caller closes it.
	Connect(ctx context.Context, r Request) (evidence.Attempt, net.Conn)
	// Exchange sends a datagram from a fresh, connected socket and waits for a reply (at most 2 KiB of it), which is
	// Connected, or for an ICMP error, which is Failed.
	Exchange(ctx context.Context, r Request, payload []byte) (evidence.Attempt, []byte)
	// NewBurst makes room for up to limit attempts at once, fewer where descriptors are short. It fails only where
	// there can be none at all.
	NewBurst(limit int) (Burst, error)
	// Addresses are this computer's own, of all interfaces.
	Addresses() []netip.Addr
	// Links are the networks that its interfaces are in.
	Links() []evidence.Link
}

// System is the operating system's network; the zero value is ready.
type System struct{}

var _ Network = System{}
