package probe

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/path"
)

// awaitErrors waits until the routers around the places can be expected to answer for so many ports: one that has used
// up its ICMP errors looks like a place where packets are dropped.
func (h *host) awaitErrors(ctx context.Context, places []*evidence.Walk, ports int) bool {
	var wait time.Duration
	reference := h.snapshot().Reference
	for _, w := range places {
		last := w.LastReply()
		for _, router := range []netip.Addr{last.Addr, reference.At(last.TTL + 1).Addr} {
			if router.IsValid() {
				wait = max(wait, h.line.Limits.Tokens.Until(router, ports))
			}
		}
	}
	return line.Pause(ctx, wait)
}

// owes reports that a router which answers on the way to the reference's port does not do so now: it has used up its ICMP
// errors, whoever drew on them, and its silence says nothing.
func (h *host) owes(ctx context.Context, ttl uint8) bool {
	reference := h.snapshot().Reference
	if i := reference.At(ttl).ICMP; i == nil || !i.TimeExceeded() {
		return false
	}
	return h.line.Short(ctx, reference.To.Port(), ttl, line.Longer(h.line.AnswerWait(), 1)).ICMP == nil
}

// owesBehind asks that of the next router behind each place.
func (h *host) owesBehind(ctx context.Context, places []*evidence.Walk) bool {
	return slices.ContainsFunc(places, func(w *evidence.Walk) bool { return h.owes(ctx, w.LastReply().TTL+1) })
}

// walkTo walks towards a silent port. It is false if the port answered and has been asked again. Other walks of the
// host say which routers do answer.
func (h *host) walkTo(ctx context.Context, p *port, others ...*evidence.Walk) bool {
	limit := h.snapshot().Reference.Distance()
	if limit == 0 && len(others) > 0 {
		limit = others[0].LastReply().TTL + path.WaveHops // far enough to see a place farther away
	}
	w := h.tracer.TCP(ctx, p.want.Port, limit)
	if d := w.Distance(); d > 0 && h.reask(ctx, p) {
		return false
	}
	h.patiently(ctx, w, append(others, h.snapshot().Reference))
	p.seen.Walk, p.seen.Place = w, evidence.PlaceOwn
	return true
}

// patiently asks again behind a walk's last reply where a router that answered on another walk kept silent and may only
// have used up its ICMP errors: or the place would seem nearer than it is.
func (h *host) patiently(ctx context.Context, w *evidence.Walk, others []*evidence.Walk) {
	for misses := 0; ; {
		next := w.LastReply().TTL + 1
		if int(next) > len(w.Hops) {
			return
		}
		var known netip.Addr
		for _, o := range others {
			if hop := o.At(next); hop.ICMP != nil && hop.ICMP.TimeExceeded() {
				known = hop.Addr
			}
		}
		// Where two silent ports seem to stop at different places, other traffic may have drawn on the router, too.
		if !known.IsValid() || !(len(others) > 1 || h.line.Limits.Tokens.Scarce(known) || h.owes(ctx, next)) {
			return
		}
		hop := &w.Hops[next-1]
		if hop.Fill(h.oneByOne(ctx, w.To.Port(), next)); hop.ICMP == nil {
			hop.Held = h.owes(ctx, next)
			if misses++; misses > 2 || !h.line.Lossy() && !hop.Held {
				return
			}
		}
	}
}

// oneByOne asks a router that may owe errors when it has had time for another one. Ports take turns: of several that
// asked at the same time one would be answered, and the others would seem to be stopped before it.
func (h *host) oneByOne(ctx context.Context, port uint16, ttl uint8) evidence.Attempt {
	if !h.turn.Acquire(ctx) {
		return evidence.Attempt{Outcome: evidence.Interrupted}
	}
	defer h.turn.Release()
	if !line.Pause(ctx, refill) {
		return evidence.Attempt{Outcome: evidence.Interrupted}
	}
	return h.line.Short(ctx, port, ttl, h.line.AnswerWait())
}

// samePlace compares a port with places that are known: its SYN has to reach the last hop that answered and to
// be silent one hop further. A second try allows for loss. The farthest place comes first: then only the router at the
// port's own place has to send an error.
func (h *host) samePlace(ctx context.Context, p *port, places []*evidence.Walk) bool {
	farthest := func(a, b *evidence.Walk) int { return int(b.LastReply().TTL) - int(a.LastReply().TTL) }
	for _, w := range slices.SortedStableFunc(slices.Values(places), farthest) {
		last := w.LastReply()
		if last.TTL == 0 {
			p.seen.Walk, p.seen.Place = w, evidence.PlaceAssumed // nothing on the path answers: nothing to compare
			return true
		}
		if h.silentAt(ctx, p, last.TTL+1) && h.expiresAt(ctx, p, last) {
			p.seen.Walk, p.seen.Place = w, evidence.PlaceChecked
			return true
		}
	}
	return false
}

func (h *host) silentAt(ctx context.Context, p *port, ttl uint8) bool {
	for try := range 2 {
		if h.line.Short(ctx, p.want.Port, ttl, line.Longer(h.line.AnswerWait(), try)).Outcome != evidence.Silent {
			return false
		}
	}
	return true
}

func (h *host) expiresAt(ctx context.Context, p *port, hop evidence.Hop) bool {
	for try := range 2 {
		a := h.line.Short(ctx, p.want.Port, hop.TTL, line.Longer(h.line.AnswerWait(), try))
		if a.ICMP != nil {
			return a.ICMP.TimeExceeded() && a.ICMP.From == hop.Addr
		}
		if a.Outcome != evidence.Silent {
			return false
		}
	}
	return false
}
