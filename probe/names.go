package probe

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// lookUpTimeout bounds a reverse look-up: a name helps, but nobody waits long for it.
const lookUpTimeout = 400 * time.Millisecond

// names are the reverse look-ups for one host, each address once, all in the background. As long as nothing of the host has
// answered they are held: where the name server can't be reached either, they would use up the ICMP errors of routers.
type names struct {
	mu      sync.Mutex
	started map[netip.Addr]bool
	held    []func()
	free    bool
	pending sync.WaitGroup
}

// name starts the look-ups of a walk's routers.
func (h *host) name(ctx context.Context, w *evidence.Walk) {
	for _, hop := range w.Hops {
		h.nameOf(ctx, hop.Addr)
	}
}

// nameOf starts the look-up of one address.
func (h *host) nameOf(ctx context.Context, a netip.Addr) {
	if h.run.options.NoNames || !a.IsValid() {
		return
	}
	h.names.mu.Lock()
	defer h.names.mu.Unlock()
	if h.names.started[a] {
		return
	}
	if h.names.started == nil {
		h.names.started = map[netip.Addr]bool{}
	}
	h.names.started[a] = true
	lookUp := func() {
		ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
		defer cancel()
		var resolver net.Resolver
		found, err := resolver.LookupAddr(ctx, a.WithZone("").String())
		if err != nil || len(found) == 0 {
			return
		}
		h.learn(func(f *evidence.Host) {
			all := maps.Clone(f.Names) // a snapshot may share the old map
			if all == nil {
				all = map[netip.Addr]string{}
			}
			all[a] = strings.TrimSuffix(found[0], ".")
			f.Names = all
		})
	}
	if !h.names.free && h.rtt.get() == 0 {
		h.names.held = append(h.names.held, lookUp)
		return
	}
	h.names.pending.Go(lookUp)
}

// freeNames begins the look-ups that were held.
func (h *host) freeNames() {
	h.names.mu.Lock()
	defer h.names.mu.Unlock()
	for _, lookUp := range h.names.held {
		h.names.pending.Go(lookUp)
	}
	h.names.held, h.names.free = nil, true
}

// awaitNames waits for all look-ups.
func (h *host) awaitNames() {
	h.freeNames()
	h.names.pending.Wait()
}
