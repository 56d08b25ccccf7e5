package sweep

import (
	"context"
	"math"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Job is one sweep: one SYN after another to very many endpoints, with no more kept of each than evidence.Swept. Every pass
// sends a fresh SYN to every endpoint that is still silent; the passes end when the loss seen so far makes it unlikely that
// an open one is among them.
type Job struct {
	Network  socket.Network
	Count    int
	Endpoint func(i int) netip.AddrPort
	Host     func(i int) int // whose round-trip time the endpoint shares
	Hosts    int
	Known    func(host int) time.Duration // a round trip of the host, where one was measured before; 0: none was
	Limit    int                          // sockets at the same time
	Rate     int                          // SYNs a second; 0: no limit
	Longest  time.Duration                // that an answer is waited for before the next try; 0: as the round trips ask
	Patience time.Duration                // since the beginning, with hosts that never answered
	// Found is called when an endpoint's outcome is first known, for silence after the first time-out, from the
	// sweep's own threads: it must not block. The connection of an open one is its own.
	Found    func(i int, s evidence.Swept, e socket.End)
	Accepted func(i int)    // called for each connection, also for further ones of an endpoint; nil: nobody wants to know
	Progress func(done int) // called with the number of newly settled endpoints; nil: nobody wants to know

	limited atomic.Bool  // so many come through, and faster ones do not
	gaveUp  atomic.Bool  // so little gets through that silence says little
	slowest atomic.Int64 // SYNs a second that the threads had to go down to; 0: they had not to
}

// Limited reports that so many SYNs come through and faster ones do not: something on the way limits them.
func (j *Job) Limited() bool { return j.limited.Load() }

// GaveUp reports that so little got through that silence says little.
func (j *Job) GaveUp() bool { return j.gaveUp.Load() }

// slower notes that a thread has slowed down, and the threads with it.
func (j *Job) slower(rate int64) {
	for {
		old := j.slowest.Load()
		if old > 0 && old <= rate || j.slowest.CompareAndSwap(old, rate) {
			return
		}
	}
}

// Pace is how many SYNs a second seem to get through; 0 where no limit was met.
func (j *Job) Pace() int { return int(j.slowest.Load()) }

// A second thread pays above this many endpoints (measured: 1.75 times as fast).
const secondThread = 10_000

// Run sweeps all endpoints. Those that ctx left without a verdict are SweptNothing.
func (j *Job) Run(ctx context.Context) []evidence.Swept {
	out := make([]evidence.Swept, j.Count)
	threads := 1
	if j.Count > secondThread && runtime.GOMAXPROCS(0) > 1 {
		threads = 2
	}
	shared := &loss{}
	var wg sync.WaitGroup
	for t := range threads {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			newSweeper(j, out, t, threads, shared).run(ctx)
		})
	}
	wg.Wait()
	return out
}

// loss is what the threads learn together of loss and round trips.
type loss struct {
	mu             sync.Mutex
	answered, lost float64 // SYNs
	rtt            evidence.RoundTrips
}

// add counts an answer to so many SYNs; sample is its round trip, 0 where that is not known.
func (l *loss) add(tries uint8, sample time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered++
	l.lost += float64(tries - 1)
	if sample > 0 {
		l.rtt.Add(sample)
	}
}

// forget the loss, but not the round trips.
func (l *loss) forget() {
	l.mu.Lock()
	l.answered, l.lost = min(l.answered, 1), 0
	l.mu.Unlock()
}

// blindPasses are made where nothing has answered, so that there is nothing to learn from.
const blindPasses = 4

// enough is how many tries make it unlikely (below 0.01 expected) that one of the endpoints like those that
// answered is still silent.
func (l *loss) enough() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	const missed, least, most = 0.01, 2, 14
	if l.answered == 0 {
		return blindPasses
	}
	p := (l.lost + 0.1) / (l.lost + l.answered + 0.2)
	k := math.Ceil(math.Log(missed/l.answered) / math.Log(p))
	return int(min(max(k, least), most))
}

// timeout is that of a host, or of all hosts where it has none of its own.
func (l *loss) timeout(host *evidence.RoundTrips) time.Duration {
	if host.Smoothed > 0 {
		return host.Timeout()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rtt.Timeout()
}

func (l *loss) answers() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answered
}

// Sockets is how many a sweep may use: as many as allowed, of what the system allows less what the rest of the
// program needs.
func Sockets(allowed int) int {
	const spare = 512
	system := socket.MaxDescriptors()
	return max(1, min(allowed, max(system-spare, system/4)))
}
