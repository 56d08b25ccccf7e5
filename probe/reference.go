package probe

import (
	"context"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// findReference walks to the best port that has answered so far, unless a walk to one at least as good is
// known: a port whose application answered proves the server's own distance.
func (h *host) findReference(ctx context.Context) {
	facts := h.snapshot()
	if facts.ReferenceProven {
		return
	}
	best := h.speaking()
	if best == nil {
		return
	}
	if h.scout == nil && !verdict.MayAskAgain(&best.seen) {
		h.referBeside(ctx, best)
		return
	}
	w, ttl := h.scout.to(best.want.Port)
	if w == nil {
		w = h.tracer.Server(ctx, best.want.Port)
	}
	if w.At(w.Distance()).End != evidence.Connected { // silent, or, where there are several paths, a device on one of them answers
		return
	}
	h.learn(func(f *evidence.Host) {
		if f.Reference != nil {
			alsoWalked(f, f.Reference)
		}
		f.Reference, f.ReferenceProven, f.ArrivalTTL = w, true, ttl
	})
}

// measured finds out the TTL with which the reference's answers arrive; only those who compare answers need it.
func (h *host) measured(ctx context.Context) {
	facts := h.snapshot()
	if d := facts.Reference.Distance(); d > 0 && facts.ArrivalTTL == 0 {
		ttl := h.tracer.ArrivalTTL(ctx, facts.Reference.To.Port(), d)
		h.learn(func(f *evidence.Host) { f.ArrivalTTL = ttl })
	}
}

// speaking is the first port whose application answered (of a large run the one that was measured already), or a later
// one whose SYN-ACK took more than twice as long: the first was answered by a proxy on the way. One that can be asked
// again without harm comes before all others.
func (h *host) speaking() (best *port) {
	facts := h.snapshot()
	for _, p := range h.ports {
		if !p.isSettled() || p.want.Protocol != evidence.TCP || !verdict.Proves(&p.seen, facts) {
			continue
		}
		w, _ := h.scout.to(p.want.Port)
		slower := best != nil && p.seen.Best().RoundTrip() > 2*best.seen.Best().RoundTrip()
		kinder := best != nil && verdict.MayAskAgain(&p.seen) && !verdict.MayAskAgain(&best.seen)
		if best == nil || slower || kinder && !verdict.AnsweredSooner(&p.seen, &best.seen) ||
			w != nil && 2*p.seen.Best().RoundTrip() > best.seen.Best().RoundTrip() {
			best = p
		}
	}
	return best
}
