package line

import (
	"context"
	"sync"
	"time"
)

// Hearing says when this program could not hear: a computer that slept, a process that was stopped or got no processor. What was
// answered meanwhile may be lost.
type Hearing interface {
	// Missed is how much of the time since then it did not run, in pieces that are worth counting.
	Missed(since time.Time) time.Duration
	// Starved reports that it got the processor for less than half of the time that it wanted it.
	Starved() bool
}

// Pulse is a Hearing by a clock that should tick at once: what comes late shows that nothing ran. A system that slept may or may not
// count that as time (Linux: CLOCK_MONOTONIC stands still then, and TCP's timers do, too).
type Pulse struct {
	mu         sync.Mutex
	last       time.Time
	ran, idled time.Duration
	gaps       []gap
}

// gap is a time without a beat.
type gap struct{ from, to time.Time }

const (
	beatEvery = 20 * time.Millisecond
	// A shorter gap is no harm: the kernel listens meanwhile, and what came is read afterwards.
	worthCounting = time.Second
	// Less says nothing of a whole run.
	starvedFor = 500 * time.Millisecond
)

// NewPulse begins now.
func NewPulse() *Pulse { return &Pulse{last: time.Now()} }

// Run beats until ctx ends.
func (p *Pulse) Run(ctx context.Context) {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			p.beat(time.Now())
		case <-ctx.Done():
			return
		}
	}
}

func (p *Pulse) beat(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	took := now.Sub(p.last)
	if took <= 0 {
		return // a clock that was set back
	}
	if took >= worthCounting {
		p.gaps = append(p.gaps, gap{p.last, now})
	}
	p.ran += min(took, beatEvery)
	p.idled += max(0, took-beatEvery)
	p.last = now
}

// Missed implements Hearing.
func (p *Pulse) Missed(since time.Time) (missed time.Duration) {
	p.beat(time.Now()) // whoever asks may be the first to run again
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.gaps) - 1; i >= 0 && p.gaps[i].to.After(since); i-- {
		missed += p.gaps[i].to.Sub(later(p.gaps[i].from, since))
	}
	return missed
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Starved implements Hearing.
func (p *Pulse) Starved() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.idled > starvedFor && p.idled > p.ran
}
