package probe

import (
	"context"
	"net"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/speak"
	"whyport/probe/verdict"
)

// entrances is what is known of a host's ports that are answered before a packet has got any farther than the first router.
type entrances struct {
	mu     sync.Mutex
	kinds  map[string]*entrance // by what is usual on a port: who intercepts one such service intercepts others, too
	walk   *line.Slots          // one
	walked bool                 // under walk
}

// entrance is one kind of service.
type entrance struct {
	least    time.Duration // the shortest round trip of the ports that were asked
	done     chan struct{} // closed when the first of them has been
	answered bool          // under entrances.mu
}

func newEntrances() *entrances {
	return &entrances{kinds: map[string]*entrance{}, walk: line.NewSlots(1)}
}

// talk asks what speaks on an open port, and meanwhile whether that can be where the server is.
func (h *host) talk(ctx context.Context, p *port, conn net.Conn) {
	// On a link of this computer it would be one more connection; many hosts of a large run are not looked at closely.
	if h.options.Trace == TraceNever || h.here() || h.facts.Link != nil || p.quick && h.scout == nil {
		p.seen.Speech = h.speech(ctx, p, conn)
		return
	}
	var entry *evidence.Attempt
	var asking sync.WaitGroup
	asking.Go(func() {
		switch e, first := h.entrances.of(p); {
		case first:
			entry = h.enter(ctx, p)
			h.entrances.note(e, entry)
		case h.entrances.answered(ctx, e):
			entry = h.enter(ctx, p)
		}
		if entry != nil && entry.Outcome == evidence.Connected {
			h.line.Disown(p.want.Port)
			h.whoIsNext(ctx)
		}
	})
	p.seen.Speech = h.speech(ctx, p, conn)
	asking.Wait()
	if entry != nil && entry.Outcome == evidence.Silent && h.entrances.any() {
		// Something answers in the server's place for other services: this silence may be a late answer.
		if again := h.line.Short(ctx, p.want.Port, 1, h.line.AnswerWait()); again.Outcome == evidence.Connected {
			entry = &again
			h.line.Disown(p.want.Port)
			h.whoIsNext(ctx)
		}
	}
	p.seen.Entry = entry
}

// any reports whether a port of any kind was answered before a server could have been reached.
func (all *entrances) any() bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, e := range all.kinds {
		if e.answered {
			return true
		}
	}
	return false
}

// of is the kind of a port's service; first is true for one that has to be asked: the first of its kind, or one that is
// answered in much less time than those before.
func (all *entrances) of(p *port) (e *entrance, first bool) {
	kind := speak.Usual(p.want.Port)
	switch kind {
	case "smtp", "smtps", "imap", "imaps", "pop3", "pop3s":
		kind = "mail"
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	took := p.seen.Best().RoundTrip()
	if e = all.kinds[kind]; e == nil || verdict.Sooner(took, e.least) {
		e = &entrance{least: took, done: make(chan struct{})}
		all.kinds[kind] = e
		return e, true
	}
	return e, false
}

func (all *entrances) note(e *entrance, entry *evidence.Attempt) {
	all.mu.Lock()
	e.answered = entry != nil && entry.Outcome == evidence.Connected
	all.mu.Unlock()
	close(e.done)
}

// answered waits for what became of the first port of a kind.
func (all *entrances) answered(ctx context.Context, e *entrance) bool {
	select {
	case <-e.done:
	case <-ctx.Done():
		return false
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	return e.answered
}

// enter sends a SYN that no server behind a router can get. What intercepts the port answers it in about the time that it
// took before; the first router's error comes sooner than the server's words, and is not waited for.
func (h *host) enter(ctx context.Context, p *port) *evidence.Attempt {
	took := p.seen.Best().RoundTrip()
	a := h.line.Short(ctx, p.want.Port, 1, min(took+max(took/2, 10*time.Millisecond), h.line.AnswerWait()))
	h.tracer.Remember(p.want.Port, a)
	return &a
}

// whoIsNext finds out what stands one hop away, where something answered in the server's place: a router's error to another
// packet shows that the way goes on there, the address's own answer that it is there.
func (h *host) whoIsNext(ctx context.Context) {
	all := h.entrances
	if !all.walk.Acquire(ctx) {
		return
	}
	defer all.walk.Release()
	if all.walked || h.snapshot().Gateway.IsValid() {
		return
	}
	all.walked = true
	for try := range 2 {
		if h.askNext(ctx) || try > 0 || time.Since(h.line.LastError()) > time.Second || !line.Pause(ctx, 2*refill) {
			return // a router that has just sent errors for other ports may owe no more at the moment
		}
	}
}

// askNext is one round of questions; it is true if there was an answer.
func (h *host) askNext(ctx context.Context) bool {
	w := h.tracer.Datagrams(ctx, 1)
	if controls := h.controls(); w.At(1).ICMP == nil && len(controls) > 0 { // datagrams are often dropped
		w = h.tracer.TCP(ctx, controls[0].want.Port, 1)
	}
	h.learn(func(f *evidence.Host) { alsoWalked(f, w) })
	return w.At(1).ICMP != nil
}
