package probe

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// origin asks who sent the answer (SYN-ACK or RST) of a port: it compares with the distance and the
// arrival TTL of the reference, where there is one that its application proved; otherwise it measures
// the port's own distance and whether the path goes on beyond it.
func (h *host) origin(ctx context.Context, p *port) {
	facts := h.snapshot()
	if facts.ReferenceProven && facts.Reference.Distance() > 0 {
		p.seen.Origin = h.against(ctx, p.want.Port, facts)
		if nearer(p.seen.Origin) {
			p.seen.Walk = h.walkTCP(ctx, p.want.Port, facts.Reference.Distance())
			p.seen.Origin.Distance = p.seen.Walk.Distance()
		}
		return
	}
	if p.seen.Walk == nil {
		p.seen.Walk = h.walkTCP(ctx, p.want.Port, 0)
	}
	d := p.seen.Walk.Distance()
	p.seen.Origin = &evidence.Origin{Distance: d}
	if d == 0 {
		return
	}
	h.beyond(ctx, d)
	if facts.Reference == nil {
		h.learn(func(f *evidence.Host) {
			if f.Reference == nil || f.Reference.Distance() < d {
				f.Reference = p.seen.Walk
			}
		})
	}
}

// against sends two SYNs: one too short-lived to reach the server, and one whose answer counts only if it
// arrives with a higher TTL than the server's do.
func (h *host) against(ctx context.Context, port uint16, facts *evidence.Host) *evidence.Origin {
	d := facts.Reference.Distance()
	o := &evidence.Origin{}
	var wg sync.WaitGroup
	if d > 1 {
		wg.Go(func() { o.Short = []evidence.Attempt{h.short(ctx, port, d-1, h.answerWait())} })
	}
	if t := facts.ArrivalTTL; t > 0 && t < 255 {
		wg.Go(func() { o.MinTTL = []evidence.Attempt{h.atLeast(ctx, port, t+1)} })
	}
	wg.Wait()
	if len(o.MinTTL) > 0 && fromNearby(o.MinTTL[0]) {
		o.ArrivalTTL = h.arrival(ctx, port, facts.ArrivalTTL+1, min(255, int(facts.ArrivalTTL)+int(d)))
	}
	return o
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
	if int(low) < high {
		return 0
	}
	return low
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
	case exact && !above:
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
