package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// grace is how long answered ports wait for more of them, so that the best one becomes the reference.
func (h *host) grace() time.Duration {
	return min(max(4*h.line.RTT(), 100*time.Millisecond), 400*time.Millisecond)
}

// talkWait is how much longer they wait where something is talking already, or where nothing has and some are undecided: an
// application that speaks shows where the server is, and most take less.
const talkWait = 400 * time.Millisecond

// controlsAfter is when the control ports are tried if a candidate is still undecided: later than a healthy port needs,
// and after the candidates' SYNs, with which they would compete for a router's ICMP errors.
const controlsAfter = 150 * time.Millisecond

// explain finishes each candidate as soon as its evidence is complete: a port whose application answered
// at once; one that was refused after its origin is known; a silent one after the path was walked.
//
// What ports of a host cost in SYNs (testdata/where.txt has a bound for each case of the lab): one that speaks 1; one
// refused by ICMP 1 and a walk to the sender; the first closed or reset one about 15 to 25 (its own, a walk, the TTLs of
// answers, a second look before a device is accused) and each further one 4 to 12; the first silent one about 25 (6
// fresh, 3 retransmits, 2 walks, 2 controls) and each further one about 13.
func (h *host) explain(ctx context.Context, candidates, controls []*port, finish func(*port)) {
	settled := make(chan *port, len(candidates))
	for _, p := range candidates {
		go func() { <-p.settled; settled <- p }()
	}
	var answered, silent, datagrams []*port
	var patience time.Time // that answered ports have with those that talk
	var held deferred
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	doubt := time.NewTimer(controlsAfter)
	defer doubt.Stop()
	for left := len(candidates); left > 0; {
		select {
		case p := <-settled:
			left--
			switch {
			case h.done(ctx, p):
				finish(p)
			case p.seen.Answered() > 0:
				if answered = append(answered, p); len(answered) == 1 {
					timer.Reset(h.grace())
					patience = time.Now().Add(h.grace() + talkWait)
				}
			case p.want.Protocol == evidence.UDP:
				datagrams = append(datagrams, p)
			default:
				silent = append(silent, p)
			}
		case <-doubt.C:
			h.startControls()
		case <-timer.C:
			// Something talks, or what would talk may have lost its first SYN.
			if (h.talking.Load() > 0 || h.speaking() == nil) && time.Now().Before(patience) {
				timer.Reset(20 * time.Millisecond)
				continue
			}
			h.explainAnswered(ctx, answered, controls, held.unless(h, finish, left+len(silent) > 0))
			answered = nil
		}
	}
	byPreference := func(a, b *port) int { return a.candidate - b.candidate }
	slices.SortFunc(answered, byPreference)
	slices.SortFunc(silent, byPreference)
	slices.SortFunc(datagrams, byPreference)
	h.explainAnswered(ctx, answered, controls, held.unless(h, finish, len(silent) > 0))
	h.explainSilent(ctx, silent, controls, finish)
	each(held.ports, finish)
	h.explainDatagrams(ctx, datagrams, controls, finish) // last: they profit from the way that is known then
}

// deferred are ports whose answer may get another meaning from what becomes of silent ones.
type deferred struct {
	mu    sync.Mutex
	ports []*port
}

// unless finishes ports, but for those that await silent ones, if there are any.
func (d *deferred) unless(h *host, finish func(*port), silent bool) func(*port) {
	return func(p *port) {
		if !silent || !verdict.AwaitsOthers(&p.seen, h.snapshot()) {
			finish(p)
			return
		}
		d.mu.Lock()
		d.ports = append(d.ports, p)
		d.mu.Unlock()
	}
}

// done reports whether a port's first look is to be believed as it is.
func (h *host) done(ctx context.Context, p *port) bool {
	if ctx.Err() != nil || h.options.Trace == TraceNever || h.here() {
		return true
	}
	if !verdict.Complete(&p.seen, h.snapshot()) {
		return false
	}
	return !p.seen.Open() || p.want.Protocol == evidence.UDP || h.options.Trace != TraceAlways && !h.answeredSooner(p)
}

// answeredSooner compares a port's answer with those of the others.
func (h *host) answeredSooner(p *port) bool {
	return slices.ContainsFunc(h.ports, func(other *port) bool {
		return other != p && other.isSettled() && verdict.AnsweredSooner(&p.seen, &other.seen)
	})
}

// explainAnswered finds out who answered: for refused ports, and for open ones without a sign of life.
func (h *host) explainAnswered(ctx context.Context, ports, controls []*port, finish func(*port)) {
	ctx, finish, stop := h.hurry(ctx, ports, finish)
	defer stop()
	h.askAgain(ctx, ports)
	explained, ports := h.limited(ports)
	each(explained, finish)
	if len(ports) == 0 {
		return
	}
	if slices.ContainsFunc(ports, (*port).needsOrigin) {
		h.findReference(ctx)
		h.measured(ctx)
	}
	if slices.ContainsFunc(ports, func(p *port) bool { return p.seen.Open() }) {
		h.awaitControls(ctx, controls)
	}
	if h.snapshot().Reference == nil {
		h.unprovenReference(ctx, ports)
	}
	each(ports, func(p *port) {
		if p.needsOrigin() {
			h.origin(ctx, p)
		} else if best := p.seen.Best(); best.ICMP != nil {
			h.locate(ctx, p, best.ICMP)
		}
	})
	h.compareAnew(ctx, ports)
	h.adopt(ports)
	h.tracer.Names.Await()
	each(ports, finish) // together: one port's answer may show that another's was not the server's
}

// explainSilent finds out where silent ports are stopped. Those that answer after all are explained as answered ones.
func (h *host) explainSilent(ctx context.Context, ports, controls []*port, finish func(*port)) {
	if len(ports) == 0 {
		return
	}
	ctx, finish, stop := h.hurry(ctx, ports, finish)
	defer stop()
	changed := h.lookAtSilence(ctx, ports, controls, finish)
	h.explainAnswered(ctx, slices.DeleteFunc(changed, func(p *port) bool {
		done := h.done(ctx, p)
		if done {
			finish(p)
		}
		return done
	}), controls, finish)
}
