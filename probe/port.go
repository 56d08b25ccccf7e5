package probe

import (
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/verdict"
)

// port is one port in progress. Its evidence belongs to the goroutine that works on it: first the one
// that connects, then, after settled is closed, the one that looks for the place.
type port struct {
	candidate int // index; -1 for a control
	want      Candidate
	begun     time.Time
	seen      evidence.Port
	settled   chan struct{}
	lingering *line.Lingering // of a silent port; nil otherwise
	quick     bool            // part of a large run: what speaks there has less time
	attempts  int             // SYNs before silence is believed; 0: as the options say
	against   *evidence.Walk  // the reference that its answer was compared with; nil: none
}

func (p *port) isSettled() bool {
	select {
	case <-p.settled:
		return true
	default:
		return false
	}
}

func (p *port) needsOrigin() bool { return verdict.NeedsOrigin(&p.seen) }

func (p *port) unanswered() bool { return p == nil || p.seen.Answered() == 0 }

// giveUpLingering ends the first socket of a silent port.
func (p *port) giveUpLingering() {
	if p.lingering == nil {
		return
	}
	first := p.lingering.GiveUp()
	p.lingering = nil
	p.named(first)
}

// named gives the first attempt, which was written down while its socket listened on, that socket's source. What may
// have been read before is not written to.
func (p *port) named(first evidence.Attempt) {
	if len(p.seen.Attempts) > 0 && !p.seen.Attempts[0].Source.IsValid() {
		p.seen.Attempts = slices.Clone(p.seen.Attempts)
		p.seen.Attempts[0].Source = first.Source
	}
}

// recall keeps the sweep's answer to a port that is silent now, or that takes no second caller.
func (p *port) recall(s evidence.Swept) {
	if s.Answered() && p.seen.Answered() == 0 || s.Outcome == evidence.SweptOpen && !p.seen.Open() {
		p.seen.Attempts = append(s.Attempts(), p.seen.Attempts...)
	}
}

// each runs f for all ports at once and waits; the sockets are bounded by the run's limits.
func each(ports []*port, f func(*port)) {
	var wg sync.WaitGroup
	for _, p := range ports {
		wg.Go(func() { f(p) })
	}
	wg.Wait()
}

// spreadSample takes n ports spread over the list, and the rest in order.
func spreadSample(ports []*port, n int) (sample, rest []*port) {
	if len(ports) <= n {
		return ports, nil
	}
	for i, p := range ports {
		if len(sample) < n && i*n >= len(sample)*len(ports) {
			sample = append(sample, p)
		} else {
			rest = append(rest, p)
		}
	}
	return sample, rest
}

// assume takes ports to be stopped at a place that a sample of them agreed on.
func assume(ports []*port, place *evidence.Walk) {
	for _, p := range ports {
		if p.seen.Walk == nil {
			p.seen.Walk, p.seen.Place = place, evidence.PlaceAssumed
		}
	}
}
