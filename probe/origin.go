package probe

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
)

// unprovenReference measures the first port that was answered by TCP, so that the others have something to be
// compared with where no application proved the server's place: its distance, whether the path goes on
// beyond it, and the TTL with which its answers arrive.
func (h *host) unprovenReference(ctx context.Context, ports []*port) {
	if i := slices.IndexFunc(ports, func(p *port) bool { w, _ := h.scout.to(p.want.Port); return w != nil }); i > 0 {
		ports = slices.Concat(ports[i:], ports[:i])
	}
	for _, p := range ports {
		if !needsOrigin(p) {
			continue
		}
		w, ttl := h.scout.to(p.want.Port)
		if w == nil {
			w = h.walkServer(ctx, p.want.Port)
		}
		p.seen.Walk = w
		d := w.Distance()
		if d == 0 {
			continue
		}
		var wg sync.WaitGroup
		wg.Go(func() { h.beyond(ctx, d) })
		if ttl == 0 {
			wg.Go(func() { ttl = h.arrivalTTL(ctx, p.want.Port, d) })
		}
		wg.Wait()
		p.seen.Origin = &evidence.Origin{Distance: d, ArrivalTTL: ttl}
		h.learn(func(f *evidence.Host) { f.Reference, f.ArrivalTTL = w, ttl })
		return
	}
}

// origin asks who sent the answer (SYN-ACK or RST) of a port, by comparison with the reference: one SYN is too
// short-lived to reach the server, one counts only answers that arrive with a higher TTL than the server's do.
// It may also have come from farther away than the reference: then a device answered for that.
func (h *host) origin(ctx context.Context, p *port) {
	facts := h.snapshot()
	d, t := facts.Reference.Distance(), facts.ArrivalTTL
	if d == 0 || p.seen.Origin != nil {
		return
	}
	o := &evidence.Origin{}
	p.seen.Origin = o
	var wg sync.WaitGroup
	var exact, above evidence.Attempt
	if d > 1 {
		wg.Go(func() { o.Short = []evidence.Attempt{h.short(ctx, p.want.Port, d-1, h.answerWait())} })
	}
	if t > 0 && t < 255 {
		wg.Go(func() { above = h.atLeast(ctx, p.want.Port, t+1) })
		wg.Go(func() { exact = h.atLeast(ctx, p.want.Port, t) })
	}
	wg.Wait()
	if !p.quick && !nearer(o) && !fromNearby(above) && (h.lossy() || sooner(p, facts)) {
		h.insist(ctx, p.want.Port, d, t, o) // one silence each may be loss
	}
	if t > 0 && t < 255 {
		o.MinTTL = append(o.MinTTL, above)
		if exact.Outcome == evidence.Silent && !fromNearby(above) && !h.passes(ctx, p.want.Port, t) {
			h.farther(ctx, p, facts)
		}
		if fromNearby(exact) {
			o.ArrivalTTL = t
		}
	}
	if nearer(o) {
		h.nearer(ctx, p, facts)
	}
}

// sooner reports an answer in less than half the time that the reference's takes.
func sooner(p *port, facts *evidence.Host) bool {
	return p.seen.Best().RoundTrip() < facts.Reference.At(facts.Reference.Distance()).RTT/2
}

// insist asks the questions of origin several times more.
func (h *host) insist(ctx context.Context, port uint16, d, t uint8, o *evidence.Origin) {
	short, above := make([]evidence.Attempt, confirmTries), make([]evidence.Attempt, confirmTries)
	var wg sync.WaitGroup
	for i := range confirmTries {
		if d > 1 {
			wg.Go(func() { short[i] = h.short(ctx, port, d-1, h.answerWait()) })
		}
		if t > 0 && t < 255 {
			wg.Go(func() { above[i] = h.atLeast(ctx, port, t+1) })
		}
	}
	wg.Wait()
	if d > 1 {
		o.Short = append(o.Short, short...)
	}
	if t > 0 && t < 255 {
		o.MinTTL = append(o.MinTTL, above...)
	}
}

// nearer handles an answer that the server, as far as is known, could not have sent: where was it made? If the
// reference was measured wrongly, it is compared with a better one.
func (h *host) nearer(ctx context.Context, p *port, facts *evidence.Host) {
	o, d, t := p.seen.Origin, facts.Reference.Distance(), facts.ArrivalTTL
	trusted := false
	var wg sync.WaitGroup
	wg.Go(func() { trusted = h.confirmed(ctx, facts.Reference, !p.quick) })
	wg.Go(func() { p.seen.Walk = h.walkTCP(ctx, p.want.Port, d) })
	if slices.ContainsFunc(o.MinTTL, fromNearby) {
		o.ArrivalTTL = h.arrival(ctx, p.want.Port, t+1, min(255, int(t)+int(d)))
	}
	wg.Wait()
	h.learn(func(f *evidence.Host) { f.Others = append(f.Others[:len(f.Others):len(f.Others)], p.seen.Walk) })
	if !trusted {
		p.seen.Origin = nil
		if h.snapshot().Reference != facts.Reference {
			h.origin(ctx, p)
		}
		return
	}
	o.Distance = p.seen.Walk.Distance()
}

