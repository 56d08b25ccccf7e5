package probe

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Of samples: the time between two, so that no limit on new connections is met, how often failures are repeated, and the
// source ports that are used, which systems give out themselves (RFC 6056).
const (
	samplePause   = 25 * time.Millisecond
	sampleRepeats = 3
	firstSample   = 33000
	sampleRange   = 27000
)

// sample connects from many source ports, where that is wanted, and again from those that failed.
func (h *host) sample(ctx context.Context, p *port) {
	n := h.options.Samples
	if n == 0 || p.want.Protocol != evidence.TCP || p.seen.Answered() == 0 || p.seen.Best().Local || p.quick {
		return
	}
	s := &evidence.Samples{Asked: n}
	var from []uint16
	for _, i := range rand.Perm(sampleRange)[:n] {
		from = append(from, uint16(firstSample+i))
	}
	first := h.connectFrom(ctx, p, from)
	var worked []uint16
	for i, a := range first {
		if a.Outcome == evidence.Connected {
			worked = append(worked, from[i])
		} else if a.Outcome == evidence.Silent || a.Outcome == evidence.Refused || a.Outcome == evidence.Failed && !a.Local {
			s.Failed, s.Outcome = append(s.Failed, from[i]), a.Outcome
		}
	}
	if len(worked) == 0 || ctx.Err() != nil {
		return // all fail alike, and the port's own verdict says it
	}
	p.seen.Samples = s
	if len(s.Failed) == 0 {
		return
	}
	s.Always, s.Steady = s.Failed, true
	for range sampleRepeats {
		again := h.connectFrom(ctx, p, slices.Concat(s.Always, worked))
		s.Steady = s.Steady && !slices.ContainsFunc(again[len(s.Always):], notConnected)
		s.Always = slices.DeleteFunc(slices.Clone(s.Always), func(from uint16) bool {
			return again[slices.Index(s.Always, from)].Outcome == evidence.Connected
		})
	}
}

func notConnected(a evidence.Attempt) bool { return a.Outcome != evidence.Connected }

// connectFrom makes one connection from each source port and drops it at once.
func (h *host) connectFrom(ctx context.Context, p *port, from []uint16) []evidence.Attempt {
	out := make([]evidence.Attempt, len(from))
	var wg sync.WaitGroup
	for i, port := range from {
		wg.Go(func() {
			a, conn := h.line.Connect(ctx, socket.Request{FromPort: port, Timeout: h.line.AnswerWait()}, p.want.Port, p.begun)
			if conn != nil {
				socket.Abort(conn)
			}
			out[i] = a
		})
		select {
		case <-time.After(samplePause):
		case <-ctx.Done():
		}
	}
	wg.Wait()
	return out
}
