package path

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// mostQuestions bounds the datagrams of a walk with a port's own question: a service may count them.
const mostQuestions = 12

// Question walks towards a silent UDP port with its question. Where another walk to the address is known only routers that have
// answered on it are asked, the last one first: mostly that answers and shows that the datagrams get as far.
func (t *Tracer) Question(ctx context.Context, port uint16, question line.Question, known *evidence.Walk) *evidence.Walk {
	w := &evidence.Walk{To: t.Line.Endpoint(port), Protocol: evidence.UDP}
	_ = question.Payload(0) // made before several goroutines read it
	var sent atomic.Int32
	q := &questions{t: t, w: w, left: func() int { return mostQuestions - int(sent.Load()) }}
	q.send = func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		if sent.Add(1) > mostQuestions {
			return evidence.Attempt{Outcome: evidence.Interrupted, TTL: ttl}
		}
		return t.Line.AskOnce(ctx, port, ttl, wait, question)
	}
	var routers []evidence.Hop
	for ttl := uint8(1); ttl < known.Distance(); ttl++ {
		if hop := known.At(ttl); hop.ICMP != nil && hop.ICMP.TimeExceeded() {
			routers = append(routers, hop)
		}
	}
	if len(routers) > 0 {
		q.halve(ctx, routers)
	} else {
		q.climb(ctx)
	}
	t.Names.OfWalk(ctx, w)
	return w
}

// questions is a walk within its bound.
type questions struct {
	t    *Tracer
	w    *evidence.Walk
	left func() int
	send probeHop
}

// climb asks one TTL after the other, some at a time, until two of them stay silent.
func (q *questions) climb(ctx context.Context) {
	for first := uint8(1); q.left() >= waveTries && ctx.Err() == nil; first = uint8(len(q.w.Hops)) + 1 {
		q.t.wave(ctx, q.w, ttls(first, min(WaveHops, q.left()/waveTries)), waveTries, q.send)
		if d := q.w.Distance(); d > 0 {
			q.w.Hops = q.w.Hops[:d]
			return
		}
		if int(q.w.LastReply().TTL)+1 < len(q.w.Hops) {
			return
		}
	}
}

func ttls(first uint8, n int) (out []uint8) {
	for i := range n {
		out = append(out, first+uint8(i))
	}
	return out
}

// halve looks for the last router that answers among those that are known, and then, as far as the bound allows, for those
// before it.
func (q *questions) halve(ctx context.Context, routers []evidence.Hop) {
	asked := map[uint8]evidence.Hop{}
	last, first := -1, len(routers)
	for at := first - 1; last+1 < first && ctx.Err() == nil && q.left() > 0; at = (last + first) / 2 {
		hop := q.ask(ctx, routers[at])
		asked[hop.TTL] = hop
		if hop.ICMP != nil && hop.ICMP.TimeExceeded() {
			last = at
			continue
		}
		if first = at; hop.End.Answered() {
			break
		}
	}
	end := uint8(0)
	for ttl := range asked {
		end = max(end, ttl)
	}
	var before []uint8
	for ttl := uint8(1); ttl <= end; ttl++ {
		if _, is := asked[ttl]; !is && last >= 0 && ttl < routers[last].TTL {
			before = append(before, ttl)
		}
	}
	q.t.wave(ctx, q.w, before[:min(len(before), max(0, q.left()))], 1, q.send)
	for _, hop := range q.w.Hops {
		asked[hop.TTL] = hop
	}
	q.w.Hops = make([]evidence.Hop, end)
	for i := range q.w.Hops {
		q.w.Hops[i] = asked[uint8(i+1)]
		q.w.Hops[i].TTL = uint8(i + 1)
	}
}

// ask puts the question with the TTL of a router, when that may have an error left, and again after silence.
func (q *questions) ask(ctx context.Context, router evidence.Hop) evidence.Hop {
	hop := evidence.Hop{TTL: router.TTL}
	tries := waveTries
	if q.t.Line.Lossy() {
		tries++
	}
	for try := 0; try < tries && hop.ICMP == nil && !hop.End.Answered() && q.left() > 0; try++ {
		if !line.Pause(ctx, q.t.Line.Limits.Tokens.Until(router.Addr, 1)) {
			break
		}
		hop.Fill(q.send(ctx, hop.TTL, line.Longer(q.t.hopWait(q.w, []evidence.Hop{router}), try)))
	}
	return hop
}

// Beyond asks a few TTLs with datagrams to another UDP port: which routers answer for that?
func (t *Tracer) Beyond(ctx context.Context, port uint16, question line.Question, after uint8, n int) *evidence.Walk {
	w := &evidence.Walk{To: t.Line.Endpoint(port), Protocol: evidence.UDP}
	_ = question.Payload(0)
	t.wave(ctx, w, ttls(after+1, n), waveTries, func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		return t.Line.AskOnce(ctx, port, ttl, wait, question)
	})
	if d := w.Distance(); d > 0 {
		w.Hops = slices.DeleteFunc(w.Hops, func(h evidence.Hop) bool { return h.TTL > d })
	}
	return w
}
