package probe

import (
	"context"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// afterTimeout is how long looks at a port may go on when its time-out is over.
const afterTimeout = 400 * time.Millisecond

// hurry bounds the looks at some ports by the user's time-out, where that is shorter than usual, and marks those that it cuts
// short. The caller calls stop.
func (h *host) hurry(ctx context.Context, ports []*port, finish func(*port)) (within context.Context, marked func(*port), stop func()) {
	if h.options.Timeout >= DefaultTimeout || len(ports) == 0 {
		return ctx, finish, func() {}
	}
	latest := slices.MaxFunc(ports, func(a, b *port) int { return a.begun.Compare(b.begun) })
	within, stop = context.WithDeadline(ctx, latest.begun.Add(h.options.Timeout+afterTimeout))
	return within, func(p *port) {
		if within.Err() != nil && ctx.Err() == nil {
			h.cutShort(p)
		}
		finish(p)
	}, stop
}

// cutShort leaves of a port what its first look has seen: looks that were ended in between would seem to have met silence.
func (h *host) cutShort(p *port) {
	if h.options.Trace == TraceNever || h.here() || verdict.Complete(&p.seen, h.snapshot()) {
		return
	}
	p.seen.CutShort, p.seen.Walk, p.seen.Place, p.seen.Origin = true, nil, "", nil
	p.seen.Attempts = slices.DeleteFunc(slices.Clone(p.seen.Attempts), func(a evidence.Attempt) bool {
		return a.Outcome == evidence.Interrupted
	})
}
