package sweep

import (
	"context"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// sweeper is one thread's share of a sweep: every threads-th endpoint. Nothing of it is shared but the loss.
type sweeper struct {
	s       *Job
	out     []evidence.Swept
	loss    *loss
	burst   socket.Burst
	began   time.Time
	todo    []int32 // endpoints of this pass, in order
	next    int     // of todo
	flight  fifo    // attempts under way, oldest first
	overdue fifo    // given up for the time-out, but still listening
	hosts   []evidence.RoundTrips
	again   []int32 // endpoints for the next pass
	open    int     // attempts in flight
	// window bounds the attempts in flight. It begins small and grows by one with an answer and by two with a silence,
	// so that a weak line or a router with a small connection table is not what makes ports look filtered; an answer
	// that came only to a retry halves it, at most once in a time-out.
	window, most float64
	halved       time.Duration // when, since began
	pass         uint8
	answered     int // SYNs of this pass
	ends         []socket.End
	sentAt       []time.Duration // by try: since began
	passOf       []uint8         // by try
	nth          []uint8         // by try: which SYN of its endpoint it is
	counted      []bool          // by try: whether it is among open
	sentAtOnce   int             // the largest number in flight
	answers      int
	bucket       tokenBucket // SYNs
	threads      int         // that share the rate
	slowed       bool        // since the last pass
	floored      bool        // it can't become slower
	share        float64     // of the last pass's endpoints that answered
	done         int
}

const (
	firstWindow = 128 // for few hosts; up to eight times that for many
	leastWindow = 32
	checkSize   = 64 // silent endpoints that are asked once more, alone
	leastRate   = 50 // SYNs a second
	// After the last pass a host that never answered has this long to do so; longer if none of the others did, either.
	hostWait, blindWait = 250 * time.Millisecond, 600 * time.Millisecond
	progressStep        = 64
	// The kernel repeats a SYN after a second.
	repeatAfter = 950 * time.Millisecond
	// Answers are looked for after so many SYNs: on a short path they are there, and a few warm sockets do the work of
	// thousands (measured on loopback: 0.12 s for 65,535 ports against 0.30 s).
	sendsAtOnce = 64
)

func newSweeper(s *Job, out []evidence.Swept, thread, threads int, loss *loss) *sweeper {
	w := &sweeper{
		s:       s,
		out:     out,
		loss:    loss,
		threads: threads,
		bucket:  tokenBucket{rate: float64(s.Rate) / float64(threads)},
		hosts:   make([]evidence.RoundTrips, s.Hosts),
	}
	w.most = float64(max(1, s.Limit/threads))
	w.window = float64(firstWindow * min(max(1, s.Hosts/8), 8))
	for i := thread; i < s.Count; i += threads {
		w.todo = append(w.todo, int32(i))
	}
	for i := range w.hosts {
		if s.Known != nil && s.Known(i) > 0 {
			w.hosts[i].Add(s.Known(i))
		}
	}
	limit := max(1, min(s.Limit/threads, (blindPasses+1)*len(w.todo)))
	burst, err := w.s.Network.NewBurst(limit)
	if err != nil {
		for _, i := range w.todo {
			out[i].Outcome = evidence.SweptNoSocket
		}
		w.todo = nil
		return w
	}
	w.burst, w.sentAt, w.counted = burst, make([]time.Duration, limit), make([]bool, limit)
	w.passOf, w.nth = make([]uint8, limit), make([]uint8, limit)
	return w
}

func (w *sweeper) run(ctx context.Context) {
	if w.burst == nil {
		return
	}
	defer w.burst.Close()
	w.began = time.Now()
	for doubtful := true; doubtful && ctx.Err() == nil; {
		w.pass = 0
		before := len(w.todo)
		steady := w.repeat(ctx)
		doubtful = w.doubt(ctx, steady)
		if settled := before - len(w.todo); doubtful && w.floored && settled*100 < before {
			w.s.gaveUp.Store(true)
			break
		}
	}
	for _, i := range w.todo {
		if o := &w.out[i]; o.Outcome == evidence.SweptNothing && ctx.Err() == nil {
			o.Outcome = evidence.SweptSilent
			w.settled(i, socket.End{})
		}
	}
	if w.s.Progress != nil {
		w.s.Progress(w.done % progressStep)
	}
}

// one pass: a SYN to every endpoint of todo, and a time-out's wait after the last.
func (w *sweeper) one(ctx context.Context) {
	for (w.next < len(w.todo) || w.flight.size > 0) && ctx.Err() == nil {
		short := w.fill()
		w.collect(w.wait(short))
		w.expire()
	}
	w.todo, w.again, w.next = w.again, w.todo[:0], 0
}

// fill sends until the window is full or answers are to be looked for; it is true where the system ran short of sockets.
func (w *sweeper) fill() (short bool) {
	for sent := 0; sent < sendsAtOnce && w.next < len(w.todo) && w.open < int(w.window) && w.bucket.take(w.since()); {
		id := w.todo[w.next]
		if w.out[id].Outcome != evidence.SweptNothing { // a late answer settled it
			w.next++
			continue
		}
		for w.burst.Room() == 0 && w.overdue.size > 0 && !w.dropOverdue() {
		}
		try, ok := w.burst.Send(id, w.s.Endpoint(int(id)))
		if !ok {
			switch {
			case w.overdue.size > 0:
				w.dropOverdue()
			case w.open == 0:
				w.out[id].Outcome = evidence.SweptNoSocket // nothing of ours can be given up for it
				w.next++
			}
			return true
		}
		w.next, w.open, sent = w.next+1, w.open+1, sent+1
		w.out[id].Tries = max(w.out[id].Tries+1, w.out[id].Tries) // stays at 255
		w.sentAt[try], w.passOf[try], w.nth[try], w.counted[try] = w.since(), w.pass, w.out[id].Tries, true
		w.flight.push(flying{try, id, w.sentAt[try]})
		w.sentAtOnce = max(w.sentAtOnce, w.open)
	}
	return false
}

func (w *sweeper) wait(short bool) time.Duration {
	if w.flight.size == 0 {
		return time.Millisecond
	}
	if short || w.bucket.rate > 0 && w.next < len(w.todo) && w.open < int(w.window) {
		return time.Millisecond
	}
	if w.next < len(w.todo) && w.open < int(w.window) {
		return 0
	}
	first := w.flight.peek()
	if !w.flies(first) {
		return 0
	}
	left := w.deadline(first) - w.since()
	return min(max(left, 0), 20*time.Millisecond)
}

func (w *sweeper) since() time.Duration { return time.Since(w.began) }

// flies reports whether an attempt is still under way, and not another one with the same socket.
func (w *sweeper) flies(f flying) bool {
	return w.burst.Holds(f.try, f.id) && w.sentAt[f.try] == f.sent
}

func (w *sweeper) deadline(f flying) time.Duration {
	wait := w.loss.timeout(&w.hosts[w.s.Host(int(f.id))])
	if w.s.Longest > 0 {
		wait = min(wait, w.s.Longest)
	}
	return f.sent + wait
}

func (w *sweeper) collect(wait time.Duration) {
	w.ends = w.burst.Collect(wait, w.ends[:0])
	for _, e := range w.ends {
		w.take(e)
	}
}

// take records an attempt's end. An endpoint is settled by its first one.
func (w *sweeper) take(e socket.End) {
	o := &w.out[e.ID]
	w.uncount(e.Try)
	w.grow(1)
	if e.Outcome == evidence.Connected && w.s.Accepted != nil {
		w.s.Accepted(int(e.ID))
	}
	if o.Outcome != evidence.SweptNothing || e.Outcome == evidence.Silent {
		e.Drop()
		return
	}
	took := w.since() - w.sentAt[e.Try]
	o.Micros, o.Local, o.Tries = uint32(took/time.Microsecond), e.Local, w.nth[e.Try] // later ones were not lost
	switch {
	case e.Outcome == evidence.Connected:
		o.Outcome = evidence.SweptOpen
	case e.Outcome == evidence.Refused && e.ICMP != nil:
		o.Outcome = evidence.SweptRejected
	case e.Outcome == evidence.Refused:
		o.Outcome = evidence.SweptRefused
	default:
		o.Outcome = evidence.SweptFailed
	}
	w.settled(e.ID, e)
	if e.Outcome == evidence.Failed || e.ICMP != nil {
		return // routers hold ICMP errors back: their number says nothing of loss
	}
	w.answers++
	if w.passOf[e.Try] == w.pass {
		w.answered++
	}
	host := &w.hosts[w.s.Host(int(e.ID))]
	if took > repeatAfter && host.Smoothed > 0 && host.Timeout() < repeatAfter {
		w.loss.add(w.passOf[e.Try]+1, 0) // the kernel's own second SYN was answered: no sample (RFC 6298, 3)
	} else {
		w.loss.add(w.passOf[e.Try], took)
		host.Add(took)
	}
	if now := w.since(); w.passOf[e.Try] > 1 && now-w.halved > w.loss.timeout(host) {
		w.window, w.halved = max(w.window/2, leastWindow), now
	}
}

func (w *sweeper) grow(by float64) { w.window = min(w.window+by, w.most) }

func (w *sweeper) settled(id int32, e socket.End) {
	if o := w.out[id]; o.Outcome != evidence.SweptSilent {
		w.s.Found(int(id), o, e)
	}
	if w.done++; w.s.Progress != nil && w.done%progressStep == 0 {
		w.s.Progress(progressStep)
	}
}

// expire moves attempts that have had their time among the overdue ones; their endpoints go into the next pass.
// Events were drained just before: on a busy machine an answer may lie in the queue longer than the time-out.
func (w *sweeper) expire() {
	for w.flight.size > 0 {
		f := w.flight.peek()
		if w.flies(f) {
			settled := w.out[f.id].Outcome != evidence.SweptNothing // by a late answer to an earlier SYN
			if !settled && w.deadline(f) > w.since() {
				return
			}
			w.overdue.push(f)
			w.uncount(f.try)
			w.grow(2)
			if !settled {
				w.again = append(w.again, f.id)
			}
			if !settled && w.pass == 1 {
				w.s.Found(int(f.id), evidence.Swept{Outcome: evidence.SweptSilent}, socket.End{})
			}
		}
		w.flight.pop()
	}
}

// uncount takes an attempt out of those in flight, once.
func (w *sweeper) uncount(try int32) {
	if w.counted[try] {
		w.counted[try] = false
		w.open--
	}
}

// dropOverdue gives up the oldest of the overdue ones; it is false if that had ended already.
func (w *sweeper) dropOverdue() bool {
	f := w.overdue.pop()
	if !w.flies(f) {
		return false
	}
	if e, ended := w.burst.Drop(f.try); ended {
		w.take(e)
	}
	return true
}
