package probe

import (
	"context"
	"sync/atomic"
	"time"

	"whyport/probe/socket"
)

// shutOut reports whether the host has stopped answering: ports that answered before stay silent twice, where others of
// it are silent. Devices limit how many connections one computer opens, and protections against port scans block it
// for a while: then silence says nothing.
func (u *unit) shutOut(ctx context.Context) bool {
	const asked, rounds = 3, 2
	if u.h.here() || u.count(func(s swept) bool { return s.outcome == sweptSilent }) == 0 {
		return false
	}
	sample := u.answered(asked)
	for range rounds {
		if len(sample) == 0 || u.h.answers(ctx, sample) {
			return false
		}
	}
	return ctx.Err() == nil
}

// answered are up to n ports, evenly spread, that the sweep had an answer from. Where it may have been an ICMP error, it
// does not count: routers owe those.
func (u *unit) answered(n int) (sample []*port) {
	did := func(s swept) bool { return s.outcome == sweptOpen || s.outcome == sweptRefused && !u.rejected.Load() }
	all, seen := u.count(did), 0
	for m := 0; len(sample) < min(n, all); m++ {
		if !did(u.swept[m]) {
			continue
		}
		if seen*n >= len(sample)*all {
			sample = append(sample, u.h.newPort(-1, u.candidate(m)))
		}
		seen++
	}
	return sample
}

func (u *unit) count(is func(swept) bool) (n int) {
	for _, s := range u.swept {
		if is(s) {
			n++
		}
	}
	return n
}

// answers reports whether one of the ports answers.
func (h *host) answers(ctx context.Context, ports []*port) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var any atomic.Bool
	each(ports, func(p *port) {
		p.begun = time.Now()
		attempts, conn, late := h.dial(ctx, p)
		if conn != nil {
			socket.Abort(conn)
		}
		p.seen.Attempts, p.late = attempts, late
		if p.dropLate(); p.seen.Answered() > 0 {
			any.Store(true)
			cancel()
		}
	})
	return any.Load()
}
