package probe

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// unprovenReference measures the first port that was answered by TCP, so that the others have something to be
// compared with where no application proved the server's place: its distance, whether the path goes on
// beyond it, and the TTL with which its answers arrive.
func (h *host) unprovenReference(ctx context.Context, ports []*port) {
	for _, p := range ports {
		if p.seen.Best().ICMP != nil || p.want.Protocol != evidence.TCP {
			continue
		}
		w := h.walkTCP(ctx, p.want.Port, 0)
		p.seen.Walk = w
		d := w.Distance()
		if d == 0 {
			continue
		}
		var ttl uint8
		var wg sync.WaitGroup
		wg.Go(func() { h.beyond(ctx, d) })
		wg.Go(func() { ttl = h.arrivalTTL(ctx, p.want.Port, d) })
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
	if t > 0 && t < 255 {
		o.MinTTL = append(o.MinTTL, above)
		switch {
		case fromNearby(above):
			o.ArrivalTTL = h.arrival(ctx, p.want.Port, t+1, min(255, int(t)+int(d)))
		case fromNearby(exact):
			o.ArrivalTTL = t
		case exact.Outcome == evidence.Silent && !h.passes(ctx, p.want.Port, t):
			h.farther(ctx, p, facts)
		}
	}
	if nearer(o) {
		p.seen.Walk = h.walkTCP(ctx, p.want.Port, d)
		o.Distance = p.seen.Walk.Distance()
	}
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

// fromNearby: a TTL-limited or MinTTL attempt got a SYN-ACK or a RST (an ICMP error has its own sender).
func fromNearby(a evidence.Attempt) bool {
	return a.ICMP == nil && (a.Outcome == evidence.Connected || a.Outcome == evidence.Refused)
}

// atLeast sends a SYN whose answers count only with this TTL or more.
func (h *host) atLeast(ctx context.Context, port uint16, ttl uint8) evidence.Attempt {
	a, conn := h.connect(ctx, socket.Request{MinTTL: ttl, Timeout: h.answerWait()}, port, time.Time{})
	if conn != nil {
		socket.Abort(conn)
	}
	return a
}

// answerWait is how long an answer that is expected is waited for.
func (h *host) answerWait() time.Duration {
	return min(max(3*h.rtt.get(), minHopWait), maxHopWait)
}

// arrival is the TTL with which a port's answers arrive: the largest minimum that still lets them pass,
// known to be at least low, and at most high. 0 if no round of probes was conclusive.
func (h *host) arrival(ctx context.Context, port uint16, low uint8, high int) uint8 {
	for rounds := 0; int(low) < high && rounds < 4; rounds++ {
		const fan = 4
		var marks []uint8
		for step, next := max(1, (high-int(low)+fan-1)/fan), int(low); next < high && len(marks) < fan; {
			next = min(next+step, high)
			marks = append(marks, uint8(next))
		}
		passed := make([]bool, len(marks))
		var wg sync.WaitGroup
		for i, m := range marks {
			wg.Go(func() { passed[i] = fromNearby(h.atLeast(ctx, port, m)) })
		}
		wg.Wait()
		for i, m := range marks {
			if passed[i] {
				low = m
			} else {
				high = min(high, int(m)-1)
			}
		}
	}
	if int(low) < high || low < 255 && h.passes(ctx, port, low+1) {
		return 0
	}
	return low
}

// passes asks again whether answers arrive with at least a TTL: a lost packet must not make them seem to come from
// farther than they do, or the server itself would look like a device on the way.
func (h *host) passes(ctx context.Context, port uint16, ttl uint8) bool {
	var got [2]bool
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = fromNearby(h.atLeast(ctx, port, ttl)) })
	}
	wg.Wait()
	return got[0] || got[1]
}

// arrivalTTL finds the TTL of the reference's answers. Systems start at 64, 128 or 255, and most ways back
// are as long as the way there, so a guess needs two SYNs; a search follows where it fails.
func (h *host) arrivalTTL(ctx context.Context, port uint16, distance uint8) uint8 {
	over64, over128 := false, false
	guess := 64 - (distance - 1)
	var exact, above bool
	var wg sync.WaitGroup
	for _, q := range []struct {
		min uint8
		yes *bool
	}{{guess, &exact}, {guess + 1, &above}, {65, &over64}, {129, &over128}} {
		if q.min == 65 && guess == 64 {
			continue // the same question as guess+1
		}
		wg.Go(func() { *q.yes = fromNearby(h.atLeast(ctx, port, q.min)) })
	}
	wg.Wait()
	if guess == 64 {
		over64 = above
	}
	switch {
	case exact && !above && !h.passes(ctx, port, guess+1):
		return guess
	case over128:
		return h.arrival(ctx, port, 129, 255)
	case over64:
		return h.arrival(ctx, port, 65, 128)
	case exact:
		return h.arrival(ctx, port, guess, 64)
	default:
		return h.arrival(ctx, port, 1, 64)
	}
}

// beyond sends datagrams with the TTL at which an unproven answer was made, and one more: a router that
// answers there shows that the path goes on, so the answer was not the server's.
func (h *host) beyond(ctx context.Context, distance uint8) {
	w := h.walkUDP(ctx, distance, distance+1)
	h.learn(func(f *evidence.Host) { f.Others = append(f.Others[:len(f.Others):len(f.Others)], w) })
}