// farther handles an answer that came with a lower TTL than the reference's: if its sender is farther away,
// it becomes the reference, and the old one is kept for the judge to compare.
func (h *host) farther(ctx context.Context, p *port, facts *evidence.Host) {
	w := h.walkTCP(ctx, p.want.Port, 0)
	d := w.Distance()
	if d < facts.Reference.Distance() || d == facts.Reference.Distance() && facts.ReferenceProven {
		return
	}
	p.seen.Walk, p.seen.Origin.Distance = w, d
	p.seen.Origin.ArrivalTTL = h.arrival(ctx, p.want.Port, 1, int(facts.ArrivalTTL)-1)
	h.learn(func(f *evidence.Host) {
		if ttl := p.seen.Origin.ArrivalTTL; ttl > 0 && ttl < f.ArrivalTTL {
			f.Others = append(f.Others[:len(f.Others):len(f.Others)], f.Reference)
			f.Reference, f.ArrivalTTL, f.ReferenceProven = w, ttl, false
		}
	})
}

// lossy reports that a port which answers did so only after packets were lost.
func (h *host) lossy() bool {
	return h.loses.Load() || slices.ContainsFunc(h.ports, func(p *port) bool {
		return p.isSettled() && p.seen.Lost()
	})
}

// nearer reports whether something answered that the server could not have.
func nearer(o *evidence.Origin) bool {
	for _, list := range [][]evidence.Attempt{o.Short, o.MinTTL} {
		for _, a := range list {
			if fromNearby(a) {
				return true
			}
		}
	}
	return false
}

// confirmTries is how often the reference is asked again before another answer is called nearer; twice as often where
// packets are known to get lost: with 30% loss one in 10,000 wrong measures would pass.
const confirmTries = 4

// confirmed asks the reference the questions that another port answered, since a lost packet can make the server seem
// farther than it is, or its answers to arrive with a lower TTL. If it answers, it is measured again
// where that is wanted, or there is no reference any more.
func (h *host) confirmed(ctx context.Context, reference *evidence.Walk, again bool) bool {
	h.confirming.Lock()
	defer h.confirming.Unlock()
	facts := h.snapshot()
	if facts.Reference != reference || reference == h.confirmedFor {
		return facts.Reference == reference
	}
	port, d, ttl := facts.Reference.To.Port(), facts.Reference.Distance(), facts.ArrivalTTL
	tries, needed, known := confirmTries, 1, confirmTries/2
	switch {
	case !again:
		tries, needed, known = 2*confirmTries, 2, confirmTries
	case h.lossy():
		tries, needed, known = 2*confirmTries, 3, 2*confirmTries
	}
	short, above := make([]bool, tries), make([]bool, tries)
	var passed atomic.Int32 // of SYNs that have to be answered: where hardly any are, silence says nothing
	var wg sync.WaitGroup
	for i := range tries {
		if i < known {
			wg.Go(func() {
				if fromNearby(h.short(ctx, port, d, h.answerWait())) {
					passed.Add(1)
				}
			})
		}
		if d > 1 && facts.Reference.At(d-1).ICMP == nil { // otherwise a router answered there: the server is no nearer
			wg.Go(func() { short[i] = fromNearby(h.short(ctx, port, d-1, h.answerWait())) })
		}
		if ttl > 0 && ttl < 255 {
			wg.Go(func() { above[i] = fromNearby(h.atLeast(ctx, port, ttl+1)) })
		}
	}
	wg.Wait()
	if !slices.Contains(short, true) && !slices.Contains(above, true) && int(passed.Load()) >= needed {
		h.confirmedFor = facts.Reference
		return true
	}
	h.loses.Store(true)
	var better *evidence.Walk
	if h.remeasured++; again && h.remeasured <= 2 {
		if w := h.walkTCP(ctx, port, d); w.Distance() > 0 && answeredAlike(w, facts.Reference) {
			better, ttl = w, h.arrivalTTL(ctx, port, w.Distance())
		}
	}
	h.learn(func(f *evidence.Host) {
		if f.Reference = better; better == nil {
			f.ReferenceProven, ttl = false, 0
		}
		f.ArrivalTTL = ttl
	})
	return false
}

// answeredAlike reports that two walks ended alike.
func answeredAlike(a, b *evidence.Walk) bool {
	return a.At(a.Distance()).End == b.At(b.Distance()).End
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

// fromNearby: a TTL-limited or MinTTL attempt got a SYN-ACK or a RST (an ICMP error has its own sender).
func fromNearby(a evidence.Attempt) bool {
	return a.ICMP == nil && (a.Outcome == evidence.Connected || a.Outcome == evidence.Refused)
}

// answerWait is how long an answer that is expected is waited for.
func (h *host) answerWait() time.Duration {
	return min(max(3*h.rtt.get(), minHopWait), maxHopWait)
}

// beyond sends datagrams with the TTL at which an unproven answer was made, and one more: a router that
// answers there shows that the path goes on, so the answer was not the server's.
func (h *host) beyond(ctx context.Context, distance uint8) {
	w := h.walkUDP(ctx, distance, distance+1)
	h.learn(func(f *evidence.Host) { f.Others = append(f.Others[:len(f.Others):len(f.Others)], w) })
}
