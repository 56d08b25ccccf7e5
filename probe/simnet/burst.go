package simnet

import (
	"container/heap"
	"net"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// burst holds attempts in the order in which something happens to them: no goroutine and no timer for each.
type burst struct {
	n      *Network
	tries  []*flight // nil: free
	free   []int32
	events events
	ready  []socket.End // ended within Send
}

// flight is an attempt of a burst.
type flight struct {
	*attempt
	id, try int32
	next    time.Time
	index   int // in events; -1: not there
}

// NewBurst implements socket.Network.
func (n *Network) NewBurst(limit int) (socket.Burst, error) {
	b := &burst{n: n, tries: make([]*flight, limit)}
	for i := range limit {
		b.free = append(b.free, int32(limit-1-i))
	}
	return b, nil
}

func (b *burst) Room() int { return len(b.free) }

func (b *burst) Send(id int32, to netip.AddrPort) (try int32, ok bool) {
	if len(b.free) == 0 {
		return 0, false
	}
	try = b.free[len(b.free)-1]
	a, failed := b.n.start(socket.Request{To: to}, evidence.TCP)
	switch {
	case failed.Outcome == evidence.NoSocket:
		return 0, false
	case failed.Outcome != evidence.NotRun:
		b.ready = append(b.ready, socket.End{ID: id, Try: try, Outcome: failed.Outcome, Errno: failed.Errno, Local: true})
		return try, true
	}
	b.free = b.free[:len(b.free)-1]
	f := &flight{attempt: a, id: id, try: try, next: a.next()}
	b.tries[try] = f
	heap.Push(&b.events, f)
	return try, true
}

func (b *burst) Collect(wait time.Duration, ends []socket.End) []socket.End {
	ends = append(ends, b.ready...)
	if len(b.ready) > 0 {
		b.ready, wait = b.ready[:0], 0
	}
	for until := time.Now().Add(wait); ; {
		before := len(ends)
		for now := time.Now(); len(b.events) > 0 && !b.events[0].next.After(now); {
			if e, over := b.happen(b.events[0], now); over {
				ends = append(ends, e)
			}
		}
		now := time.Now()
		if len(ends) > before || !now.Before(until) {
			return ends
		}
		pause := until.Sub(now)
		if len(b.events) > 0 {
			pause = min(pause, b.events[0].next.Sub(now))
		}
		time.Sleep(pause)
	}
}

// happen lets an attempt go on.
func (b *burst) happen(f *flight, now time.Time) (e socket.End, over bool) {
	if !f.step(now) {
		f.next = f.attempt.next()
		heap.Fix(&b.events, f.index)
		return e, false
	}
	b.release(f)
	out := f.result(now, false)
	e = socket.End{ID: f.id, Try: f.try, Outcome: out.Outcome, Cut: out.Cut, Errno: out.Errno, ICMP: out.ICMP}
	if out.Outcome == evidence.Connected && !out.Cut {
		e.Held = held{f.attempt}
	}
	return e, true
}

func (b *burst) release(f *flight) {
	heap.Remove(&b.events, f.index)
	b.tries[f.try] = nil
	b.free = append(b.free, f.try)
	b.n.free()
}

func (b *burst) Holds(try, id int32) bool { f := b.tries[try]; return f != nil && f.id == id }

func (b *burst) Drop(try int32) (end socket.End, ended bool) {
	f := b.tries[try]
	if f == nil {
		return end, false
	}
	if end, ended = b.happen(f, time.Now()); !ended {
		b.release(f)
	}
	return end, ended
}

func (b *burst) Close() {
	for _, f := range b.tries {
		if f != nil {
			b.release(f)
		}
	}
}

// held is the connection of an attempt; its service is not told before somebody takes it, or gives it up.
type held struct{ *attempt }

func (h held) Take() (evidence.Attempt, net.Conn) {
	return evidence.Attempt{Outcome: evidence.Connected, Source: h.out.Source, TCP: h.out.TCP}, h.connection()
}

func (h held) Drop() {
	if c := h.connection(); c != nil {
		socket.Abort(c)
	}
}

// events is a heap by time.
type events []*flight

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].next.Before(e[j].next) }
func (e events) Swap(i, j int) {
	e[i], e[j] = e[j], e[i]
	e[i].index, e[j].index = i, j
}

// Push implements heap.Interface.
func (e *events) Push(x any) {
	f := x.(*flight)
	f.index = len(*e)
	*e = append(*e, f)
}

// Pop implements heap.Interface.
func (e *events) Pop() any {
	last := len(*e) - 1
	f := (*e)[last]
	*e = (*e)[:last]
	return f
}
