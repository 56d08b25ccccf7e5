package probe

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// bisection finds where silent ports are stopped by comparing them with the reference's way: which is the last of its
// routers that answers for a port, and is the next one silent? A router sends six errors at once to one address and then
// one a second (Linux: icmp_ratelimit), so questions go to the routers that may still answer, and whether one does is
// asked for the reference's port before its silence is believed.
type bisection struct {
	h       *host
	way     []*waypoint // by TTL
	port    uint16      // the reference's
	ports   []*bisected
	changed []*port
}

// waypoint is a router that answers for the reference.
type waypoint struct {
	hop      evidence.Hop
	asking   int           // questions under way; under bisection.h.mu
	answered []time.Time   // when questions that it answered were sent; under bisection.h.mu
	turn     chan struct{} // one at a time asks whether it still answers
	proven   time.Time     // when it was last asked twice at once, and answered both; by turn
}

// bisected is a port between the last router that answers for it and the first that does not, by index in way.
type bisected struct {
	p        *port
	last     int // -1: none yet
	first    int // len(way): none yet, but the port itself is silent
	seen     map[int]evidence.Hop
	misses   int
	answered bool      // the port itself, after all
	silent   time.Time // when the router at first was asked last
	reopened bool
	settled  bool // its place is known; under bisection.h.mu
}

// bisectedAtOnce bounds the ports of a round; where a sample of that size agrees, further ones are taken to be stopped there.
const bisectedAtOnce = 8

// bisect gives silent ports their place. It is false, and has done nothing, where no way is known to compare with. What it
// returns are the ports that have answered after all, which were asked again.
func (h *host) bisect(ctx context.Context, ports []*port) (changed []*port, ok bool) {
	facts := h.snapshot()
	if facts.Reference == nil || len(ports) == 0 {
		return nil, false
	}
	b := &bisection{h: h, port: facts.Reference.To.Port()}
	for ttl := uint8(1); ttl < facts.Reference.Distance(); ttl++ {
		if hop := facts.Reference.At(ttl); hop.ICMP != nil && hop.ICMP.TimeExceeded() {
			b.way = append(b.way, &waypoint{hop: hop, turn: make(chan struct{}, 1)})
		}
	}
	if len(b.way) == 0 {
		return nil, false
	}
	for len(ports) > 0 && ctx.Err() == nil {
		sample, rest := spreadSample(ports, bisectedAtOnce)
		b.locate(ctx, sample)
		if place, agree := b.place(); len(rest) > 0 && agree &&
			!slices.ContainsFunc(sample, func(p *port) bool { return p.seen.Walk == nil }) {
			assume(rest, place)
			break
		}
		if len(rest) > 0 && time.Since(rest[0].begun) > h.options.Timeout {
			break // the rest keeps no place: there are several, and nobody compared
		}
		ports = rest
	}
	return b.changed, true
}

// locate asks about some ports until each has its place, or does not get one in time.
func (b *bisection) locate(ctx context.Context, ports []*port) {
	b.ports = b.ports[:0]
	var wg sync.WaitGroup
	for _, p := range ports {
		one := &bisected{p: p, last: -1, first: len(b.way), seen: map[int]evidence.Hop{}}
		if w := p.seen.Walk; w != nil { // of a large run, which walks early
			one.recall(w, b.way)
			one.settled = !one.open()
		}
		b.ports = append(b.ports, one)
	}
	for i, one := range b.ports {
		wg.Go(func() {
			b.narrow(ctx, one, i)
			b.askAgain(ctx, one)
		})
	}
	wg.Wait()
	for _, one := range b.ports {
		if one.answered && one.p.seen.Answered() > 0 {
			b.changed = append(b.changed, one.p)
		}
	}
	b.conclude(ctx)
}

// recall takes over what an earlier walk tells.
func (o *bisected) recall(w *evidence.Walk, way []*waypoint) {
	for i, of := range way {
		switch was := w.At(of.hop.TTL); {
		case was.ICMP != nil && was.ICMP.TimeExceeded():
			o.last = max(o.last, i)
			o.seen[i] = was
		case was.Tries > 0 && !was.Held && i < o.first:
			o.first = i
			o.seen[i] = was
		}
	}
	if o.first <= o.last {
		o.first = min(o.last+1, len(way))
	}
}

func (o *bisected) open() bool { return !o.answered && o.last+1 < o.first }

// askAgain sends a port one more SYN that may travel all the way: rules change, and what is said is said of now.
func (b *bisection) askAgain(ctx context.Context, o *bisected) {
	if !o.answered && b.h.line.Short(ctx, o.p.want.Port, 0, b.h.line.AnswerWait()).Outcome.Answered() {
		o.answered = true
		b.h.reask(ctx, o.p)
	}
}

// patience is how long routers that owe answers are waited for, where a likely place is known.
const patience = 2 * time.Second

// likely is the only place of other ports, at least two, that is left for a port whose own was not found in time; nil if
// there is none.
func (b *bisection) likely(o *bisected) (place *bisected) {
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	const least, narrowed = 2, 2
	count := 0
	if o.first-o.last > narrowed {
		return nil // hardly anything is known of this port: the place of others would be a guess
	}
	for _, other := range b.ports {
		if !other.settled || other.answered || other.last < o.last || other.last >= o.first {
			continue
		}
		if place != nil && place.last != other.last {
			return nil
		}
		place = other
		count++
	}
	if count < least {
		return nil
	}
	return place
}

