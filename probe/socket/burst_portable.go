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

// goroutineBurst gives each attempt a goroutine and the system's own connect.
type goroutineBurst struct {
	network Network
	ends    chan End
	free    []int32
	slots   []portableSlot
	active  sync.WaitGroup
}

type portableSlot struct {
	id     int32
	busy   bool
	cancel context.CancelFunc
}

// portableLimit bounds goroutines and descriptors where the system's limits are not known to be raised.
const portableLimit = 1024

// NewBurst implements Network.
func (s System) NewBurst(limit int) (Burst, error) { return makeBurst(limit, s) }

func makeBurst(limit int, n Network) (Burst, error) {
	limit = min(limit, portableLimit)
	b := &goroutineBurst{network: n, ends: make(chan End, limit), slots: make([]portableSlot, limit)}
	for i := range limit {
		b.free = append(b.free, int32(limit-1-i))
	}
	return b, nil
}

func (b *goroutineBurst) Room() int { return len(b.free) }

func (b *goroutineBurst) Send(id int32, to netip.AddrPort) (try int32, ok bool) {
	if len(b.free) == 0 {
		return 0, false
	}
	try = b.free[len(b.free)-1]
	b.free = b.free[:len(b.free)-1]
	ctx, cancel := context.WithCancel(context.Background())
	b.slots[try] = portableSlot{id: id, busy: true, cancel: cancel}
	b.active.Go(func() {
		a, conn := b.network.Connect(ctx, Request{To: to, Timeout: time.Minute})
		e := End{
			ID:           id,
			Try:          try,
			Outcome:      a.Outcome,
			Cut:          a.Cut,
			Errno:        a.Errno,
			Local:        a.Local,
			ICMP:         a.ICMP,
			Unattributed: a.Unattributed,
		}
		if conn != nil {
			e.Held = heldConn{a, conn}
		}
		b.ends <- e
	})
	return try, true
}

func (b *goroutineBurst) Collect(wait time.Duration, ends []End) []End {
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
func (b *goroutineBurst) take(e End) bool {
	dropped := !b.slots[e.Try].busy
	b.slots[e.Try].cancel()
	b.slots[e.Try].busy = false
	b.free = append(b.free, e.Try)
	if dropped {
		e.Drop()
	}
	return !dropped && e.Outcome != evidence.Interrupted
}

// Drop loses an end that comes at the same time.
func (b *goroutineBurst) Drop(try int32) (end End, ended bool) {
	if s := &b.slots[try]; s.busy {
		s.busy = false
		s.cancel()
	}
	return End{}, false
}

func (b *goroutineBurst) Holds(try, id int32) bool { s := &b.slots[try]; return s.busy && s.id == id }

// Close waits for its goroutines.
func (b *goroutineBurst) Close() {
	for i := range b.slots {
		b.Drop(int32(i))
	}
	b.active.Wait() // ends has room for all of them
	for len(b.ends) > 0 {
		e := <-b.ends
		e.Drop()
	}
}

// heldConn is a connection of a goroutineBurst.
type heldConn struct {
	attempt evidence.Attempt
	conn    net.Conn
}

func (h heldConn) Take() (evidence.Attempt, net.Conn) { return h.attempt, h.conn }

func (h heldConn) Drop() { Abort(h.conn) }

// ToldRepeats says whether the kernel tells that a SYN left, and how often it was repeated: see evidence.Port.Stuck.
const ToldRepeats = "no"
