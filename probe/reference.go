package probe

import (
	"context"
	"math/rand/v2"
	"sync"

	"whyport/probe/evidence"
)

// controlCount is how many improbable ports are tried beside the candidates: what answers there answers for
// every port. Two, since one may be in use by chance.
const controlCount = 2

// controls are connections to improbable high ports that are no candidates.
func (h *host) controls() []*port {
	if h.run.options.Trace == TraceNever || h.here() {
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
		if !taken[n] {
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

// reference walks to the best port that has answered so far, unless a walk to one at least as good is
// known: a port whose application answered proves the server's own distance.
func (h *host) reference(ctx context.Context) {
	facts := h.snapshot()
	if facts.ReferenceProven {
		return
	}
	best := h.speaking()
	if best == nil {
		return
	}
	w, ttl := h.scout.to(best.want.Port)
	if w == nil {
		w = h.walkServer(ctx, best.want.Port)
	}
	if w.At(w.Distance()).End != evidence.Connected { // silent, or, where there are several paths, a device on one of them answers
		return
	}
	h.learn(func(f *evidence.Host) {
		if f.Reference != nil {
			f.Others = append(f.Others[:len(f.Others):len(f.Others)], f.Reference)
		}
		f.Reference, f.ReferenceProven, f.ArrivalTTL = w, true, ttl
	})
}

// walkServer walks to a port that answers. Where packets get lost and nothing was heard from just before the end, the
// end may be nearer: it is asked again there, or every other port's answer would seem to come from nearer than it.
func (h *host) walkServer(ctx context.Context, port uint16) *evidence.Walk {
	w := h.walkTCP(ctx, port, 0)
	for d := w.Distance(); d > 1 && h.lossy() && w.At(d-1).ICMP == nil; d-- {
		hop := &w.Hops[d-2]
		for _, a := range h.shorts(ctx, port, d-1, 2*confirmTries) {
			if hop.ICMP == nil && !hop.End.Answered() {
				hop.Fill(a)
			}
		}
		if !hop.End.Answered() {
			break
		}
		w.Hops = w.Hops[:d-1]
	}
	return w
}

// shorts sends several SYNs with the same small TTL at once.
func (h *host) shorts(ctx context.Context, port uint16, ttl uint8, n int) []evidence.Attempt {
	all := make([]evidence.Attempt, n)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() { all[i] = h.short(ctx, port, ttl, h.answerWait()) })
	}
	wg.Wait()
	return all
}

// measured finds out the TTL with which the reference's answers arrive; only those who compare answers need it.
func (h *host) measured(ctx context.Context) {
	facts := h.snapshot()
	if d := facts.Reference.Distance(); d > 0 && facts.ArrivalTTL == 0 {
		ttl := h.arrivalTTL(ctx, facts.Reference.To.Port(), d)
		h.learn(func(f *evidence.Host) { f.ArrivalTTL = ttl })
	}
}

// speaking is the first port whose application answered (of a large run the one that was measured already), or a later
// one whose SYN-ACK took more than twice as long: the first was answered by a proxy on the way.
func (h *host) speaking() (best *port) {
	for _, p := range h.ports {
		if !p.isSettled() || !isOpen(p) || p.want.Protocol != evidence.TCP || !p.seen.Speech.SignOfLife() {
			continue
		}
		w, _ := h.scout.to(p.want.Port)
		if best == nil || p.seen.Best().RoundTrip() > 2*best.seen.Best().RoundTrip() || w != nil && 2*p.seen.Best().RoundTrip() > best.seen.Best().RoundTrip() {
			best = p
		}
	}
	return best
}
