package path

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// A walk's bounds: hops asked at once, the longest path, and how many silent hops in a row end it.
const (
	WaveHops   = 5
	maxHops    = 30
	silentTail = 6
	waveTries  = 2
)

// firstHopWait is how long one probe of a walk may take before anything has answered; then the round trips say.
const firstHopWait = 350 * time.Millisecond

// probeHop sends one packet with a TTL and says how it ended.
type probeHop func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt

// TCP walks towards a TCP port with SYNs. It ends at the first TTL that something other than a
// time-exceeded answered, after limit hops (0: no limit), or in a long silence.
func (t *Tracer) TCP(ctx context.Context, port uint16, limit uint8) *evidence.Walk {
	w := &evidence.Walk{To: t.Line.Endpoint(port), Protocol: evidence.TCP}
	t.walk(ctx, w, limit, func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		if ttl == 1 {
			if a, is := t.recall(port); is {
				return a
			}
		}
		return t.Line.Short(ctx, port, ttl, wait)
	})
	t.Names.OfWalk(ctx, w)
	return w
}

// DatagramWalk is a walk like TCP's with datagrams, which no service counts.
func (t *Tracer) DatagramWalk(ctx context.Context) *evidence.Walk {
	w := &evidence.Walk{To: t.Line.Endpoint(unlikely), Protocol: evidence.UDP}
	t.walk(ctx, w, 0, func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		return t.Line.Datagram(ctx, unlikely, ttl, wait)
	})
	t.Names.OfWalk(ctx, w)
	return w
}

// unlikely is traceroute's first port.
const unlikely = 33434

// Datagrams asks a few TTLs with datagrams to an unlikely port (traceroute's first): a time-exceeded there
// shows a router, a port-unreachable the host itself.
func (t *Tracer) Datagrams(ctx context.Context, ttls ...uint8) *evidence.Walk {
	w := &evidence.Walk{To: t.Line.Endpoint(unlikely), Protocol: evidence.UDP}
	t.wave(ctx, w, ttls, waveTries, func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		return t.Line.Datagram(ctx, unlikely, ttl, wait)
	})
	return w
}

// Server walks to a port that answers. Where packets get lost and nothing was heard from just before the end, the end may
// be nearer: it is asked again there, or every other port's answer would seem to come from nearer than it.
func (t *Tracer) Server(ctx context.Context, port uint16) *evidence.Walk {
	w := t.TCP(ctx, port, 0)
	for d := w.Distance(); d > 1 && t.Line.Lossy() && w.At(d-1).ICMP == nil; d-- {
		hop := &w.Hops[d-2]
		for _, a := range t.shorts(ctx, port, d-1, 2*ConfirmTries) {
			if hop.ICMP == nil && !hop.End.Answered() {
				hop.Fill(a)
			}
		}
		if !hop.End.Answered() {
			break
		}
		w.Hops = w.Hops[:d-1]
	}
	return w
}

// ConfirmTries is how often a question is put again before something is concluded from silence; twice as often where
// packets are known to get lost: with 30% loss one in 10,000 wrong measures would pass.
const ConfirmTries = 4

// shorts sends several SYNs with the same small TTL at once.
func (t *Tracer) shorts(ctx context.Context, port uint16, ttl uint8, n int) []evidence.Attempt {
	all := make([]evidence.Attempt, n)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() { all[i] = t.Line.Short(ctx, port, ttl, t.Line.AnswerWait()) })
	}
	wg.Wait()
	return all
}

func (t *Tracer) walk(ctx context.Context, w *evidence.Walk, limit uint8, send probeHop) {
	if limit == 0 || limit > maxHops {
		limit = maxHops
	}
	for first := uint8(1); first <= limit && ctx.Err() == nil; first += WaveHops {
		var ttls []uint8
		for ttl := first; ttl < first+WaveHops && ttl <= limit; ttl++ {
			ttls = append(ttls, ttl)
		}
		tries := waveTries
		if t.Line.Lossy() {
			tries *= 2
		}
		if first > WaveHops && w.LastReply().TTL+1 < first {
			tries = 1 // beyond the last reply a second packet rarely tells more
		}
		t.wave(ctx, w, ttls, tries, send)
		if d := w.Distance(); d > 0 {
			w.Hops = w.Hops[:d]
			return
		}
		if int(w.Hops[len(w.Hops)-1].TTL)-int(w.LastReply().TTL) >= silentTail {
			return
		}
	}
}

// wave asks some TTLs at once, the silent ones again up to tries times, and appends their hops in order.
func (t *Tracer) wave(ctx context.Context, w *evidence.Walk, ttls []uint8, tries int, send probeHop) {
	hops := make([]evidence.Hop, len(ttls))
	for i, ttl := range ttls {
		hops[i].TTL = ttl
	}
	for try := range tries {
		wait := line.Longer(t.hopWait(w, hops), try)
		var ask []int // chosen before the first is asked: answers come while others start
		for i := range hops {
			if hops[i].ICMP == nil && !hops[i].End.Answered() && (try == 0 || !beyondAnswer(hops, i)) {
				ask = append(ask, i)
			}
		}
		var wg sync.WaitGroup
		for _, i := range ask {
			wg.Go(func() { hops[i].Fill(send(ctx, hops[i].TTL, wait)) })
		}
		wg.Wait()
		if try > 0 && slices.ContainsFunc(hops, func(h evidence.Hop) bool { return h.Tries == try+1 && h.ICMP == nil && h.End.Answered() }) {
			t.Line.NoteLoss() // a router may owe errors; what TCP answers was lost before
		}
		if ctx.Err() != nil {
			break
		}
	}
	w.Hops = append(w.Hops, hops...)
}

// beyondAnswer reports whether a lower TTL of the wave was answered by an end.
func beyondAnswer(hops []evidence.Hop, i int) bool {
	for _, hop := range hops[:i] {
		if hop.End.Answered() {
			return true
		}
	}
	return false
}

// hopWait follows the longest round trip of the walk.
func (t *Tracer) hopWait(w *evidence.Walk, wave []evidence.Hop) time.Duration {
	longest := t.Line.RTT()
	for _, hops := range [][]evidence.Hop{w.Hops, wave} {
		for _, hop := range hops {
			longest = max(longest, hop.RTT)
		}
	}
	if longest == 0 {
		return firstHopWait
	}
	return min(max(3*longest, line.MinWait), line.MaxWait)
}
