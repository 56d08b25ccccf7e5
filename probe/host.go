package probe

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/path"
	"whyport/probe/socket"
	"whyport/probe/speak"
)

// host is the work on one address: its ports, and what they share.
type host struct {
	target  Target
	options *Options
	// referrals of the target; nil where they are not followed.
	referrals *referrals
	roots     *speak.Roots // the run's
	line      *line.Line
	tracer    path.Tracer
	ports     []*port // candidates

	improbable []*port // the control ports of a small run

	mu    sync.Mutex
	facts evidence.Host
	scout *scouts // of a large run; nil otherwise
	many  bool    // part of a large run with many hosts

	entrances *entrances

	askedAgain bool         // a port that spoke has been connected to once more
	talking    atomic.Int32 // connections on which it is being found out what speaks

	startControls func() // connects to the control ports, once; a host whose ports all speak needs none

	confirming   *line.Slots    // one, as turn and placing: what is held while waiting is no mutex (a test's clock would stand still)
	confirmedFor *evidence.Walk // the reference that was asked again before something was called nearer
	remeasured   int            // how often that failed; under confirming

	turn      *line.Slots // one question at a time to a router that owes ICMP errors
	counting  counting    // of that router
	placing   *line.Slots // one walk at a time for senders of ICMP errors
	offenders map[netip.Addr]*evidence.Walk
}

// newHost is the work on those of the target's candidates that are asked of this address.
func (r *runner) newHost(a address, members []int) *host {
	h := &host{
		target: a.target, options: &r.options, roots: &r.roots,
		line: &line.Line{
			Addr: a.addr, Network: r.options.Network, Limits: &r.limits, Timeout: r.options.Timeout, Attempts: r.options.Attempts,
		},
		facts: evidence.Host{Addr: a.addr, Own: r.own, Link: evidence.LinkOf(r.links, a.addr)}, offenders: map[netip.Addr]*evidence.Walk{},
		confirming: line.NewSlots(1), turn: line.NewSlots(1), entrances: newEntrances(), placing: line.NewSlots(1),
	}
	h.facts.Tunnel = r.tunnelTo(a.addr)
	h.facts.Permission = h.facts.Link != nil && socket.NeedsPermission()
	h.tracer.Line, h.many = h.line, r.many
	if !r.options.NoNames {
		h.tracer.Names = path.NewNames(h.line)
	}
	for _, i := range members {
		h.ports = append(h.ports, h.newPort(i, a.target.Candidates[i]))
	}
	return h
}

func (h *host) newPort(index int, c Candidate) *port {
	return &port{
		candidate: index,
		want:      c,
		settled:   make(chan struct{}),
		seen:      evidence.Port{Addr: h.line.Addr, Port: c.Port, Protocol: c.Protocol},
	}
}

// here reports whether the target is this computer: there is no path to look at.
func (h *host) here() bool { return h.line.Addr.IsLoopback() || h.facts.IsOwn(h.line.Addr) }

// ask is the first look at a port: can it be reached, and what speaks there?
func (h *host) ask(ctx context.Context, p *port) {
	p.begun = time.Now()
	if p.want.Protocol == evidence.UDP && h.options.Careful { // over UDP there is no listening without a datagram
		p.seen.Speech = &evidence.Speech{Notes: []string{evidence.NoteListenedOnly}}
		return
	}
	if p.want.Protocol == evidence.UDP {
		question := speak.Datagram(p.want.Port, speak.Known{Server: h.serverName(), Community: h.options.Community})
		var reply []byte
		if p.seen.Attempts, reply = h.line.Ask(ctx, p.want.Port, p.begun, question); reply != nil {
			p.seen.Speech = question.Read(reply)
			p.seen.Speech.Banner.After = p.seen.Best().Elapsed
			h.follow(ctx, p)
		} else if best := p.seen.Best(); best != nil && best.Outcome == evidence.Silent {
			p.seen.Speech = question.Silence()
			h.lookAtNeighbour(ctx)
		}
		return
	}
	if conn := h.dial(ctx, p); conn != nil && p.candidate < 0 {
		conn.Close()
	} else if conn != nil {
		h.talking.Add(1)
		h.talk(ctx, p, conn)
		h.follow(ctx, p)
		h.talking.Add(-1)
	}
}

// dial sends a port's SYNs and keeps what became of them.
func (h *host) dial(ctx context.Context, p *port) (conn net.Conn) {
	p.giveUpLingering() // of an earlier look
	p.begun = time.Now()
	p.seen.Attempts, conn, p.lingering = h.line.Dial(ctx, p.want.Port, p.attempts, p.begun)
	h.noteLoss(p)
	return conn
}

// reask makes a second look at a port that has answered since. It is false if it stays silent.
func (h *host) reask(ctx context.Context, p *port) bool {
	before, begun := p.seen.Attempts, p.begun
	h.ask(ctx, p)
	for i := range p.seen.Attempts {
		p.seen.Attempts[i].Started += p.begun.Sub(begun)
	}
	p.seen.Attempts, p.begun = append(before, p.seen.Attempts...), begun
	h.noteLoss(p)
	return p.seen.Answered() > 0
}

// noteLoss makes the line lossy where a port that answers did so only after packets were lost.
func (h *host) noteLoss(p *port) {
	if p.seen.Lost() {
		h.line.NoteLoss()
	}
}

// snapshot is a copy of the host's facts for the judge; the slices are never written again once shared.
func (h *host) snapshot() *evidence.Host {
	h.mu.Lock()
	facts := h.facts
	h.mu.Unlock()
	facts.RTT, facts.Names = h.line.LeastRTT(), h.tracer.Names.Found()
	facts.Starved = h.line.Limits.Starved()
	if a := h.line.Gateway(); !facts.IsOwn(a) {
		facts.Gateway = a
	}
	return &facts
}

func (h *host) learn(f func(*evidence.Host)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(&h.facts)
}

// alsoWalked keeps a walk beside the reference.
func alsoWalked(f *evidence.Host, w *evidence.Walk) {
	f.Others = append(f.Others[:len(f.Others):len(f.Others)], w)
}

// lookAtNeighbour reads the neighbour table where the host is on a link and ports of it are silent.
func (h *host) lookAtNeighbour(ctx context.Context) {
	if h.facts.Link == nil || ctx.Err() != nil {
		return
	}
	if state, known := neighbourOf(h.options.Network, h.line.Addr); known {
		h.learn(func(f *evidence.Host) { f.Neighbour = state })
	}
}
