package probe

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"whyport/probe/evidence"
	"whyport/probe/path"
)

// confirmed asks the reference the questions that another port answered, since a lost packet can make the server seem
// farther than it is, or its answers to arrive with a lower TTL. If it answers, it is measured again
// where that is wanted, or there is no reference any more.
func (h *host) confirmed(ctx context.Context, reference *evidence.Walk, again bool) bool {
	if !h.confirming.Acquire(ctx) {
		return false
	}
	defer h.confirming.Release()
	facts := h.snapshot()
	if facts.Reference != reference || reference == h.confirmedFor {
		return facts.Reference == reference
	}
	port, d, ttl := facts.Reference.To.Port(), facts.Reference.Distance(), facts.ArrivalTTL
	tries, needed, known := path.ConfirmTries, 1, path.ConfirmTries/2
	switch {
	case !again:
		tries, needed, known = 2*path.ConfirmTries, 2, path.ConfirmTries
	case h.line.Lossy():
		tries, needed, known = 2*path.ConfirmTries, 3, 2*path.ConfirmTries
	}
	short, above := make([]bool, tries), make([]bool, tries)
	var passed atomic.Int32 // of SYNs that have to be answered: where hardly any are, silence says nothing
	var wg sync.WaitGroup
	for i := range tries {
		if i < known {
			wg.Go(func() {
				if h.line.Short(ctx, port, d, h.line.AnswerWait()).ByTCP() {
					passed.Add(1)
				}
			})
		}
		if d > 1 && facts.Reference.At(d-1).ICMP == nil { // otherwise a router answered there: the server is no nearer
			wg.Go(func() { short[i] = h.line.Short(ctx, port, d-1, h.line.AnswerWait()).ByTCP() })
		}
		if ttl > 0 && ttl < 255 {
			wg.Go(func() { above[i] = h.line.AtLeast(ctx, port, ttl+1).ByTCP() })
		}
	}
	wg.Wait()
	if !slices.Contains(short, true) && !slices.Contains(above, true) && int(passed.Load()) >= needed {
		h.confirmedFor = facts.Reference
		return true
	}
	h.line.NoteLoss()
	var better *evidence.Walk
	if h.remeasured++; again && h.remeasured <= 2 {
		if w := h.tracer.TCP(ctx, port, d); w.Distance() > 0 && evidence.EndedAlike(w, facts.Reference) {
			better, ttl = w, h.tracer.ArrivalTTL(ctx, port, w.Distance())
		}
	}
	h.learn(func(f *evidence.Host) {
		if f.Reference = better; better == nil {
			f.ReferenceProven, f.ReferenceLost, ttl = false, true, 0
		}
		f.ArrivalTTL = ttl
	})
	return false
}

// adopt gives the port that became the reference what was measured again in its name.
func (h *host) adopt(ports []*port) {
	facts := h.snapshot()
	for _, p := range ports {
		if w := facts.Reference; w != nil && p.seen.Origin != nil && p.seen.Walk.Distance() > w.Distance() && p.want.Port == w.To.Port() {
			p.seen.Walk, p.seen.Origin = w, &evidence.Origin{Distance: w.Distance(), ArrivalTTL: facts.ArrivalTTL}
		}
	}
}
