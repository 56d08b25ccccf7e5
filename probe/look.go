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
func (u *survey) look(ctx context.Context, p *port, s evidence.Swept, e socket.End) {
	defer u.looking.Done()
	defer close(p.settled)
	if s.Outcome != evidence.SweptSilent && s.Tries > 1 {
		u.h.line.NoteLoss()
	}
	switch {
	case e.ICMP != nil:
		p.begun = time.Now()
		p.seen.Attempts = s.Attempts()
		last := &p.seen.Attempts[len(p.seen.Attempts)-1]
		last.ICMP = e.ICMP
		u.h.line.Observe(p.want.Port, *last)
	case s.Outcome == evidence.SweptSilent:
		u.lookAtSilence(ctx, p)
	default:
		u.lookAtAnswer(ctx, p, s, e.Held)
	}
}

// lookAtSilence watches one port for longer than the sweep does, and walks towards it.
func (u *survey) lookAtSilence(ctx context.Context, p *port) {
	var walk *evidence.Walk
	var walking sync.WaitGroup
	if u.controls != nil {
		u.h.startControls()
	}
	if u.traces() {
		walking.Go(func() { walk = u.h.tracer.TCP(ctx, p.want.Port, 0) })
	}
	u.h.ask(ctx, p)
	p.seen.Elapsed = time.Since(p.begun)
	if walking.Wait(); p.seen.Answered() == 0 && walk.Distance() == 0 {
		p.seen.Walk, p.seen.Place = walk, evidence.PlaceOwn
	}
	u.origin(ctx, p)
}

// lookAtAnswer asks what speaks on an open port, and who sent the answer.
func (u *survey) lookAtAnswer(ctx context.Context, p *port, s evidence.Swept, held socket.Held) {
	var sent *scout
	if u.begun[evidence.SweptOpen].Load() > manyOpen {
		u.run.loadRoots()
	}
	if s.Outcome == evidence.SweptOpen && u.traces() {
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
		u.h.scout.back(sent, u.h, p)
	}
	u.origin(ctx, p)
}

// origin asks who sent a port's answer, once there is something to compare with.
func (u *survey) origin(ctx context.Context, p *port) {
	best := p.seen.Best()
	if !u.traces() || best == nil || !best.ByTCP() || p.seen.Speech.SignOfLife() {
		return
	}
	if u.controls != nil && best.Outcome == evidence.Connected {
		u.h.startControls()
	}
	if u.h.scout.await(u.over) {
		u.h.origin(ctx, p)
	}
}

// speak talks on the connection that the sweep made.
func (u *survey) speak(ctx context.Context, p *port, s evidence.Swept, held socket.Held) {
	p.seen.Attempts = s.Attempts()
	last := &p.seen.Attempts[len(p.seen.Attempts)-1]
	p.begun = time.Now().Add(-last.Elapsed)
	a, conn := held.Take()
	last.Source, last.TCP = a.Source, a.TCP
	u.h.line.Observe(p.want.Port, *last)
	if conn != nil {
		u.h.talk(ctx, p, conn)
	}
}

// traces reports whether paths are looked at.
func (u *survey) traces() bool {
	return u.few && u.h.options.Trace != TraceNever && !u.h.here()
}
