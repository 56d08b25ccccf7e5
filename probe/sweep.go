package probe

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

// A sweep is the first look of a large run: one SYN after another to very many endpoints, with no more kept of
// each than swept. Every pass sends a fresh SYN to every endpoint that is still silent; the passes end when the
// loss seen so far makes it unlikely that an open one is among them.
type sweep struct {
	count    int
	endpoint func(i int) netip.AddrPort
	host     func(i int) int // whose round-trip time the endpoint shares
	hosts    int
	known    func(host int) time.Duration // a round trip of the host, where one was measured before; 0: none was
	limit    int                          // sockets at the same time
	rate     int                          // SYNs a second; 0: no limit
	longest  time.Duration                // that an answer is waited for before the next try; 0: as the round trips ask
	patience time.Duration                // since the beginning, with hosts that never answered
	// look is called when an endpoint's outcome is first known, for silence after the first time-out, from the
	// sweep's own threads: it must not block. The connection of an open one is its own.
	look     func(i int, s swept, e socket.End)
	progress func(done int)

	limited atomic.Bool  // so many come through, and faster ones do not
	gaveUp  atomic.Bool  // so little gets through that silence says little
	slowest atomic.Int64 // SYNs a second that the threads had to go down to; 0: they had not to
}

// slower notes that a thread has slowed down, and the threads with it.
func (s *sweep) slower(rate int64) {
	for {
		old := s.slowest.Load()
		if old > 0 && old <= rate || s.slowest.CompareAndSwap(old, rate) {
			return
		}
	}
}

// pace is how many SYNs a second seem to get through; 0 where no limit was met.
func (s *sweep) pace() int { return int(s.slowest.Load()) }

// swept is what a sweep knows of one endpoint, in 8 bytes: a run can have a million of them.
type swept struct {
	outcome sweptOutcome
	tries   uint8
	local   bool
	micros  uint32 // from the answered SYN to its answer
}

// sweptOutcome is an evidence.Outcome in a byte.
type sweptOutcome uint8

const (
	sweptNothing sweptOutcome = iota
	sweptOpen
	sweptRefused
	sweptRejected // refused by an ICMP error
	sweptFailed
	sweptSilent
	sweptNoSocket
)

func (o sweptOutcome) evidence() evidence.Outcome {
	return [...]evidence.Outcome{evidence.Interrupted, evidence.Connected, evidence.Refused, evidence.Refused, evidence.Failed, evidence.Silent, evidence.NoSocket}[o]
}

// A second thread pays above this many endpoints (measured: 1.75 times as fast).
const secondThread = 10_000

// run sweeps all endpoints. Those that ctx left without a verdict are sweptNothing.
func (s *sweep) run(ctx context.Context) []swept {
	out := make([]swept, s.count)
	threads := 1
	if s.count > secondThread && runtime.GOMAXPROCS(0) > 1 {
		threads = 2
	}
	shared := &sweepLoss{}
	var wg sync.WaitGroup
	for t := range threads {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			newSweeper(s, out, t, threads, shared).run(ctx)
		})
	}
	wg.Wait()
	return out
}

// sweepLoss is what the threads learn together of loss and round trips.
type sweepLoss struct {
	mu             sync.Mutex
	answered, lost float64 // SYNs
	rtt            estimate
}

// add counts an answer to so many SYNs; sample is its round trip, 0 where that is not known.
func (l *sweepLoss) add(tries uint8, sample time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered++
	l.lost += float64(tries - 1)
	if sample > 0 {
		l.rtt.add(sample)
	}
}

// forget the loss, but not the round trips.
func (l *sweepLoss) forget() {
	l.mu.Lock()
	l.answered, l.lost = min(l.answered, 1), 0
	l.mu.Unlock()
}

// blindPasses are made where nothing has answered, so that there is nothing to learn from.
const blindPasses = 4

// passes is how many tries make it unlikely (below 0.01 expected) that one of the endpoints like those that
// answered is still silent.
func (l *sweepLoss) passes() int {
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
func (l *sweepLoss) timeout(host *estimate) time.Duration {
	if host.srtt > 0 {
		return host.timeout()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rtt.timeout()
}

func (l *sweepLoss) answers() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answered
}

// estimate is a smoothed round-trip time with its variation (RFC 6298, 2).
type estimate struct{ srtt, rttvar time.Duration }

func (e *estimate) add(sample time.Duration) {
	if e.srtt == 0 {
		e.srtt, e.rttvar = sample, sample/2
		return
	}
	e.rttvar += ((e.srtt - sample).Abs() - e.rttvar) / 4
	e.srtt += (sample - e.srtt) / 8
}

// timeout is how long an answer is waited for before the next try: 200 ms where none has been seen. The socket
// listens on, so that a later one is still taken.
func (e *estimate) timeout() time.Duration {
	const first, least, most = 200 * time.Millisecond, 100 * time.Millisecond, 10 * time.Second
	if e.srtt == 0 {
		return first
	}
	return min(max(e.srtt+4*e.rttvar, least), most)
}

// sweepSockets is how many a sweep may use: as many as allowed, of what the system allows less what the rest of the
// program needs.
func sweepSockets(allowed int) int {
	const spare = 512
	system := socket.MaxDescriptors()
	return max(1, min(allowed, max(system-spare, system/4)))
}
