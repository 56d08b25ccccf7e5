package probe

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// mostAgain is how often the silent ports of an address are swept once more because one of them has answered since.
const mostAgain = 3

// conclude explains the ports that were looked at and shares their verdicts with the others. Where a port that the
// sweep called silent answers a closer look (a way with a round trip of seconds, a computer or a device that was
// overloaded), the sweep's silence is worth nothing: then the silent ones are swept again, as patiently as that answer asks.
func (r *runner) conclude(ctx context.Context, u *unit, t *TargetRun, q *looks) {
	judged := map[int]*Result{} // by member
	close(u.over)
	for again := 0; ; again++ {
		last := again == mostAgain || ctx.Err() != nil
		u.looking.Wait()
		wrong := u.corrected()
		if !wrong || last {
			r.explain(ctx, u, judged)
			wrong = u.corrected() || wrong
		}
		if !wrong || last {
			u.doubtful = u.doubtful || wrong
			break
		}
		u.rate = cmp.Or(r.sweep(ctx, []*unit{u}, u.forget(ctx, judged), q, nil, cmp.Or(u.rate, r.sweepRate)), u.rate)
	}
	u.endControls()
	u.h.awaitNames()
	bulks := share(u, u.swept, judged)
	r.collect.Lock()
	defer r.collect.Unlock()
	for _, m := range slices.Sorted(maps.Keys(judged)) {
		res := judged[m]
		if res.Port.Answered() == 0 { // the others went out at once
			if u.doubtful {
				res.Verdict = doubted(res.Verdict)
			}
			r.handOver(*res, u.h)
		}
		t.Results = append(t.Results, *res)
	}
	t.Bulk = append(t.Bulk, bulks...)
	t.Hosts[u.h.addr] = u.h.snapshot()
}

// explain finishes and judges the ports that were looked at since the last time.
func (r *runner) explain(ctx context.Context, u *unit, judged map[int]*Result) {
	u.shut = u.shut || u.shutOut(ctx)
	looked := u.settle(ctx, judged)
	u.h.ports = append(u.h.ports, looked...)
	var mu sync.Mutex
	record := func(p *port) {
		if p.seen.Elapsed == 0 || p.seen.Walk != nil || p.seen.Origin != nil {
			p.seen.Elapsed = time.Since(p.begun)
		}
		p.dropLate()
		res := &Result{Target: u.target, Candidate: p.candidate, Address: u.address, Port: p.seen}
		res.Verdict = verdict.Judge(&p.seen, u.h.snapshot())
		m, _ := slices.BinarySearch(u.members, p.candidate)
		mu.Lock()
		judged[m] = res
		mu.Unlock()
		if p.seen.Answered() > 0 {
			r.handOver(*res, u.h)
		}
	}
	switch {
	case u.few && !u.shut:
		u.h.explain(ctx, looked, u.controls, record)
	default:
		for _, p := range looked {
			record(p)
		}
	}
}

// corrected gives ports that the sweep called silent, and that have answered a closer look, their true outcome; it is
// false if there are none. An ICMP error that was held back explains the sweep's silence.
func (u *unit) corrected() (any bool) {
	for m, p := range u.looked {
		if u.swept[m].outcome != sweptSilent {
			continue
		}
		switch best := p.seen.Best(); {
		case best == nil || best.ICMP != nil || best.Local || best.TTL != 0 || best.MinTTL != 0:
		case best.Outcome == evidence.Connected:
			u.swept[m].outcome, any = sweptOpen, true
		case best.Outcome == evidence.Refused:
			u.swept[m].outcome, any = sweptRefused, true
		}
	}
	return any
}

// forget gives up what was concluded from silence, and returns the endpoints that are to be asked again.
func (u *unit) forget(ctx context.Context, judged map[int]*Result) (silent []endpoint) {
	u.h.learn(func(f *evidence.Host) { f.Unreachable, f.Refusal, f.Controls = nil, nil, nil })
	u.endControls()
	u.chooseControls(ctx)
	u.sentinel = nil
	u.begun[sweptSilent].Store(0)
	for m := range u.swept {
		if u.swept[m].outcome == sweptSilent && u.looked[m].unanswered() {
			silent = append(silent, endpoint{0, int32(m)})
			delete(u.looked, m)
			delete(judged, m)
		}
	}
	u.h.ports = slices.DeleteFunc(u.h.ports, (*port).unanswered)
	return silent
}

// endControls waits for the control ports that are being asked.
func (u *unit) endControls() {
	u.trying.Wait()
	for _, c := range u.controls {
		c.dropLate()
	}
}

func (p *port) unanswered() bool { return p == nil || p.seen.Answered() == 0 }
