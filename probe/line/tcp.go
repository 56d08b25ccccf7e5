package line

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// hedge is when fresh SYNs leave while nothing has answered: new source ports find their way past
// random loss three times faster than the kernel's retransmits (1 s), at equal accuracy.
func hedge(attempts int) []time.Duration {
	first := []time.Duration{0, 120, 250, 450, 700, 950}
	var at []time.Duration
	for i := range attempts {
		ms := time.Duration(950 + 250*(i-5))
		if i < len(first) {
			ms = first[i]
		}
		at = append(at, ms*time.Millisecond)
	}
	return at
}

// lastWait is how long the last SYN is given, and firstWait the least time that the first socket
// stays open: only after the kernel's first retransmit (1.05 s) does TCP_INFO tell a local drop from silence.
const (
	lastWait  = 350 * time.Millisecond
	firstWait = 1100 * time.Millisecond
)

// NeighborTimeout is a little more than a router takes to find out that nobody has an address on its link: three
// requests, a second apart (ARP and ND defaults).
const NeighborTimeout = 3300 * time.Millisecond

type connectEnd struct {
	index   int
	attempt evidence.Attempt
	conn    net.Conn
}

// Lingering is the first socket of a port that stayed silent. It listens on, for an answer to the kernel's own retransmit
// or for the error of a router that found nobody on its last link. Its end is Wait or GiveUp.
type Lingering struct {
	end    chan connectEnd
	cancel context.CancelFunc
}

// Wait is what became of it, at most NeighborTimeout after the port's beginning; answered is true for a connection, which is
// dropped.
func (l *Lingering) Wait() (a evidence.Attempt, answered bool) {
	e := <-l.end
	if e.conn != nil {
		socket.Abort(e.conn)
	}
	return e.attempt, e.conn != nil
}

// GiveUp ends it.
func (l *Lingering) GiveUp() evidence.Attempt {
	l.cancel()
	a, _ := l.Wait()
	return a
}

// Dial sends SYNs (0: as many as the line's Attempts) until one is answered or all have been silent long enough. What it
// returns are the attempts that had their time, oldest first, and the connection if there is one. After silence the first
// socket is returned, too.
func (l *Line) Dial(ctx context.Context, port uint16, attempts int, epoch time.Time) ([]evidence.Attempt, net.Conn, *Lingering) {
	if attempts == 0 {
		attempts = l.Attempts
	}
	d := &dialing{l: l, port: port, epoch: epoch, schedule: l.schedule(attempts)}
	d.total = min(max(d.schedule[len(d.schedule)-1]+l.patience(), firstWait), l.Timeout)
	d.ends, d.all = make(chan connectEnd, attempts), make([]evidence.Attempt, attempts)
	d.ctx, d.cancel = context.WithCancel(ctx)
	defer d.cancel()
	first, cancelFirst := context.WithCancel(ctx)
	keep := attempts > 1 && d.total < NeighborTimeout && l.Timeout >= NeighborTimeout // who has less time is not kept waiting
	d.send(first, keep)
	if d.race(ctx, keep) {
		return d.untaken(ctx), nil, &Lingering{d.ends, cancelFirst}
	}
	d.cancel()
	cancelFirst()
	for d.running > 0 {
		d.take(<-d.ends)
	}
	if d.winner == nil {
		return d.untaken(ctx), nil, nil
	}
	return trim(d.all[:d.next], &d.winner.attempt), d.winner.conn, nil
}

// schedule is when SYNs leave: later on ways whose round trip is longer than the first step.
func (l *Line) schedule(attempts int) []time.Duration {
	at := hedge(attempts)
	shift := min(max(0, 2*l.RTT()-120*time.Millisecond), time.Second)
	for i := 1; i < len(at); i++ {
		at[i] += shift
	}
	return at
}

// patience is the last SYN's wait: never below lastWait, longer where the round trips are.
func (l *Line) patience() time.Duration { return max(lastWait, 3*l.RTT()) }

// dialing is one dial's state.
type dialing struct {
	l             *Line
	port          uint16
	epoch         time.Time
	schedule      []time.Duration
	total         time.Duration // that all attempts have
	ctx           context.Context
	cancel        context.CancelFunc
	ends          chan connectEnd
	all           []evidence.Attempt
	running, next int
	firstSent     atomic.Int64 // since epoch, and 1 ns; 0: not yet
	winner        *connectEnd
}

