package probe

import (
	"context"
	"math/rand/v2"

	"whyport/probe/evidence"
)

// controlCount is how many improbable ports are tried beside the candidates: what answers there answers for
// every port. Two, since one may be in use by chance.
const controlCount = 2

// controls are connections to improbable high ports that are no candidates.
func (h *host) controls() []*port {
	if h.options.Trace == TraceNever || h.here() {
		return nil
	}
	taken := map[uint16]bool{}
	for _, p := range h.ports {
		taken[p.want.Port] = true
	}
	var out []*port
	for range 100 {
		// Above the ephemeral ranges' usual upper end on Linux (60999), below the number space's.
		n := uint16(61000 + rand.IntN(4500))
		if !taken[n] && !h.options.excludes(n) {
			taken[n] = true
			out = append(out, h.newPort(-1, Candidate{Port: n, Protocol: evidence.TCP}))
		}
		if len(out) == controlCount {
			break
		}
	}
	return out
}

// awaitControls waits until the control connections have ended and records them.
func (h *host) awaitControls(ctx context.Context, controls []*port) {
	h.startControls()
	for _, c := range controls {
		select {
		case <-c.settled:
		case <-ctx.Done():
			return
		}
	}
	h.learn(func(f *evidence.Host) {
		f.Controls = nil
		for _, c := range controls {
			f.Controls = append(f.Controls, c.seen)
		}
	})
}
