package probe

import (
	"cmp"
	"context"
	"net"
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

type connectEnd struct {
	index   int
	attempt evidence.Attempt
	conn    net.Conn
}

// late is the first socket of a port that stayed silent. It listens on, for an answer to the kernel's own retransmit
// or for the error of a router that found nobody on its last link.
type late struct {
	end    chan connectEnd
	cancel context.CancelFunc
}

// dial sends SYNs until one is answered or all have been silent long enough. What it returns are the attempts
// that had their time, oldest first, and the connection if there is one. After silence the first socket is returned,
// too; the caller takes its end or cancels it.
func (h *host) dial(ctx context.Context, p *port) ([]evidence.Attempt, net.Conn, *late) {
	port, epoch := p.want.Port, p.begun
	schedule := hedge(cmp.Or(p.attempts, h.run.options.Attempts))
	for i, shift := 1, h.shift(); i < len(schedule); i++ {
		schedule[i] += shift
	}
	total := max(schedule[len(schedule)-1]+h.patience(), firstWait)
	total = min(total, h.run.options.Timeout)
	d := &dialing{h: h, port: port, epoch: epoch, ends: make(chan connectEnd, len(schedule)), all: make([]evidence.Attempt, len(schedule))}
	d.ctx, d.cancel = context.WithCancel(ctx)
	defer d.cancel()
	first, cancelFirst := context.WithCancel(ctx)
	keep := len(schedule) > 1 && total < neighborTimeout
	d.send(first, keep, total)
	over := time.NewTimer(total - time.Since(epoch))
	defer over.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for d.running > 0 && d.winner == nil {
		if d.next < len(schedule) && schedule[d.next] < total && ctx.Err() == nil {
			timer.Reset(max(0, schedule[d.next]-time.Since(epoch)))
		} else {
			timer.Stop()
		}
		select {
		case <-timer.C:
			d.send(d.ctx, false, total)
		case e := <-d.ends:
			d.take(e)
		case <-over.C:
			if keep && d.all[0].Outcome == evidence.NotRun && ctx.Err() == nil {
				d.drain(1)
				if d.winner == nil && d.all[0].Outcome == evidence.NotRun {
					d.all[0] = evidence.Attempt{Outcome: evidence.Silent, Elapsed: total}
					return trim(d.all[:d.next], nil), nil, &late{d.ends, cancelFirst}
				}
			}
		}
	}
	d.cancel()
	cancelFirst()
	d.drain(0)
	if d.winner == nil {
		return trim(d.all[:d.next], nil), nil, nil
	}
	return trim(d.all[:d.next], &d.winner.attempt), d.winner.conn, nil
}

// dialing is one dial's state.
type dialing struct {
	h             *host
	port          uint16
	epoch         time.Time
	ctx           context.Context
	cancel        context.CancelFunc
	ends          chan connectEnd
	all           []evidence.Attempt
	running, next int
	winner        *connectEnd
}

// send starts the next attempt. The one that is kept outlives total, to become late.
func (d *dialing) send(ctx context.Context, keep bool, total time.Duration) {
	i, left := d.next, total-time.Since(d.epoch)
	if keep {
		left = neighborTimeout
	}
	d.next, d.running = d.next+1, d.running+1
	go func() {
		a, conn := d.h.connect(ctx, socket.Request{Timeout: left}, d.port, d.epoch)
		d.ends <- connectEnd{i, a, conn}
	}()
}

func (d *dialing) take(e connectEnd) {
	d.running--
	d.all[e.index] = e.attempt
	switch {
	case d.winner == nil && decides(e.attempt.Outcome):
		d.winner = &e
	case e.conn != nil:
		socket.Abort(e.conn)
	}
}

// drain takes ends until only so many attempts are running.
func (d *dialing) drain(running int) {
	for d.running > running {
		d.take(<-d.ends)
	}
}

func decides(o evidence.Outcome) bool { return o.Answered() || o == evidence.NoSocket }

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

// patience is the last SYN's wait: never below lastWait, longer where this host's round trips are.
func (h *host) patience() time.Duration { return max(lastWait, 3*h.rtt.get()) }

// shift delays hedged SYNs on paths whose round trip is longer than the schedule's first step.
func (h *host) shift() time.Duration {
	return min(max(0, 2*h.rtt.get()-120*time.Millisecond), time.Second)
}

// connect is one SYN within the limits of the run and of the host. While this computer is short of sockets it
// slows down and tries again until the request's time is over.
func (h *host) connect(ctx context.Context, r socket.Request, port uint16, epoch time.Time) (evidence.Attempt, net.Conn) {
	r.To, r.Epoch = h.endpoint(port), epoch
	deadline := time.Now().Add(max(r.Timeout, shortageWait))
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		if !h.run.pace.wait(ctx) || !h.run.slots.acquire(ctx) {
			return evidence.Attempt{Outcome: evidence.Interrupted, TTL: r.TTL, MinTTL: r.MinTTL}, nil
		}
		a, conn := socket.System{}.Connect(ctx, r)
		if a.Outcome == evidence.NoSocket {
			h.run.slots.shrink()
		}
		h.run.slots.release()
		if a.Outcome != evidence.NoSocket || time.Now().After(deadline) || !pause(ctx, wait) {
			h.observe(a)
			return a, conn
		}
	}
}

// shortageWait is how long a probe waits for a socket before the port is given up as unknown/no-sockets.
const shortageWait = 3 * time.Second

// observe feeds the host's round-trip time from full-TTL answers, and remembers when a router last sent an error.
func (h *host) observe(a evidence.Attempt) {
	if a.ICMP != nil {
		h.run.tokens.spend(a.ICMP.From)
		h.mu.Lock()
		h.lastICMP = time.Now()
		h.mu.Unlock()
		return
	}
	if a.TTL == 0 && a.MinTTL == 0 && (a.Outcome == evidence.Connected || a.Outcome == evidence.Refused) {
		if i := a.TCP; i == nil || i.TotalRetrans == 0 || h.rtt.get() == 0 { // Karn's algorithm (RFC 6298, 3)
			h.rtt.add(a.RoundTrip())
		}
	}
}
