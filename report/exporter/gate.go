package exporter

import (
	"context"
	"net/http"
	"sync"
	"time"

	"whyport/services/mistake"
)

// sameTarget is how many probes of one target may run at once: a pair of Prometheus servers, and two people who look.
const sameTarget = 4

// gate bounds the probes that run at once, in all and for each target, so that nobody makes the exporter flood a server.
type gate struct {
	slots chan struct{}

	mu      sync.Mutex
	targets map[string]int
}

func newGate(n int) *gate { return &gate{slots: make(chan struct{}, n), targets: map[string]int{}} }

// enter waits for a turn, at most so long; leave must be called where nothing was refused.
func (g *gate) enter(ctx context.Context, target string, wait time.Duration) (leave func(), no *refusal) {
	if !g.take(target) {
		return nil, &refusal{http.StatusTooManyRequests, mistake.New("scrape it less often, or from fewer servers",
			"%d probes of this target are running", sameTarget)}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return func() { <-g.slots; g.give(target) }, nil
	case <-ctx.Done():
	case <-timer.C:
	}
	g.give(target)
	return nil, &refusal{http.StatusServiceUnavailable, mistake.New("raise --concurrency, scrape less often, or start another exporter",
		"%d probes are running, and none ended in time", cap(g.slots))}
}

func (g *gate) take(target string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.targets[target] >= sameTarget {
		return false
	}
	g.targets[target]++
	return true
}

func (g *gate) give(target string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.targets[target]--; g.targets[target] == 0 {
		delete(g.targets, target)
	}
}
