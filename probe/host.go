package probe

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
)

// host is the work on one address: its ports, and what they share.
type host struct {
	run    *runner
	target Target
	addr   netip.Addr
	rtt    rtt
	ports  []*port // candidates, then controls

	mu    sync.Mutex
	facts evidence.Host
	loses atomic.Bool // some SYN of a large run was answered only at a second try
	scout *scouts     // of a large run; nil otherwise

	startControls func() // connects to the control ports, once; a host whose ports all speak needs none

	confirming   sync.Mutex
	confirmedFor *evidence.Walk // the reference that was asked again before something was called nearer
	remeasured   int            // how often that failed; under confirming

	turn      sync.Mutex // one question at a time to a router that owes ICMP errors
	counting  counting   // of that router
	placing   sync.Mutex // one walk at a time for senders of ICMP errors
	offenders map[netip.Addr]*evidence.Walk
	names     names
	lastICMP  time.Time // of an error that a router can limit; under mu
}

// port is one port in progress. Its evidence belongs to the goroutine that works on it: first the one
// that connects, then, after settled is closed, the one that looks for the place.
type port struct {
	candidate int // index; -1 for a control
	want      Candidate
	begun     time.Time
	seen      evidence.Port
	settled   chan struct{}
	late      *late // of a silent port; nil otherwise
	quick     bool  // part of a large run: what speaks there has less time
	attempts  int   // SYNs before silence is believed; 0: as the options say
}

// newHost is the work on those of the target's candidates that are asked of this address.
func newHost(r *runner, t Target, addr netip.Addr, members []int) *host {
	h := &host{run: r, target: t, addr: addr, facts: evidence.Host{Addr: addr, Own: r.own}, offenders: map[netip.Addr]*evidence.Walk{}}
	for _, i := range members {
		h.ports = append(h.ports, h.newPort(i, t.Candidates[i]))
	}
	return h
}

func (h *host) newPort(index int, c Candidate) *port {
	return &port{candidate: index, want: c, settled: make(chan struct{}), seen: evidence.Port{Addr: h.addr, Port: c.Port, Protocol: c.Protocol}}
}

// probe connects to every candidate, asks the open ones what they speak, and looks for what stopped the
// others. done is called once for each candidate, not concurrently for the same one.
func (h *host) probe(ctx context.Context, done func(candidate int, p evidence.Port)) {
	finish := func(p *port) {
		p.seen.Elapsed = time.Since(p.begun)
		p.dropLate()
		if p.candidate >= 0 {
			done(p.candidate, p.seen)
		}
	}
	candidates := h.ports
	controls := h.controls()
	slots := newLimiter(h.run.options.HostConcurrency)
	var wg sync.WaitGroup
	begin := func(ports []*port) {
		for _, p := range ports {
			wg.Go(func() {
				defer close(p.settled)
				p.begun = time.Now()
				if !slots.acquire(ctx) {
					p.seen.Attempts = []evidence.Attempt{{Outcome: evidence.Interrupted}}
					return
				}
				defer slots.release()
				h.ask(ctx, p)
			})
		}
	}
	h.startControls = sync.OnceFunc(func() { begin(controls) })
	begin(candidates)
	h.explain(ctx, candidates, controls, finish)
	wg.Wait()
	for _, c := range controls {
		c.dropLate()
	}
	h.awaitNames()
}

// ask is the first look at a port: can it be reached, and what speaks there?
func (h *host) ask(ctx context.Context, p *port) {
	p.begun = time.Now()
	if p.want.Protocol == evidence.UDP {
		p.seen.Attempts, p.seen.Speech = h.askUDP(ctx, p.want.Port, p.begun)
		return
	}
	var conn net.Conn
	p.seen.Attempts, conn, p.late = h.dial(ctx, p)
	if conn == nil {
		return
	}
	if p.candidate < 0 {
		conn.Close()
		return
	}
	p.seen.Speech = h.speech(ctx, p, conn)
}

func (h *host) endpoint(port uint16) netip.AddrPort { return netip.AddrPortFrom(h.addr, port) }

// snapshot is a copy of the host's facts for the judge; the slices are never written again once shared.
func (h *host) snapshot() *evidence.Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	facts := h.facts
	facts.RTT = h.rtt.get()
	return &facts
}

func (h *host) learn(f func(*evidence.Host)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(&h.facts)
}
