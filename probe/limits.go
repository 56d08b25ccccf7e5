package probe

import (
	"context"
	"sync"
	"time"
)

// limiter bounds connections in flight. Running out of sockets makes it smaller for the rest of the
// run, down to one: the shortage is this computer's, and a slower run finishes where a fast one cannot.
type limiter struct {
	mu    sync.Mutex
	size  int
	inUse int
	wake  chan struct{} // closed and replaced when a place may be free
}

func newLimiter(size int) *limiter {
	return &limiter{size: max(size, 1), wake: make(chan struct{})}
}

// acquire waits for a place; false when ctx ends first.
func (l *limiter) acquire(ctx context.Context) bool {
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

func (l *limiter) release() {
	l.mu.Lock()
	l.inUse--
	close(l.wake)
	l.wake = make(chan struct{})
	l.mu.Unlock()
}

// shrink halves the limit to what was in use when the system ran short.
func (l *limiter) shrink() {
	l.mu.Lock()
	l.size = max(1, min(l.size, l.inUse)/2)
	l.mu.Unlock()
}

// pause waits, false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
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

// pacer spreads SYNs evenly over time, once something on the way was seen to let no more through. The zero value lets
// all pass at once.
type pacer struct {
	mu   sync.Mutex
	gap  time.Duration
	next time.Time
}

// limit sets the rate, in SYNs a second, unless it is lower already; 0 is none.
func (p *pacer) limit(rate int) {
	if rate > 0 {
		p.mu.Lock()
		p.gap = max(p.gap, time.Second/time.Duration(rate))
		p.mu.Unlock()
	}
}

// wait waits for a turn; false when ctx ends first.
func (p *pacer) wait(ctx context.Context) bool {
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
	return pause(ctx, turn.Sub(now))
}
