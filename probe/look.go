package probe

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// look is the close look at one port while the sweep goes on. An ICMP error is not asked for again: routers owe few of
// them; nor is an open port connected to again whose connection was held.
func (u *unit) look(ctx context.Context, p *port, s swept, e socket.End) {
	defer u.looking.Done()
	defer close(p.settled)
	if s.outcome != sweptSilent && s.tries > 1 {
		u.h.loses.Store(true)
	}
	switch {
	case e.ICMP != nil:
		p.begun = time.Now()
		p.seen.Attempts = s.attempts()
		last := &p.seen.Attempts[len(p.seen.Attempts)-1]
		last.ICMP = e.ICMP
		u.h.observe(*last)
	case s.outcome == sweptSilent:
		u.lookAtSilence(ctx, p)
	default:
		u.lookAtAnswer(ctx, p, s, e.Held)
	}
}

// lookAtSilence watches one port for longer than the sweep does, and walks towards it.
func (u *unit) lookAtSilence(ctx context.Context, p *port) {
	var walk *evidence.Walk
	var walking sync.WaitGroup
	if u.controls != nil {
		u.h.startControls()
	}
	if u.traces() {
		walking.Go(func() { walk = u.h.walkTCP(ctx, p.want.Port, 0) })
	}
	u.h.ask(ctx, p)
	p.seen.Elapsed = time.Since(p.begun)
	if walking.Wait(); p.seen.Answered() == 0 && walk.Distance() == 0 {
		p.seen.Walk, p.seen.Place = walk, evidence.PlaceOwn
	}
	u.whose(ctx, p)
}

// lookAtAnswer asks what speaks on an open port, and who sent the answer.
func (u *unit) lookAtAnswer(ctx context.Context, p *port, s swept, held socket.Held) {
	var sent *scout
	if u.begun[sweptOpen].Load() > manyOpen {
		u.h.run.loadRoots()
	}
	if s.outcome == sweptOpen && u.traces() {
		sent = u.h.scout.begin(ctx, u.h, p.want.Port)
	}
	if held != nil {
		u.speak(ctx, p, s, held)
	} else {
		u.h.ask(ctx, p)
	}
	p.recall(s)
	p.seen.Elapsed = time.Since(p.begun)
	if sent != nil {
		u.h.scout.settle(sent, u.h, p)
	}
	u.whose(ctx, p)
}

// whose asks who sent a port's answer, once there is something to compare with.
func (u *unit) whose(ctx context.Context, p *port) {
	best := p.seen.Best()
	if !u.traces() || best == nil || !fromNearby(*best) || p.seen.Speech.SignOfLife() {
		return
	}
	if u.controls != nil && best.Outcome == evidence.Connected {
		u.h.startControls()
	}
	if u.h.scout.reference(u.over) {
		u.h.origin(ctx, p)
	}
}

// speak talks on the connection that the sweep made.
func (u *unit) speak(ctx context.Context, p *port, s swept, held socket.Held) {
	p.seen.Attempts = s.attempts()
	last := &p.seen.Attempts[len(p.seen.Attempts)-1]
	p.begun = time.Now().Add(-last.Elapsed)
	a, conn := held.Take()
	last.Source, last.TCP = a.Source, a.TCP
	u.h.observe(*last)
	if conn != nil {
		p.seen.Speech = u.h.speech(ctx, p, conn)
	}
}

// traces reports whether paths are looked at.
func (u *unit) traces() bool {
	return u.few && u.h.run.options.Trace != TraceNever && !u.h.here()
}

// recall keeps the sweep's answer to a port that is silent now, if it came from an application's host.
func (p *port) recall(s swept) {
	if (s.outcome == sweptOpen || s.outcome == sweptRefused) && p.seen.Answered() == 0 {
		p.seen.Attempts = append(s.attempts(), p.seen.Attempts...)
	}
}
