package mtu

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// unlikely is traceroute's first port.
const unlikely = 33434

// A hop's large packets have vanished when small ones were answered right after them so often. A router that owes errors is given
// time, for it may answer once a second only.
const (
	marks  = 3
	rounds = 6
	rest   = 1100 * time.Millisecond
)

// hops finds the last hop that large packets reach, and who says that they are too large.
func (s *Server) hops(ctx context.Context, m *evidence.MTU) {
	base := s.Tracer.DatagramWalk(ctx)
	size := m.Link
	if m.Fails > 0 {
		size = m.Fails
	}
	fates, told := make([]fate, len(base.Hops)), make([]*evidence.ICMP, len(base.Hops))
	var wg sync.WaitGroup
	for i, hop := range base.Hops {
		if hop.ICMP != nil || hop.End.Answered() {
			wg.Go(func() { fates[i], told[i] = s.hop(ctx, hop.TTL, size) })
		}
	}
	wg.Wait()
	for _, t := range told {
		if t != nil {
			m.Told = t
		}
	}
	orderly := true
	for i, hop := range base.Hops {
		switch {
		case fates[i] == passed && m.After.TTL > 0:
			orderly = false
		case fates[i] == passed:
			m.Before = hop
		case fates[i] == vanished && m.After.TTL == 0:
			m.After = hop
		}
	}
	if !orderly || m.Told != nil && m.Fails == 0 {
		m.Before, m.After = evidence.Hop{}, evidence.Hop{}
	}
	if m.Port == 0 {
		s.byDatagrams(ctx, m, orderly)
	} else if m.After.TTL == 0 && m.Fails == 0 {
		m.Before = evidence.Hop{} // as far as TCP got: nothing vanishes
	}
}

// byDatagrams says what passes where TCP could not.
func (s *Server) byDatagrams(ctx context.Context, m *evidence.MTU, orderly bool) {
	switch {
	case m.Told != nil:
		m.Passes = int(m.Told.MTU)
	case !orderly:
	case m.After.TTL > 0:
		m.Passes, m.Fails = searchUsual(small, m.Link, func(size int) fate { f, _ := s.hop(ctx, m.After.TTL, size); return f })
		m.End = m.After.End.Answered()
	case m.Before.TTL > 0:
		m.Passes, m.End = m.Link, m.Before.End.Answered()
	}
}

// hop is what becomes of packets of a size that live so many hops; an error that says they are too large is told.
func (s *Server) hop(ctx context.Context, ttl uint8, size int) (fate, *evidence.ICMP) {
	wait := max(s.Tracer.Line.AnswerWait(), 200*time.Millisecond)
	for lost := 0; lost < marks; {
		for round := 0; ; round++ {
			a := s.Tracer.Line.Sized(ctx, unlikely, ttl, size, wait)
			if a.ICMP != nil && a.ICMP.TooBig() {
				return unclear, a.ICMP
			}
			if a.Outcome.Answered() && !a.Local {
				return passed, nil
			}
			if a.Local || ctx.Err() != nil || round == rounds {
				return unclear, nil
			}
			if b := s.Tracer.Line.Sized(ctx, unlikely, ttl, small, wait); b.Outcome.Answered() && !b.Local {
				lost++
				break
			}
			line.Pause(ctx, rest)
		}
	}
	return vanished, nil
}
