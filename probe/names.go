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

// lookUpTimeout bounds the reverse look-ups of a port's path: a name helps, but nobody waits for it.
const lookUpTimeout = 400 * time.Millisecond

// lookUpNames asks for the names of the addresses that a port's evidence mentions, each once for a host.
func (h *host) lookUpNames(ctx context.Context, p *port) {
	if h.run.options.NoNames {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	h.naming.Lock()
	defer h.naming.Unlock()
	found := maps.Clone(h.snapshot().Names)
	if found == nil {
		found = map[netip.Addr]string{}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, a := range h.mentioned(p) {
		mu.Lock()
		_, known := found[a]
		found[a] = found[a]
		mu.Unlock()
		if known {
			continue
		}
		wg.Go(func() {
			var resolver net.Resolver
			if names, err := resolver.LookupAddr(ctx, a.WithZone("").String()); err == nil && len(names) > 0 {
				mu.Lock()
				found[a] = strings.TrimSuffix(names[0], ".")
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	h.learn(func(f *evidence.Host) { f.Names = found })
}

// mentioned are the addresses of routers and offenders in a port's evidence.
func (h *host) mentioned(p *port) (out []netip.Addr) {
	facts := h.snapshot()
	for _, w := range append([]*evidence.Walk{p.seen.Walk, facts.Reference}, facts.Others...) {
		if w == nil {
			continue
		}
		for _, hop := range w.Hops {
			if hop.Addr.IsValid() {
				out = append(out, hop.Addr)
			}
		}
	}
	for _, a := range p.seen.Attempts {
		if a.ICMP != nil {
			out = append(out, a.ICMP.From)
		}
	}
	return out
}
