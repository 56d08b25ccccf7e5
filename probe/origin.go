package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/path"
)

// unprovenReference measures the first port that was answered by TCP, so that the others have something to be
// compared with where no application proved the server's place: its distance, whether the path goes on
// beyond it, and the TTL with which its answers arrive.
func (h *host) unprovenReference(ctx context.Context, ports []*port) {
	if i := slices.IndexFunc(ports, func(p *port) bool { w, _ := h.scout.to(p.want.Port); return w != nil }); i > 0 {
		ports = slices.Concat(ports[i:], ports[:i])
	}
	for _, p := range ports {
		if !p.needsOrigin() {
			continue
		}
		w, ttl := h.scout.to(p.want.Port)
		onLink := p.seen.Open() && h.snapshot().Link != nil
		switch {
		case w != nil:
		case onLink: // there is nobody between
			w = h.tracer.TCP(ctx, p.want.Port, 1)
		default:
			w = h.tracer.Server(ctx, p.want.Port)
		}
		p.seen.Walk = w
		d := w.Distance()
		if d == 0 {
			continue
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			// A router that answers there, or one hop further, shows that the path goes on: the answer was not the server's.
			beyond := h.tracer.Datagrams(ctx, d, d+1)
			h.learn(func(f *evidence.Host) { alsoWalked(f, beyond) })
		})
		if ttl == 0 && !(onLink && len(h.ports) == 1) { // nothing else is compared with it
			wg.Go(func() { ttl = h.tracer.ArrivalTTL(ctx, p.want.Port, d) })
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
	p.seen.Origin, p.against = o, facts.Reference
	var wg sync.WaitGroup
	var exact evidence.Attempt
	above := make([]evidence.Attempt, 2) // one silence may be loss
	if d > 1 {
		wg.Go(func() { o.Short = []evidence.Attempt{h.line.Short(ctx, p.want.Port, d-1, h.line.AnswerWait())} })
	}
	if t > 0 && t < 255 {
		for i := range above {
			wg.Go(func() { above[i] = h.line.AtLeast(ctx, p.want.Port, t+1) })
		}
		wg.Go(func() { exact = h.line.AtLeast(ctx, p.want.Port, t) })
	}
	wg.Wait()
	answeredAbove := slices.ContainsFunc(above, evidence.Attempt.ByTCP)
	if !p.quick && !o.Nearer() && !answeredAbove {
		early := sooner(p, facts)
		if doubtful := h.line.Lossy() || missed(o, facts.Reference) ||
			early && facts.ReferenceProven && p.seen.Refused(); doubtful || early {
			h.insist(ctx, p.want.Port, d, t, doubtful, o) // one silence each may be loss
		}
	}
	if t > 0 && t < 255 {
		o.MinTTL = append(o.MinTTL, above...)
		if exact.Outcome == evidence.Silent && !answeredAbove {
			if h.tracer.Arrives(ctx, p.want.Port, t) {
				h.line.NoteLoss()
				o.ArrivalTTL = t
				h.insist(ctx, p.want.Port, d, t, true, o)
			} else {
				h.farther(ctx, p, facts)
			}
		}
		if exact.ByTCP() {
			o.ArrivalTTL = t
		}
	}
	if o.Nearer() {
		h.nearer(ctx, p, facts)
	}
}

// compareAnew repeats the comparison for ports that were only found to answer like a reference that has given way to one
// farther away.
func (h *host) compareAnew(ctx context.Context, ports []*port) {
	now := h.snapshot().Reference
	each(ports, func(p *port) {
		if o := p.seen.Origin; o != nil && o.Distance == 0 && !o.Nearer() && p.against != nil && p.against.Distance() < now.Distance() {
			p.seen.Origin = nil
			h.origin(ctx, p)
		}
	})
}

// sooner reports an answer that took clearly less than the reference's: reason to ask more often, not to conclude.
func sooner(p *port, facts *evidence.Host) bool {
	const jitter = 2 * time.Millisecond
	took, reference := p.seen.Best().RoundTrip(), facts.Reference.At(facts.Reference.Distance()).RTT
	return took < reference*3/4 && reference-took > jitter
}

// missed reports that a question got no answer where one was due, or that one on the way to the reference was answered only
// when it was asked again: packets may be getting lost, although a router that owes errors does the same.
func missed(o *evidence.Origin, reference *evidence.Walk) bool {
	d := reference.Distance()
	expires := reference.At(d-1).ICMP != nil
	return expires && slices.ContainsFunc(o.Short, func(a evidence.Attempt) bool { return a.Outcome == evidence.Silent }) ||
		slices.ContainsFunc(reference.Hops, func(h evidence.Hop) bool { return h.Tries > 1 && h.TTL <= d && (h.ICMP != nil || h.TTL == d) })
}

// insist asks the questions of origin several times more, but for the short-lived SYN where a router said that it expired.
// That no answer comes with a higher TTL is what "certain" rests on, so that is asked most often where packets may be lost: if
// that is a fifth of them each way, one in 200,000 such silences is wrong.
func (h *host) insist(ctx context.Context, port uint16, d, t uint8, doubtful bool, o *evidence.Origin) {
	tries, more := path.ConfirmTries/2, path.ConfirmTries/2
	if doubtful {
		tries, more = path.ConfirmTries, 10
	}
	expired := slices.ContainsFunc(o.Short, func(a evidence.Attempt) bool { return a.ICMP != nil && a.ICMP.TimeExceeded() })
	short, above := make([]evidence.Attempt, tries), make([]evidence.Attempt, more)
	var wg sync.WaitGroup
	for i := range short {
		if d > 1 && !expired {
			wg.Go(func() { short[i] = h.line.Short(ctx, port, d-1, h.line.AnswerWait()) })
		}
	}
	for i := range above {
		if t > 0 && t < 255 {
			wg.Go(func() { above[i] = h.line.AtLeast(ctx, port, t+1) })
		}
	}
	wg.Wait()
	if d > 1 && !expired {
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
	wg.Go(func() { p.seen.Walk = h.tracer.TCP(ctx, p.want.Port, d) })
	if slices.ContainsFunc(o.MinTTL, evidence.Attempt.ByTCP) {
		o.ArrivalTTL = h.tracer.Arrival(ctx, p.want.Port, t+1, min(255, int(t)+int(d)))
	}
	wg.Wait()
	h.learn(func(f *evidence.Host) { alsoWalked(f, p.seen.Walk) })
	if !trusted {
		p.seen.Origin = nil
		if h.snapshot().Reference != facts.Reference {
			h.origin(ctx, p)
		}
		return
	}
	// Systems begin with 64, 128 or 255: what arrives with more than the reference's may be made farther away. Where packets get
	// lost silence does not show that of a reference that is proven.
	switch o.Distance = p.seen.Walk.Distance(); {
	case h.line.Lossy() && facts.ReferenceProven || slices.ContainsFunc(o.Short, evidence.Attempt.ByTCP):
	case o.Distance == 0:
		h.farther(ctx, p, facts)
	case o.ArrivalTTL == 0 && o.Distance >= d:
		o.ArrivalTTL = h.tracer.ArrivalTTL(ctx, p.want.Port, o.Distance)
	}
}

// farther handles an answer that came with another TTL than the reference's and is not nearer: if its sender is farther away,
// it becomes the reference, and the old one is kept for the judge to compare.
func (h *host) farther(ctx context.Context, p *port, facts *evidence.Host) {
	w := h.tracer.TCP(ctx, p.want.Port, 0)
	d := w.Distance()
	if d < facts.Reference.Distance() {
		return
	}
	o := p.seen.Origin
	o.Distance, o.ArrivalTTL = d, h.tracer.ArrivalTTL(ctx, p.want.Port, d)
	if d == facts.Reference.Distance() && facts.ReferenceProven {
		return
	}
	p.seen.Walk = w
	h.learn(func(f *evidence.Host) {
		further := d > f.Reference.Distance() && !f.ReferenceProven // one lost packet makes a distance greater
		if further || o.ArrivalTTL > 0 && o.ArrivalTTL < f.ArrivalTTL {
			alsoWalked(f, f.Reference)
			f.Reference, f.ArrivalTTL, f.ReferenceProven = w, o.ArrivalTTL, false
		}
	})
}
