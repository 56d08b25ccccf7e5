package path

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// lookUpTimeout bounds a reverse look-up: a name helps, but nobody waits long for it.
const lookUpTimeout = 400 * time.Millisecond

// Names are the reverse look-ups for one line, each address once, all in the background. As long as nothing of the host has
// answered they are held: where the name server can't be reached either, they would use up the ICMP errors of routers.
// A nil Names looks nothing up.
type Names struct {
	line    *line.Line
	mu      sync.Mutex
	started map[netip.Addr]bool
	found   map[netip.Addr]string // never written again once shared
	held    []func()
	free    bool
	pending sync.WaitGroup
}

// NewNames looks up what is met on the way of a line.
func NewNames(l *line.Line) *Names { return &Names{line: l, started: map[netip.Addr]bool{}} }

// OfWalk starts the look-ups of a walk's routers.
func (n *Names) OfWalk(ctx context.Context, w *evidence.Walk) {
	for _, hop := range w.Hops {
		n.Of(ctx, hop.Addr)
	}
}

// Of starts the look-up of one address.
func (n *Names) Of(ctx context.Context, a netip.Addr) {
	if n == nil || !a.IsValid() {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.started[a] {
		return
	}
	n.started[a] = true
	lookUp := func() { n.lookUp(ctx, a) }
	if !n.free && n.line.RTT() == 0 {
		n.held = append(n.held, lookUp)
		return
	}
	n.pending.Go(lookUp)
}

func (n *Names) lookUp(ctx context.Context, a netip.Addr) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	var resolver net.Resolver
	found, err := resolver.LookupAddr(ctx, a.WithZone("").String())
	if err != nil || len(found) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	all := maps.Clone(n.found)
	if all == nil {
		all = map[netip.Addr]string{}
	}
	all[a] = strings.TrimSuffix(found[0], ".")
	n.found = all
}

// Found are the names that are known by now; not to be written to.
func (n *Names) Found() map[netip.Addr]string {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.found
}

// Free begins the look-ups that were held.
func (n *Names) Free() {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, lookUp := range n.held {
		n.pending.Go(lookUp)
	}
	n.held, n.free = nil, true
}

// Await waits for all look-ups.
func (n *Names) Await() {
	if n != nil {
		n.Free()
		n.pending.Wait()
	}
}
