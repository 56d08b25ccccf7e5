package egress

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/verdict"
)

// rival is a port that is compared with the reference.
type rival struct {
	port    uint16
	replies map[uint8]evidence.Attempt // by the hop limit that was answered
	silent  map[uint8]int              // rounds that count, by hop
	ends    map[uint8]evidence.Attempt // answers that are no router's time exceeded, by hop limit
	gaveUp  bool                       // no round counted often enough
}

func newRival(port uint16) *rival {
	return &rival{port: port, replies: map[uint8]evidence.Attempt{}, silent: map[uint8]int{}, ends: map[uint8]evidence.Attempt{}}
}

// Bounds of a contest: SYNs of other ports between two of the reference's, rounds in all, and the time for one hop.
const (
	batch     = 16
	maxRounds = 100
	// lossyRounds are enough where packets get lost: of five one, say, all of them do once in a hundred million times.
	lossyRounds = 12
	patience    = 60 * time.Second
	refill      = 3 * time.Second // in which a Linux router comes to owe three more errors (icmp_ratelimit: one a second)
)

// contest asks at one hop until each port was answered there or was silent often enough while the reference was answered
// before and after it. A router that owes no more errors makes everybody silent: such rounds don't count.
func (q *question) contest(ctx context.Context, hop uint8, rivals []*rival) (passed, silent []*rival) {
	passed, silent = q.rounds(ctx, hop, rivals, verdict.EgressRounds)
	if len(silent) > 0 && q.lossy { // so many silences can be chance
		var late []*rival
		late, silent = q.rounds(ctx, hop, silent, lossyRounds)
		passed = append(passed, late...)
	}
	return passed, silent
}

// rounds asks until each port was answered or was silent so often.
func (q *question) rounds(ctx context.Context, hop uint8, rivals []*rival, enough int) (passed, silent []*rival) {
	open, until, alive := rivals, time.Now().Add(patience), false
	for round := 0; len(open) > 0 && round < maxRounds && ctx.Err() == nil && time.Now().Before(until); round++ {
		if alive = alive || q.answers(ctx, hop); !alive {
			line.Pause(ctx, refill)
			continue
		}
		some := open[:min(batch, len(open))]
		quiet := q.volley(ctx, hop, some)
		if alive = q.answers(ctx, hop); alive {
			for _, r := range quiet {
				r.silent[hop]++
			}
		} else {
			line.Pause(ctx, refill)
		}
		next := slices.Clone(open[len(some):])
		for _, r := range some {
			switch {
			case r.past(hop):
				q.lossy = q.lossy || r.silent[hop] > 0
				passed = append(passed, r)
			case r.ends[hop].Outcome.Answered() || r.silent[hop] >= enough:
				silent = append(silent, r)
			default:
				next = append(next, r)
			}
		}
		open = next
	}
	for _, r := range open {
		r.gaveUp = true
	}
	return passed, silent
}

// past reports that a packet of the port got to a hop.
func (r *rival) past(hop uint8) bool {
	for at := range r.replies {
		if at >= hop {
			return true
		}
	}
	return false
}

// volley sends one SYN of each port; those without an answer are returned.
func (q *question) volley(ctx context.Context, hop uint8, rivals []*rival) (quiet []*rival) {
	got := make([]evidence.Attempt, len(rivals))
	var wg sync.WaitGroup
	for i, r := range rivals {
		wg.Go(func() { got[i] = q.line.Short(ctx, r.port, hop, q.wait(hop)) })
	}
	wg.Wait()
	for i, r := range rivals {
		switch a := got[i]; {
		case a.ICMP != nil && a.ICMP.TimeExceeded():
			r.replies[hop] = a
			q.tracer.Names.Of(ctx, a.ICMP.From)
		case a.Outcome.Answered():
			r.ends[hop] = a
		case a.Outcome == evidence.Silent:
			quiet = append(quiet, r)
		}
	}
	return quiet
}

// answers reports whether the reference's packet is answered at a hop now, asked twice: one may get lost.
func (q *question) answers(ctx context.Context, hop uint8) bool {
	for try := range 2 {
		if a := q.line.Short(ctx, q.against, hop, q.wait(hop)); a.ICMP != nil && a.ICMP.TimeExceeded() {
			q.lossy = q.lossy || try > 0
			return true
		}
	}
	return false
}

// wait is how long a router that is known to answer has for it.
func (q *question) wait(hop uint8) time.Duration {
	return min(max(4*q.host.Reference.At(hop).RTT, 3*line.MinWait), 2*line.MaxWait)
}
