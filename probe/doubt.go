package probe

import (
	"context"
	"time"
)

// doubt questions the silence: silent endpoints, or a sample of them, are asked once more while the line is idle, and
// earlier SYNs to hosts that never answered are listened for a while longer. It is true if the silence is not to be
// believed yet. If one that was asked again answers, or answers came steadily, the line, or a device on it, lets fewer
// SYNs through than were sent: from then on they are sent evenly, and slower than they have come through, which the
// share of those asked again that answer tells.
func (w *sweeper) doubt(ctx context.Context, steady bool) bool {
	rest, answers, took := w.todo, w.answers, w.since()
	until := took + w.quiet(rest)
	asked := min(len(rest), checkSize)
	w.todo, w.answered = nil, 0
	w.pass++
	if w.sentAtOnce >= 2*checkSize {
		for i := range asked {
			w.todo = append(w.todo, rest[i*len(rest)/asked])
		}
		w.one(ctx)
	}
	if steady || w.answered > 0 {
		w.slowDown(float64(answers) / took.Seconds() * float64(asked) / float64(max(w.answered, 1)))
	}
	for heard := w.answers; w.since() < until && ctx.Err() == nil; {
		if w.collect(min(until-w.since(), 20*time.Millisecond)); w.answers > heard {
			heard, until = w.answers, w.since()+hostWait // as long as they come
		}
	}
	for w.late.size > 0 {
		w.dropLate()
	}
	w.todo = w.todo[:0]
	for _, i := range rest {
		if w.out[i].outcome == sweptNothing {
			w.todo = append(w.todo, i)
		}
	}
	return len(w.todo) > 0 && (steady || w.answers > answers)
}

// slowDown paces the sweep below the rate at which SYNs have come through, and lower each time. What was lost before
// says nothing of the loss from now on.
func (w *sweeper) slowDown(through float64) {
	pace := 0.7 * through
	if w.bucket.rate > 0 {
		pace = min(pace, 0.5*w.bucket.rate)
	}
	w.bucket.rate = max(pace, leastRate)
	w.s.slowest.Store(int64(w.bucket.rate))
	w.loss.forget()
}

// quiet is how much longer hosts that never answered are listened for.
func (w *sweeper) quiet(rest []int32) time.Duration {
	for _, i := range rest {
		if w.hosts[w.s.host(int(i))].srtt > 0 {
			continue
		}
		wait := hostWait
		if w.loss.answers() == 0 {
			wait = blindWait
		}
		return max(wait, w.s.patience-w.since())
	}
	return 0
}
