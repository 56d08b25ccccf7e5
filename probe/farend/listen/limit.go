package listen

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// What one address may do, and all together: a check makes some dozens of connections a port, a flood gets no more.
const (
	burstOfAddress, ratePerAddress = 600, 40
	burstOfAll, rateOfAll          = 2000, 400
	openOfAddress, openOfAll       = 128, 512
	maxAddresses                   = 4096
)

// limits are token buckets, and how many connections are open.
type limits struct {
	mu     sync.Mutex
	all    bucket
	per    map[netip.Addr]*bucket
	turned atomic.Int64
	now    func() time.Time // nil: time.Now
}

type bucket struct {
	spent float64
	last  time.Time
	open  int
}

// take leaks a bucket, and reports whether one more fits.
func (b *bucket) take(now time.Time, burst, rate float64) bool {
	b.spent = max(0, b.spent-now.Sub(b.last).Seconds()*rate)
	b.last = now
	if b.spent+1 > burst {
		return false
	}
	b.spent++
	return true
}

// allow reports whether an address may have one more answer. Addresses beyond the bound share what is left to all.
func (l *limits) allow(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, now := l.of(a), time.Now()
	if l.now != nil {
		now = l.now()
	}
	if b != nil && !b.take(now, burstOfAddress, ratePerAddress) || !l.all.take(now, burstOfAll, rateOfAll) {
		l.turned.Add(1)
		return false
	}
	return true
}

// of is the address's bucket. Where there are too many, those that nobody uses now are forgotten; nil: still too many.
func (l *limits) of(a netip.Addr) *bucket {
	a = a.Unmap().WithZone("")
	if l.per == nil {
		l.per = map[netip.Addr]*bucket{}
	}
	if b := l.per[a]; b != nil {
		return b
	}
	if len(l.per) >= maxAddresses {
		for other, b := range l.per {
			if b.open == 0 && time.Since(b.last) > time.Minute {
				delete(l.per, other)
			}
		}
		if len(l.per) >= maxAddresses {
			return nil
		}
	}
	b := &bucket{}
	l.per[a] = b
	return b
}

// enter takes a place for a connection; leave gives it back. False: there is none.
func (l *limits) enter(a netip.Addr) (leave func(), ok bool) {
	if !l.allow(a) {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.of(a)
	if l.all.open >= openOfAll || b != nil && b.open >= openOfAddress {
		l.turned.Add(1)
		return nil, false
	}
	l.all.open++
	if b != nil {
		b.open++
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all.open--
		if b != nil {
			b.open--
		}
	}, true
}
