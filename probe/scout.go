package probe

import (
	"context"
	"sync/atomic"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// scouts measure the way to the first open ports of a large run while the sweep goes on: the distance, and the TTL with
// which answers arrive. The first at which an application speaks is the reference for the answers of other ports.
// Several begin, since packets get lost and not every application speaks.
type scouts struct {
	all    [3]scout
	begun  atomic.Int32
	proven chan struct{} // closed when there is a reference
	found  atomic.Bool
}

type scout struct {
	walk           *evidence.Walk
	ttl            uint8
	begun, settled chan struct{} // settled: it is known whether an application speaks
	walked         chan struct{}
}

func newScouts() *scouts {
	s := &scouts{proven: make(chan struct{})}
	for i := range s.all {
		s.all[i] = scout{begun: make(chan struct{}), walked: make(chan struct{}), settled: make(chan struct{})}
	}
	return s
}

// begin sends a scout to an open port; nil if there are enough.
func (all *scouts) begin(ctx context.Context, h *host, port uint16) *scout {
	i := int(all.begun.Add(1)) - 1
	if i >= len(all.all) {
		return nil
	}
	s := &all.all[i]
	go func() {
		defer close(s.walked)
		s.walk = h.tracer.Server(ctx, port)
		if d := s.walk.Distance(); d > 0 {
			s.ttl = h.tracer.ArrivalTTL(ctx, port, d)
		}
	}()
	close(s.begun)
	return s
}

// back ends a scout when its port has been looked at. An application that answered much faster than the host usually
// does may be a proxy's on the way: then nothing is concluded yet.
func (all *scouts) back(s *scout, h *host, p *port) {
	defer close(s.settled)
	<-s.walked
	if s.walk.Distance() == 0 || s.ttl == 0 || !verdict.Proves(&p.seen, h.snapshot()) ||
		h.line.RTT() > 2*p.seen.Best().RoundTrip()+verdict.Worth ||
		all.found.Swap(true) {
		return
	}
	h.learn(func(f *evidence.Host) { f.Reference, f.ReferenceProven, f.ArrivalTTL = s.walk, true, s.ttl })
	close(all.proven)
}

// await waits for a proven one; false if there is none when the sweep is over and all scouts are back.
func (all *scouts) await(over <-chan struct{}) bool {
	for i := range all.all {
		s := &all.all[i]
		select {
		case <-s.begun:
		case <-over:
			return all.found.Load()
		}
		select {
		case <-s.settled:
		case <-all.proven:
			return true
		}
	}
	return all.found.Load()
}

// to is the measured walk to a port, with the TTL of its answers; a nil walk if it was not measured. All scouts are
// back when it is called.
func (all *scouts) to(port uint16) (*evidence.Walk, uint8) {
	if all != nil {
		for i := range min(int(all.begun.Load()), len(all.all)) {
			if s := &all.all[i]; s.walk.Distance() > 0 && s.walk.To.Port() == port {
				return s.walk, s.ttl
			}
		}
	}
	return nil, 0
}
