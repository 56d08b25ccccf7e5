package sweep

import (
	"context"
	"math"
	"time"
	"whyport/probe/evidence"
)

// repeat asks until the loss seen so far makes a further pass unlikely to find anything. It ends early, and is true, if
// as many answers come from pass to pass: chance would leave ever fewer, a device that lets only so many SYNs through
// does not.
func (w *sweeper) repeat(ctx context.Context) (steady bool) {
	const few, share = 8, 0.6
	w.window = min(w.window, w.most)
	for pass, before := 1, 0; len(w.todo) > 0 && ctx.Err() == nil; pass++ {
		w.pass++
		answers, asked := w.answers, len(w.todo)
		w.one(ctx)
		came := w.answers - answers
		w.compare(came, asked)
		if pass >= w.loss.enough() {
			break
		}
		if pass > 2 && came >= few && float64(came) >= share*float64(before) {
			return true
		}
		before = came
	}
	return false
}

// compare notes that something limits SYNs, if right after slowing down far more of the same endpoints answer than before:
// chance would lose as many as ever.
func (w *sweeper) compare(came, asked int) {
	const enough, more = 20, 5
	share := float64(came) / float64(asked)
	if w.slowed && w.share > 0 && came >= enough && share >= more*w.share {
		w.s.limited.Store(true)
	}
	w.slowed, w.share = false, share
}

// doubt questions the silence: silent endpoints, or a sample of them, are asked once more while the line is idle, and
// earlier SYNs to hosts that never answered are listened for a while longer. It is true if the silence is not to be
// believed yet. If one that was asked again answers, or answers came steadily, the line, or a device on it, lets fewer
// SYNs through than were sent: from then on they are sent evenly, and slower than they have come through, which the
// share of those asked again that answer tells.
func (w *sweeper) doubt(ctx context.Context, steady bool) bool {
	if len(w.todo) == 0 {
		return false
	}
	rest, answers, took := w.todo, w.answers, w.since()
	until := took + w.quiet(rest)
	asked := 1
	w.todo, w.answered = nil, 0
	w.pass++
	if w.sentAtOnce >= 2*checkSize {
		asked = min(len(rest), checkSize)
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
	for w.overdue.size > 0 {
		w.dropOverdue()
	}
	w.todo = w.todo[:0]
	for _, i := range rest {
		if w.out[i].Outcome == evidence.SweptNothing {
			w.todo = append(w.todo, i)
		}
	}
	return len(w.todo) > 0 && (steady || w.answers > answers)
}

// slowDown paces the sweep below the rate at which SYNs have come through, and lower each time. What was lost before
// says nothing of the loss from now on.
func (w *sweeper) slowDown(through float64) {
	before, pace := w.bucket.rate, max(0.7*through, leastRate)
	if before > 0 {
		pace = min(pace, max(0.5*before, leastRate), before)
	}
	w.bucket.rate, w.slowed, w.floored = pace, before == 0 || pace < before, pace <= leastRate
	w.s.slower(int64(math.Ceil(pace * float64(w.threads))))
	w.loss.forget()
}

// quiet is how much longer hosts that never answered are listened for.
func (w *sweeper) quiet(rest []int32) time.Duration {
	for _, i := range rest {
		if w.hosts[w.s.Host(int(i))].Smoothed > 0 {
			continue
		}
		wait := hostWait
		if w.loss.answers() == 0 {
			wait = blindWait
		}
		return max(wait, w.s.Patience-w.since())
	}
	return 0
}
