package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// grace is how long answered ports wait for more of them, so that the best one becomes the reference.
func (h *host) grace() time.Duration {
	return min(max(4*h.rtt.get(), 100*time.Millisecond), 400*time.Millisecond)
}

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
	var answered, silent []*port
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
				}
			default:
				silent = append(silent, p)
			}
		case <-doubt.C:
			h.startControls()
		case <-timer.C:
			h.explainAnswered(ctx, answered, controls, finish)
			answered = nil
		}
	}
	byPreference := func(a, b *port) int { return a.candidate - b.candidate }
	slices.SortFunc(answered, byPreference)
	slices.SortFunc(silent, byPreference)
	h.explainAnswered(ctx, answered, controls, finish)
	h.explainSilent(ctx, silent, controls, finish)
}

// done reports whether a port's first look says all: it was interrupted, refused by this computer, or its
// application answered and no walk was ordered.
func (h *host) done(ctx context.Context, p *port) bool {
	best := p.seen.Best()
	switch {
	case ctx.Err() != nil || best == nil || h.run.options.Trace == TraceNever || h.here():
		return true
	case best.Local || best.Outcome == evidence.NoSocket || best.Outcome == evidence.Interrupted:
		return true
	case best.ICMP != nil && h.isOwn(best.ICMP):
		return true
	case p.want.Protocol == evidence.UDP:
		return best.ICMP == nil
	}
	return best.Outcome == evidence.Connected && p.seen.Speech.SignOfLife() && h.run.options.Trace != TraceAlways && !h.answeredEarly(p)
}

// answeredEarly reports that another port's answer took more than twice as long: something on the way may have
// answered this one.
func (h *host) answeredEarly(p *port) bool {
	const (
		worth    = 5 * time.Millisecond
		repeated = 900 * time.Millisecond // as long as the server's repeated SYN-ACK takes (RFC 6298: 1 s)
	)
	took := p.seen.Best().RoundTrip()
	return slices.ContainsFunc(h.ports, func(other *port) bool {
		if other == p || !other.isSettled() || other.want.Protocol != evidence.TCP {
			return false
		}
		best := other.seen.Best()
		if best == nil || !fromNearby(*best) {
			return false
		}
		rtt := best.RoundTrip()
		return rtt > 2*took && rtt-took > worth && rtt < repeated
	})
}

func (p *port) isSettled() bool {
	select {
	case <-p.settled:
		return true
	default:
		return false
	}
}

// here reports whether the target is this computer: there is no path to look at.
func (h *host) here() bool {
	f := evidence.Host{Own: h.run.own}
	return h.addr.IsLoopback() || f.IsOwn(h.addr)
}

// explainAnswered finds out who answered: for refused ports, and for open ones without a sign of life.
func (h *host) explainAnswered(ctx context.Context, ports, controls []*port, finish func(*port)) {
	if len(ports) == 0 {
		return
	}
	if slices.ContainsFunc(ports, needsOrigin) {
		h.reference(ctx)
		h.measured(ctx)
	}
	if slices.ContainsFunc(ports, isOpen) {
		h.awaitControls(ctx, controls)
	}
	if h.snapshot().Reference == nil {
		h.unprovenReference(ctx, ports)
	}
	each(ports, func(p *port) { h.whose(ctx, p) })
	h.adopt(ports)
	h.awaitNames()
	each(ports, finish) // together: one port's answer may show that another's was not the server's
}

func isOpen(p *port) bool {
	best := p.seen.Best()
	return best != nil && best.Outcome == evidence.Connected
}

// whose finds out who sent a port's answer.
func (h *host) whose(ctx context.Context, p *port) {
	if needsOrigin(p) {
		h.origin(ctx, p)
	} else if best := p.seen.Best(); best.ICMP != nil {
		h.place(ctx, p, best.ICMP)
	}
}

// needsOrigin: a SYN-ACK or RST does not say who sent it; an ICMP error does.
func needsOrigin(p *port) bool {
	return p.want.Protocol == evidence.TCP && p.seen.Best().ICMP == nil
}

// place finds the hop of an ICMP error's sender: on a walk that is known already, or on one of its own. Routers limit
// their ICMP errors, and a walk beyond the sender would use them up: so it is made once for each sender, and ends where
// the TTL that the error arrived with says the sender is.
func (h *host) place(ctx context.Context, p *port, icmp *evidence.ICMP) {
	h.placing.Lock()
	defer h.placing.Unlock()
	h.nameOf(ctx, icmp.From)
	if icmp.From == h.addr || h.isOwn(icmp) || p.want.Protocol != evidence.TCP {
		return
	}
	if w := h.offenders[icmp.From]; w != nil {
		p.seen.Walk = w
		return
	}
	if onPath(h.snapshot().Reference, icmp) {
		return
	}
	p.seen.Walk = h.walkTCP(ctx, p.want.Port, icmp.HopGuess())
	h.offenders[icmp.From] = p.seen.Walk
}

func (h *host) isOwn(icmp *evidence.ICMP) bool {
	return h.snapshot().IsOwn(icmp.From)
}

func onPath(w *evidence.Walk, icmp *evidence.ICMP) bool {
	return w != nil && slices.ContainsFunc(w.Hops, func(hop evidence.Hop) bool { return hop.Addr == icmp.From })
}

// each runs f for all ports at once and waits; the sockets are bounded by the run's limiter.
func each(ports []*port, f func(*port)) {
	var wg sync.WaitGroup
	for _, p := range ports {
		wg.Go(func() { f(p) })
	}
	wg.Wait()
}
