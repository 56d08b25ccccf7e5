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
func (u *survey) conclude(ctx context.Context, q *queue) {
	judged := map[int]*Result{} // by member
	close(u.over)
	for again := 0; ; again++ {
		last := again == mostAgain || ctx.Err() != nil
		u.looking.Wait()
		wrong := u.corrected()
		if !wrong || last {
			u.judge(ctx, judged)
			wrong = u.corrected() || wrong
		}
		if !wrong || last {
			u.doubtful = u.doubtful || wrong
			break
		}
		u.rate = cmp.Or(u.run.sweep(ctx, []*survey{u}, u.forget(ctx, judged), q, nil, cmp.Or(u.rate, u.run.sweepRate)), u.rate)
	}
	u.endControls()
	u.h.tracer.Names.Await()
	u.h.learn(func(f *evidence.Host) { f.Doubted = u.doubtful })
	u.share(judged)
	for _, m := range slices.Sorted(maps.Keys(judged)) {
		if res := judged[m]; res.Port.Answered() == 0 { // the others went out at once
			if u.doubtful {
				res.Verdict = verdict.Judge(&res.Port, u.h.snapshot())
			}
			u.run.deliver(u.target, *res, u.h)
		}
	}
	u.run.met(u.target, u.h)
}

// judge finishes and judges the ports that were looked at since the last time.
func (u *survey) judge(ctx context.Context, judged map[int]*Result) {
	u.shut = u.shut || u.shutOut(ctx)
	looked := u.complete(ctx, judged)
	u.h.ports = append(u.h.ports, looked...)
	var mu sync.Mutex
	record := func(p *port) {
		if p.seen.Elapsed == 0 || p.seen.Walk != nil || p.seen.Origin != nil {
			p.seen.Elapsed = time.Since(p.begun)
		}
		p.giveUpLingering()
		res := &Result{Candidate: p.candidate, Address: u.address, Port: p.seen}
		res.Verdict = verdict.Judge(&p.seen, u.h.snapshot())
		m, _ := slices.BinarySearch(u.members, p.candidate)
		mu.Lock()
		judged[m] = res
		mu.Unlock()
		if p.seen.Answered() > 0 {
			u.run.deliver(u.target, *res, u.h)
		}
	}
	if u.few && !u.shut {
		u.h.explain(ctx, looked, u.controls, record)
		return
	}
	for _, p := range looked {
		record(p)
	}
}

// share gives the ports that were only swept the verdicts of those that were looked at.
func (u *survey) share(judged map[int]*Result) {
	s := verdict.Sweep{Host: u.h.snapshot(), Swept: u.swept, Looked: map[int]*verdict.Looked{}}
	for m, res := range judged {
		s.Looked[m] = &verdict.Looked{Port: &res.Port, Verdict: res.Verdict}
	}
	for o := range s.Errors {
		s.Errors[o] = u.icmp[o].Load()
	}
	var all []Bulk
	for _, shared := range s.Spread() {
		b := Bulk{
			Address: u.address,
			Addr:    u.h.line.Addr,
			Verdict: shared.Verdict,
			Walk:    shared.Walk,
			Place:   shared.Place,
			ICMP:    shared.ICMP,
		}
		b.Ports = make([]BulkPort, 0, len(shared.Members))
		for _, m := range shared.Members {
			swept := u.swept[m]
			b.Ports = append(
				b.Ports,
				BulkPort{Candidate: int32(u.members[m]), Micros: swept.Micros, Tries: swept.Tries, Outcome: swept.Outcome},
			)
		}
		all = append(all, b)
	}
	u.run.delivering.Lock()
	defer u.run.delivering.Unlock()
	u.target.Bulk = append(u.target.Bulk, all...)
}

// corrected gives ports that the sweep called silent, and that have answered a closer look, their true outcome; it is
// false if there are none.
func (u *survey) corrected() (some bool) {
	for m, p := range u.looked {
		if o, wrong := u.swept[m].Corrected(&p.seen); wrong {
			u.swept[m].Outcome, some = o, true
		}
	}
	return some
}

// forget gives up what was concluded from silence, and returns the endpoints that are to be asked again.
func (u *survey) forget(ctx context.Context, judged map[int]*Result) (silent []endpoint) {
	u.h.learn(func(f *evidence.Host) { f.Unreachable, f.Refusal, f.Controls = nil, nil, nil })
	u.endControls()
	u.chooseControls(ctx)
	u.sentinel = nil
	u.begun[evidence.SweptSilent].Store(0)
	for m := range u.swept {
		if u.swept[m].Outcome == evidence.SweptSilent && u.looked[m].unanswered() {
			silent = append(silent, endpoint{0, int32(m)})
			delete(u.looked, m)
			delete(judged, m)
		}
	}
	u.h.ports = slices.DeleteFunc(u.h.ports, (*port).unanswered)
	return silent
}

// endControls waits for the control ports that are being asked.
func (u *survey) endControls() {
	u.trying.Wait()
	for _, c := range u.controls {
		c.giveUpLingering()
	}
}
