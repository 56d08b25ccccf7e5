package probe

import (
	"context"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// referBeside finds a reference where only a service has spoken that counts visits (SSH, mail, FTP, databases): it gets no
// further SYN. A refused control port, or else a refused candidate, is measured in its place; where nothing is refused, the
// way is walked with datagrams. What is measured is proven if the service is as far away.
func (h *host) referBeside(ctx context.Context, speaks *port) {
	if h.snapshot().Reference != nil {
		return
	}
	h.awaitControls(ctx, h.improbable)
	refused := slices.DeleteFunc(slices.Concat(h.improbable, h.ports), func(p *port) bool {
		return !p.isSettled() || !p.seen.Refused()
	})
	if h.unprovenReference(ctx, refused[:min(1, len(refused))]); h.snapshot().Reference == nil {
		w := h.tracer.DatagramWalk(ctx)
		h.learn(func(f *evidence.Host) { alsoWalked(f, w) })
		return
	}
	facts := h.snapshot()
	d := facts.Reference.Distance()
	switch {
	case verdict.Farther(&speaks.seen, facts): // what refuses passes the service on
		w := h.tracer.TCP(ctx, speaks.want.Port, d+1)
		h.learn(func(f *evidence.Host) { alsoWalked(f, w) })
	case d > 1 && h.line.Short(ctx, speaks.want.Port, d-1, h.line.AnswerWait()).ByTCP(): // it never gets to a server at d
	case verdict.AsFar(&speaks.seen, facts):
		h.learn(func(f *evidence.Host) { f.ReferenceProven = true })
	}
}
