package probe

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// probe connects to every candidate, asks the open ones what they speak, and looks for what stopped the
// others. done is called once for each candidate, not concurrently for the same one.
func (h *host) probe(ctx context.Context, done func(*port)) {
	candidates, controls := h.ports, h.controls()
	h.improbable = controls
	slots := line.NewSlots(h.options.HostConcurrency)
	var wg sync.WaitGroup
	begin := func(ports []*port) {
		for _, p := range ports {
			wg.Go(func() {
				defer close(p.settled)
				p.begun = time.Now()
				if !slots.Acquire(ctx) {
					p.seen.Attempts = []evidence.Attempt{{Outcome: evidence.Interrupted}}
					return
				}
				defer slots.Release()
				h.ask(ctx, p)
			})
		}
	}
	h.startControls = sync.OnceFunc(func() { begin(controls) })
	begin(candidates)
	h.explain(ctx, candidates, controls, func(p *port) {
		h.sample(ctx, p)
		h.tryExtras(ctx, p)
		p.seen.Elapsed = time.Since(p.begun)
		p.giveUpLingering()
		done(p)
	})
	wg.Wait()
	for _, c := range controls {
		c.giveUpLingering()
	}
	h.ping(ctx)
	h.measureMTU(ctx)
	h.tracer.Names.Await()
}
