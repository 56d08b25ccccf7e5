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

// names are the reverse look-ups for one host, each address once, all in the background.
type names struct {
	mu      sync.Mutex
	started map[netip.Addr]bool
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
	h.names.pending.Go(func() {
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
	})
}

// awaitNames waits for the look-ups that are under way.
func (h *host) awaitNames() { h.names.pending.Wait() }
