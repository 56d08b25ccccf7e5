package line

import (
	"context"
	"sync"
	"time"
)

// Limits are what all lines of a run share.
type Limits struct {
	Slots  *Slots // sockets in flight
	Pace   Pacer
	Tokens Tokens
	// Hearing tells silence from what this program slept through; nil: it always hears.
	Hearing Hearing
}

// Missed is how long this program did not run since then.
func (l *Limits) Missed(since time.Time) time.Duration {
	if l.Hearing == nil {
		return 0
	}
	return l.Hearing.Missed(since)
}

// Starved reports that it hardly gets the processor.
func (l *Limits) Starved() bool { return l.Hearing != nil && l.Hearing.Starved() }

// Slots bound connections in flight. Running out of sockets makes it smaller for the rest of the
// run, down to one: the shortage is this computer's, and a slower run finishes where a fast one cannot.
type Slots struct {
	mu    sync.Mutex
	size  int
	inUse int
	wake  chan struct{} // closed and replaced when a place may be free
}

// NewSlots makes room for so many, at least one.
func NewSlots(size int) *Slots {
	return &Slots{size: max(size, 1), wake: make(chan struct{})}
}

// Acquire waits for a place; false when ctx ends first.
func (l *Slots) Acquire(ctx context.Context) bool {
	for {
		if ctx.Err() != nil {
			return false
		}
		l.mu.Lock()
		if l.inUse < l.size {
			l.inUse++
			l.mu.Unlock()
			return true
		}
		wake := l.wake
		l.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return false
		}
	}
}

// Release gives a place back.
func (l *Slots) Release() {
	l.mu.Lock()
	l.inUse--
	close(l.wake)
	l.wake = make(chan struct{})
	l.mu.Unlock()
}

// Shrink halves the limit to what was in use when the system ran short.
func (l *Slots) Shrink() {
	l.mu.Lock()
	l.size = max(1, min(l.size, l.inUse)/2)
	l.mu.Unlock()
}

// Pause waits, false when ctx ends first.
func Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Pacer spreads SYNs evenly over time, once something on the way was seen to let no more through. The zero value lets
// all pass at once.
type Pacer struct {
	mu   sync.Mutex
	gap  time.Duration
	next time.Time
}

// Limit sets the rate, in SYNs a second, unless it is lower already; 0 is none.
func (p *Pacer) Limit(rate int) {
	if rate > 0 {
		p.mu.Lock()
		p.gap = max(p.gap, time.Second/time.Duration(rate))
		p.mu.Unlock()
	}
}

// Wait waits for a turn; false when ctx ends first.
func (p *Pacer) Wait(ctx context.Context) bool {
	p.mu.Lock()
	if p.gap == 0 {
		p.mu.Unlock()
		return true
	}
	now := time.Now()
	turn := p.next
	if turn.Before(now) {
		turn = now
	}
	p.next = turn.Add(p.gap)
	p.mu.Unlock()
	return Pause(ctx, turn.Sub(now))
}