// narrow asks one router after the other until the port's place is known.
func (b *bisection) narrow(ctx context.Context, o *bisected, number int) {
	begun := time.Now()
	for ctx.Err() == nil && !o.answered {
		late := time.Since(begun) > 2*patience
		if !o.open() {
			if late {
				b.hold(o)
				return
			}
			if b.boundaryHolds(ctx, o) {
				return
			}
			continue
		}
		at, wait := b.choose(o, number)
		if at < 0 && (late || time.Since(begun) > patience && b.likely(o) != nil) {
			return // the routers owe answers; where others were stopped this one is likely to be, too
		}
		if at < 0 {
			line.Pause(ctx, wait)
			continue
		}
		hop, asked := b.ask(ctx, o, at)
		b.release(at)
		switch {
		case hop.ICMP != nil && hop.ICMP.TimeExceeded():
			b.found(o, func() { o.last, o.seen[at] = at, hop })
		case hop.End.Answered():
			o.answered = true
			b.h.reask(ctx, o.p)
		case ctx.Err() == nil:
			const mostMisses = 3 // a router that other traffic asks, too, may never answer
			believed := b.hadLeft(b.way[at], asked)
			if o.misses++; believed || o.misses >= mostMisses || late {
				hop.Held = !believed
				b.found(o, func() { o.first, o.silent, o.misses, o.seen[at] = at, asked, 0, hop })
			}
		}
	}
}

// boundaryHolds makes sure of the silence that a port's place rests on. Where the router can't be shown to have had errors
// to spare, although it was not asked for many here, the question is open again, once.
func (b *bisection) boundaryHolds(ctx context.Context, o *bisected) bool {
	if o.first == len(b.way) || o.seen[o.first].Held || o.silent.IsZero() {
		return true
	}
	const spare, few = 2, 3 // for few ports a second's wait is worth a surer place
	scarce := len(b.ports) > few && b.h.line.Limits.Tokens.Left(b.way[o.first].hop.Addr) < spare
	if !scarce && b.stillAnswers(ctx, o.first, o.silent, spare) {
		return true
	}
	if scarce || o.reopened {
		b.hold(o)
		return true
	}
	b.found(o, func() {
		o.reopened = true
		delete(o.seen, o.first)
		o.first = len(b.way)
	})
	return false
}

// hold marks the silence that a port's place rests on: the router may only have used its errors up.
func (b *bisection) hold(o *bisected) {
	if hop, asked := o.seen[o.first]; asked {
		hop.Held = true
		o.seen[o.first] = hop
	}
}

// found writes down what a question has told.
func (b *bisection) found(o *bisected, write func()) {
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	write()
	o.settled = !o.open()
}

// conclude gives each port that is settled its walk: its own for the first one at a place, that one for others there.
func (b *bisection) conclude(ctx context.Context) {
	first := map[netip.Addr]*evidence.Walk{}
	for _, o := range b.ports {
		if o.answered || o.open() || o.p.seen.Walk != nil {
			continue
		}
		var router netip.Addr
		if o.last >= 0 {
			router = o.seen[o.last].Addr
		}
		w := first[router]
		beyond := w != nil && w.LastReply().Addr != router // of a router that the reference's way does not show: nobody asked it for this port
		if o.p.seen.Place = evidence.PlaceChecked; w == nil || beyond || o.seen[o.first].Held {
			w, o.p.seen.Place = b.walk(ctx, o), evidence.PlaceOwn
			first[router] = w
		}
		o.p.seen.Walk = w
	}
	for _, o := range b.ports {
		if place := b.likely(o); o.open() && place != nil && place.p.seen.Walk != nil {
			o.p.seen.Walk, o.p.seen.Place = place.p.seen.Walk, evidence.PlaceAssumed
		}
	}
}

// walk makes a walk of what was asked, and asks for what is missing before the place.
func (b *bisection) walk(ctx context.Context, o *bisected) *evidence.Walk {
	end := uint8(1)
	if o.last >= 0 {
		end = b.way[o.last].hop.TTL + 1
	}
	if o.first < len(b.way) { // a router between, which the reference's way does not show, may answer for this port
		end = max(end, b.way[o.first].hop.TTL)
	}
	w := &evidence.Walk{To: b.h.line.Endpoint(o.p.want.Port), Protocol: evidence.TCP, Hops: make([]evidence.Hop, end)}
	var wg sync.WaitGroup
	for i := range w.Hops {
		hop := &w.Hops[i]
		hop.TTL = uint8(i + 1)
		at := slices.IndexFunc(b.way, func(of *waypoint) bool { return of.hop.TTL == hop.TTL })
		if seen, asked := o.seen[at]; asked {
			*hop = seen
		} else {
			wg.Go(func() { hop.Fill(b.h.line.Short(ctx, o.p.want.Port, hop.TTL, b.h.line.AnswerWait())) })
		}
	}
	wg.Wait()
	b.h.tracer.Names.OfWalk(ctx, w)
	return w
}

// place is the one that all ports of the last sample were stopped at, if they agree.
func (b *bisection) place() (place *evidence.Walk, agree bool) {
	for _, o := range b.ports {
		switch w := o.p.seen.Walk; {
		case o.answered:
			return nil, false
		case place == nil:
			place = w
		case w == nil || !evidence.SameEnd(place, w):
			return nil, false
		}
	}
	return place, place != nil
}
