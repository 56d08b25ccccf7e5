//go:build !linux || whyport_portable

package socket

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// Burst gives each attempt a goroutine and the system's own connect.
type Burst struct {
	ends   chan End
	free   []int32
	slots  []portableSlot
	active sync.WaitGroup
}

type portableSlot struct {
	id     int32
	busy   bool
	cancel context.CancelFunc
}

// portableLimit bounds goroutines and descriptors where the system's limits are not known to be raised.
const portableLimit = 1024

// NewBurst makes room for up to limit attempts at once.
func NewBurst(limit int) (*Burst, error) {
	limit = min(limit, portableLimit)
	b := &Burst{ends: make(chan End, limit), slots: make([]portableSlot, limit)}
	for i := range limit {
		b.free = append(b.free, int32(limit-1-i))
	}
	return b, nil
}

// Room is how many attempts can be begun now.
func (b *Burst) Room() int { return len(b.free) }

// Send begins an attempt and returns its try, a handle for Drop; ok is false where there is no socket for it.
func (b *Burst) Send(id int32, to netip.AddrPort) (try int32, ok bool) {
	if len(b.free) == 0 {
		return 0, false
	}
	try = b.free[len(b.free)-1]
	b.free = b.free[:len(b.free)-1]
	ctx, cancel := context.WithCancel(context.Background())
	b.slots[try] = portableSlot{id: id, busy: true, cancel: cancel}
	b.active.Go(func() {
		a, conn := Connect(ctx, Request{To: to, Timeout: time.Minute})
		b.ends <- End{ID: id, Try: try, Outcome: a.Outcome, Errno: a.Errno, Local: a.Local, ICMP: a.ICMP, Unattributed: a.Unattributed, Held: Held{&a, conn}}
	})
	return try, true
}

// Collect appends the attempts that have ended to ends, after waiting for one at most that long.
func (b *Burst) Collect(wait time.Duration, ends []End) []End {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case e := <-b.ends:
			if b.take(e) {
				ends = append(ends, e)
			}
			timer.Reset(0)
			continue
		default:
		}
		select {
		case e := <-b.ends:
			if b.take(e) {
				ends = append(ends, e)
			}
			timer.Reset(0)
		case <-timer.C:
			return ends
		}
	}
}

// take frees a slot; false for an attempt that was dropped.
func (b *Burst) take(e End) bool {
	dropped := !b.slots[e.Try].busy
	b.slots[e.Try].cancel()
	b.slots[e.Try].busy = false
	b.free = append(b.free, e.Try)
	if dropped {
		e.Held.Drop()
	}
	return !dropped && e.Outcome != evidence.Interrupted
}

// Drop gives an attempt up that Send returned. Its end, if it comes at the same time, is lost.
func (b *Burst) Drop(try int32) (end End, ended bool) {
	if s := &b.slots[try]; s.busy {
		s.busy = false
		s.cancel()
	}
	return End{}, false
}

// Holds reports whether an attempt that Send returned for id is still under way.
func (b *Burst) Holds(try, id int32) bool { s := &b.slots[try]; return s.busy && s.id == id }

// Close gives everything up and waits for its goroutines.
func (b *Burst) Close() {
	for i := range b.slots {
		b.Drop(int32(i))
	}
	b.active.Wait() // ends has room for all of them
	for len(b.ends) > 0 {
		(<-b.ends).Held.Drop()
	}
}

// Held is a connection of a Burst; the zero value is none. Its end is Take or Drop.
type Held struct {
	attempt *evidence.Attempt
	conn    net.Conn
}

// Some reports whether there is a connection.
func (h Held) Some() bool { return h.conn != nil }

// Take makes it a connection like one of Connect, which the caller closes, with its attempt.
func (h Held) Take() (evidence.Attempt, net.Conn) { return *h.attempt, h.conn }

// Drop gives it up with a RST.
func (h Held) Drop() {
	if h.Some() {
		Abort(h.conn)
	}
}
