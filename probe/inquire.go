package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// choose takes a router to ask about a port: the middle of what is left, or of few routers the last one, since silence
// costs none of their errors; or else another that may answer now. Where there is none it is -1, and the time until there
// may be one.
func (b *bisection) choose(o *bisected, number int) (at int, wait time.Duration) {
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	const few = 4
	middle := (o.last + o.first + number%2) / 2
	if o.first-o.last-1 <= few {
		middle = o.first - 1
	}
	at, wait = -1, time.Second
	for i := o.last + 1; i < o.first; i++ {
		w := b.way[i]
		tokens := &b.h.line.Limits.Tokens
		switch {
		case tokens.Left(w.hop.Addr) <= w.asking:
			wait = min(wait, max(tokens.Until(w.hop.Addr, w.asking+1), 10*time.Millisecond))
		case at < 0 || apart(i, middle) < apart(at, middle):
			at = i
		}
	}
	if at >= 0 {
		b.way[at].asking++
	}
	return at, wait
}

func apart(a, b int) int { return max(a-b, b-a) }

func (b *bisection) release(at int) {
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	b.way[at].asking--
}

// ask puts a question as often as makes silence believable, again before the wait for the first answer is over; asked is
// when it was put last. At once after that the router is asked for the reference's port: an answer shows that it had an
// error left for this one. A later one would show nothing: it may have got a new one meanwhile.
func (b *bisection) ask(ctx context.Context, o *bisected, at int) (hop evidence.Hop, asked time.Time) {
	tries, wait := 3, b.h.line.AnswerWait() // where a tenth of all packets is lost 0.7% of the silences are wrong
	if b.h.line.Lossy() {
		tries = 6
	}
	hop.TTL = b.way[at].hop.TTL
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ends := make(chan evidence.Attempt, tries)
	var checking sync.WaitGroup
	defer checking.Wait()
	for sent := 1; sent <= tries; sent++ {
		asked = time.Now()
		go func() { ends <- b.h.line.Short(ctx, o.p.want.Port, hop.TTL, wait) }()
		if sent == tries {
			checking.Go(func() { b.check(ctx, b.way[at], asked) })
		}
		next := time.After(wait / 2)
		for collecting := true; collecting; {
			select {
			case a := <-ends:
				if hop.Fill(a); hop.ICMP != nil || hop.End.Answered() {
					b.noteAnswer(b.way[at], asked)
					if sent > 1 {
						b.h.line.NoteLoss()
					}
					return hop, asked
				}
				if hop.Tries == tries {
					return hop, asked
				}
			case <-next:
				collecting = sent == tries
			}
		}
	}
	return hop, asked
}

// behind is how long after a question a router is asked for the reference's port, and atMost how long on a busy machine:
// hardly any router gets a new error meanwhile.
const (
	behind = 2 * time.Millisecond
	atMost = 25 * time.Millisecond
)

// check asks a router for the reference's port, behind a question that has just left. Of several ports that ask at the same
// time one does so for all.
func (b *bisection) check(ctx context.Context, w *waypoint, asked time.Time) {
	if !line.Pause(ctx, behind) {
		return
	}
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if sent := time.Now(); sent.Sub(asked) < atMost && !b.hadLeft(w, asked) &&
		b.h.line.Short(ctx, b.port, w.hop.TTL, b.h.line.AnswerWait()).ICMP != nil {
		b.noteAnswer(w, sent)
	}
}

// hadLeft reports that a router has answered what was sent right after a question to it: it had an error left for that.
func (b *bisection) hadLeft(w *waypoint, asked time.Time) bool {
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	return slices.ContainsFunc(w.answered, func(t time.Time) bool { return !t.Before(asked) && t.Sub(asked) < atMost })
}

func (b *bisection) noteAnswer(w *waypoint, asked time.Time) {
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	w.answered = append(w.answered, asked)
}

// stillAnswers reports whether a router had errors left when it was asked last: it has answered so often since. The
// reference's port is asked where nothing else was. One answer alone may be the token of a moment, where other traffic
// draws on the router, too; two at once are none.
func (b *bisection) stillAnswers(ctx context.Context, at int, since time.Time, needed int) bool {
	w := b.way[at]
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	for try := 0; try < 2; try++ { // a lost packet is no lack of errors
		missing := needed - b.answers(w, since)
		if try > 0 && missing > 0 {
			missing = needed // at once: one more that comes later may be a new one
		}
		if missing <= 0 || w.proven.After(since) {
			return true
		}
		if !line.Pause(ctx, b.h.line.Limits.Tokens.Until(w.hop.Addr, missing)) {
			return false
		}
		asked, answered := time.Now(), make([]bool, missing)
		var wg sync.WaitGroup
		for i := range answered {
			wg.Go(func() {
				answered[i] = b.h.line.Short(ctx, b.port, w.hop.TTL, line.Longer(b.h.line.AnswerWait(), try)).ICMP != nil
			})
		}
		wg.Wait()
		for _, did := range answered {
			if did {
				b.noteAnswer(w, asked)
			}
		}
		if !slices.Contains(answered, false) {
			if len(answered) > 1 {
				w.proven = asked
			}
			return true
		}
	}
	return false
}

// answers counts what a router has answered soon after a time.
func (b *bisection) answers(w *waypoint, since time.Time) (n int) {
	const soon = 500 * time.Millisecond
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	for _, t := range w.answered {
		if !t.Before(since) && t.Sub(since) < soon {
			n++
		}
	}
	return n
}
