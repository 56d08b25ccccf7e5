package socket

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"whyport/probe/evidence"
)

// Tally is a Network that counts the connections that were accepted, whoever asked for them and whatever became of them: what
// the service at the other end has seen. SYNs that expired on the way, or were refused, are none.
type Tally struct {
	Network
	mu sync.Mutex
	n  map[netip.Addr]map[uint16]int
}

// Connect implements Network.
func (t *Tally) Connect(ctx context.Context, r Request) (evidence.Attempt, net.Conn) {
	a, conn := t.Network.Connect(ctx, r)
	if a.Outcome == evidence.Connected {
		t.Add(r.To)
	}
	return a, conn
}

// Add counts a connection that was made by a Burst.
func (t *Tally) Add(to netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[netip.Addr]map[uint16]int{}
	}
	if t.n[to.Addr()] == nil {
		t.n[to.Addr()] = map[uint16]int{}
	}
	t.n[to.Addr()][to.Port()]++
}

// Accepted is how many connections the port has accepted so far.
func (t *Tally) Accepted(to netip.AddrPort) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[to.Addr()][to.Port()]
}

// Forget gives up what is known of an address's ports.
func (t *Tally) Forget(a netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.n, a)
}

// Beneath is the network that is counted, which may do more than a Network must; n itself where it is none that counts.
func Beneath(n Network) Network {
	if t, counts := n.(*Tally); counts {
		return t.Network
	}
	return n
}
