package probe

import (
	"context"
	"sync/atomic"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// shutOut reports whether the host has stopped answering: several ports that answered before stay silent twice, where
// others of it are silent. Devices limit how many connections one computer opens, and protections against port scans
// block it for a while: then silence says nothing. What was seen becomes the host's.
func (u *survey) shutOut(ctx context.Context) bool {
	const asked, least, rounds = 4, 2, 2
	if u.h.here() || u.count(func(s evidence.Swept) bool { return s.Outcome == evidence.SweptSilent }) == 0 {
		return false
	}
	sample := u.oncePorts(asked)
	if len(sample) < least { // one may have a limit of its own
		return false
	}
	for range rounds {
		if !u.h.allSilent(ctx, sample) {
			return false
		}
	}
	if u.traces() {
		sample[0].seen.Walk = u.h.tracer.TCP(ctx, sample[0].want.Port, 0)
		if sample[0].seen.Walk.Distance() > 0 {
			return false // it answers again
		}
	}
	if ctx.Err() != nil {
		return false
	}
	u.h.learn(func(f *evidence.Host) {
		f.Again = nil
		for _, p := range sample {
			f.Again = append(f.Again, p.seen)
		}
	})
	return true
}

// oncePorts are up to n ports, evenly spread, that the sweep had an answer from. ICMP errors do not count: routers owe them.
func (u *survey) oncePorts(n int) (sample []*port) {
	did := func(s evidence.Swept) bool {
		return s.Answered() && !(s.Outcome == evidence.SweptRefused && u.unsure.Load())
	}
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

func (u *survey) count(is func(evidence.Swept) bool) (n int) {
	for _, s := range u.swept {
		if is(s) {
			n++
		}
	}
	return n
}

// allSilent reports whether all of the ports are silent; trouble of this computer's own is none of theirs.
func (h *host) allSilent(ctx context.Context, ports []*port) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var other atomic.Bool
	each(ports, func(p *port) {
		conn := h.dial(ctx, p)
		if p.giveUpLingering(); conn != nil {
			socket.Abort(conn)
		}
		if best := p.seen.Best(); best == nil || best.Outcome != evidence.Silent {
			other.Store(true)
			cancel()
		}
	})
	return !other.Load()
}