// race sends the other SYNs, each when it is due, until one is answered or the time is over. It is true where the first
// socket goes on listening.
func (d *dialing) race(ctx context.Context, keep bool) (lingers bool) {
	over := time.NewTimer(d.total - time.Since(d.epoch))
	defer over.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for d.running > 0 && d.winner == nil {
		if d.next < len(d.schedule) && d.schedule[d.next] < d.total && ctx.Err() == nil {
			timer.Reset(max(0, d.schedule[d.next]-time.Since(d.epoch)))
		} else {
			timer.Stop()
		}
		select {
		case <-timer.C:
			d.send(d.ctx, false)
		case e := <-d.ends:
			d.take(e)
		case <-over.C:
			if more := d.unheard(); more > 0 && ctx.Err() == nil {
				over.Reset(more)
				continue
			}
			if keep && d.all[0].Outcome == evidence.NotRun && ctx.Err() == nil {
				ending := time.AfterFunc(lastWait, d.cancel) // of what waits for a socket's place; the others end now, too
				for d.running > 1 && d.winner == nil {
					d.take(<-d.ends)
				}
				ending.Stop()
				listened := d.listened()
				if d.winner == nil && d.all[0].Outcome == evidence.NotRun && listened >= d.l.patience() {
					d.all[0] = evidence.Attempt{Outcome: evidence.Silent, Elapsed: listened}
					return true
				}
				return false // it waits for a socket's place, or has hardly been heard: no silence
			}
		}
	}
	return false
}

// send starts the next attempt. The one that is kept outlives total, to linger.
func (d *dialing) send(ctx context.Context, keep bool) {
	i, left := d.next, max(d.total-time.Since(d.epoch), d.l.patience())
	if keep {
		left = NeighborTimeout
	}
	begins := func() {}
	if i == 0 {
		begins = func() { d.firstSent.Store(int64(time.Since(d.epoch)) + 1) }
	}
	d.next, d.running = d.next+1, d.running+1
	go func() {
		a, conn := d.l.connect(ctx, socket.Request{Timeout: left}, d.port, d.epoch, begins)
		d.ends <- connectEnd{i, a, conn}
	}()
}

// unheard is how much longer it takes until the port has been heard for long enough to call it silent, within its Timeout: where the
// first SYN waits for a socket's place, or has been sent again because this program did not run.
func (d *dialing) unheard() time.Duration {
	if d.all[0].Outcome != evidence.NotRun {
		return 0
	}
	left := d.l.Timeout - (time.Since(d.epoch) - d.l.Limits.Missed(d.epoch))
	return min(left, d.l.patience()-d.listened())
}

// listened is how long the first socket has been heard.
func (d *dialing) listened() time.Duration {
	if sent := d.firstSent.Load(); sent > 0 {
		since := d.epoch.Add(time.Duration(sent - 1))
		return time.Since(since) - d.l.Limits.Missed(since)
	}
	return 0
}

// untaken are the attempts where none was answered. Nobody ended the run, so one that was given up was silent if it had its time,
// and else was not heard.
func (d *dialing) untaken(ctx context.Context) []evidence.Attempt {
	all := trim(d.all[:d.next], nil)
	for i := range all {
		a := &all[i]
		switch {
		case a.Outcome != evidence.Interrupted || ctx.Err() != nil:
		case a.Elapsed >= min(d.l.patience(), d.total*9/10):
			a.Outcome = evidence.Silent
		default:
			a.Outcome = evidence.Unheard
		}
	}
	return all
}

func (d *dialing) take(e connectEnd) {
	d.running--
	d.all[e.index] = e.attempt
	switch {
	case d.winner == nil && (e.attempt.Outcome.Answered() || e.attempt.Outcome == evidence.NoSocket):
		d.winner = &e
	case e.conn != nil:
		socket.Abort(e.conn)
	}
}

// trim turns attempts that were cut short by an answer to another into silent ones if they had had the time
// that the answer took, and drops the rest: they were neither answered nor lost. An answer to the kernel's own
// retransmit took that much less than its attempt did.
func trim(all []evidence.Attempt, winner *evidence.Attempt) []evidence.Attempt {
	var took time.Duration
	if winner != nil {
		took = winner.RoundTrip()
	}
	var kept []evidence.Attempt
	for _, a := range all {
		if winner != nil && a.Outcome == evidence.Interrupted {
			if a.Elapsed < took+took/2+10*time.Millisecond {
				continue
			}
			a.Outcome = evidence.Silent
		}
		if a.Outcome != evidence.NotRun {
			kept = append(kept, a)
		}
	}
	return kept
}
