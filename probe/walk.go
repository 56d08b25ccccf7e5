package probe

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// A walk's bounds: hops asked at once, the longest path, and how many silent hops in a row end it.
const (
	waveHops   = 5
	maxHops    = 30
	silentTail = 6
	waveTries  = 2
)

// hopWait bounds how long one probe of a walk may take; the wait adapts to the round trips seen.
const (
	minHopWait   = 100 * time.Millisecond
	firstHopWait = 350 * time.Millisecond
	maxHopWait   = time.Second
)

// probeHop sends one packet with a TTL and says how it ended.
type probeHop func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt

// walkTCP walks towards a TCP port with SYNs. It ends at the first TTL that something other than a
// time-exceeded answered, after limit hops (0: no limit), or in a long silence.
func (h *host) walkTCP(ctx context.Context, port uint16, limit uint8) *evidence.Walk {
	w := &evidence.Walk{To: h.endpoint(port), Protocol: evidence.TCP}
	h.walk(ctx, w, limit, func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		return h.short(ctx, port, ttl, wait)
	})
	h.name(ctx, w)
	return w
}

// short sends one SYN with a small TTL and drops the connection if there is one.
func (h *host) short(ctx context.Context, port uint16, ttl uint8, wait time.Duration) evidence.Attempt {
	a, conn := h.connect(ctx, socket.Request{TTL: ttl, Timeout: wait}, port, time.Time{})
	if conn != nil {
		socket.Abort(conn)
	}
	return a
}

// walkUDP asks a few TTLs with datagrams to an unlikely port (traceroute's first): a time-exceeded there
// shows a router, a port-unreachable the host itself.
func (h *host) walkUDP(ctx context.Context, ttls ...uint8) *evidence.Walk {
	const port = 33434
	w := &evidence.Walk{To: h.endpoint(port), Protocol: evidence.UDP}
	send := func(ctx context.Context, ttl uint8, wait time.Duration) evidence.Attempt {
		a, _ := socket.System{}.Exchange(ctx, socket.Request{To: h.endpoint(port), TTL: ttl, Timeout: wait}, []byte{0})
		return a
	}
	h.wave(ctx, w, ttls, waveTries, send)
	return w
}

func (h *host) walk(ctx context.Context, w *evidence.Walk, limit uint8, send probeHop) {
	if limit == 0 || limit > maxHops {
		limit = maxHops
	}
	for first := uint8(1); first <= limit && ctx.Err() == nil; first += waveHops {
		var ttls []uint8
		for ttl := first; ttl < first+waveHops && ttl <= limit; ttl++ {
			ttls = append(ttls, ttl)
		}
		tries := waveTries
		if h.lossy() {
			tries *= 2
		}
		if first > waveHops && w.LastReply().TTL+1 < first {
			tries = 1 // beyond the last reply a second packet rarely tells more
		}
		h.wave(ctx, w, ttls, tries, send)
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
func (h *host) wave(ctx context.Context, w *evidence.Walk, ttls []uint8, tries int, send probeHop) {
	hops := make([]evidence.Hop, len(ttls))
	for i, ttl := range ttls {
		hops[i].TTL = ttl
	}
	for try := range tries {
		wait := longer(h.hopWait(w, hops), try)
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

// longer is the wait of a repeated question (try counts from 0): the first may have met a moment's delay, not silence.
func longer(wait time.Duration, try int) time.Duration {
	return min(wait*time.Duration(1+2*try), max(wait, maxHopWait))
}

func (h *host) hopWait(w *evidence.Walk, wave []evidence.Hop) time.Duration {
	longest := h.rtt.get()
	for _, hops := range [][]evidence.Hop{w.Hops, wave} {
		for _, hop := range hops {
			longest = max(longest, hop.RTT)
		}
	}
	if longest == 0 {
		return firstHopWait
	}
	return min(max(3*longest, minHopWait), maxHopWait)
}
