package lookup

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// harmless is the name of the question that shows whether a server answers: every server knows it itself (RFC 6761, 6.3).
const harmless = "localhost"

// Servers are the name servers that this computer is set to; behind are those that a server on this computer itself passes
// questions on to, where the system shows it.
func Servers() (set, behind []netip.AddrPort) {
	set, _ = systemServers()
	for _, s := range set {
		if s.Addr().IsLoopback() {
			return set, serversBehind()
		}
	}
	return set, nil
}

// Alive asks each server whether it is there, in a way that makes it ask nobody else: for a name that it knows itself, and
// without recursion unless it leaves that unanswered. Any answer will do.
func Alive(ctx context.Context, servers []netip.AddrPort, dial Dial) []evidence.NameAnswer {
	out := make([]evidence.NameAnswer, len(servers))
	var asking sync.WaitGroup
	for i, s := range servers {
		asking.Go(func() {
			if out[i] = (asker{dial}).alive(ctx, s, false); out[i].End == evidence.Unanswered && ctx.Err() == nil {
				out[i] = (asker{dial}).alive(ctx, s, true)
			}
		})
	}
	asking.Wait()
	return out
}

func (k asker) alive(ctx context.Context, server netip.AddrPort, recursion bool) evidence.NameAnswer {
	const flags, desired = 2, 0x01 // RFC 1035, 4.1.1: RD
	begun := time.Now()
	a := evidence.NameAnswer{Server: server, Name: harmless, Family: evidence.IPv4}
	if q, err := query(number(), a.Name, a.Family, false); err == nil {
		if !recursion {
			q[flags] &^= desired
		}
		k.datagram(ctx, &a, q)
	}
	a.Elapsed = time.Since(begun)
	return a
}
