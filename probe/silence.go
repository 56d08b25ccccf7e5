package probe

import (
	"context"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// checkedPorts is how many silent ports are compared at once with the place that was found for the first.
// Linux routers answer six expired packets at once, then one a second (icmp_ratelimit), hence also refill.
const (
	checkedPorts = 4
	refill       = 1100 * time.Millisecond
)

// explainSilent walks towards the first silent port and compares others with the place found. A port that
// answers after all is asked again.
func (h *host) explainSilent(ctx context.Context, ports, controls []*port, finish func(*port)) {
	if len(ports) == 0 {
		return
	}
	h.reference(ctx)
	h.awaitControls(ctx, controls)
	h.retestLimited(ctx, ports, controls)
	var silent, changed []*port
	for _, p := range ports {
		switch {
		case p.seen.Answered() > 0:
			changed = append(changed, p)
		case leftThisComputer(&p.seen):
			silent = append(silent, p)
		default:
			finish(p) // this computer's own doing: there is no path to walk
		}
	}
	changed = append(changed, h.walkSilent(ctx, silent, controls)...)
	changed = append(changed, h.lateAnswers(ctx, silent, controls)...)
	h.awaitNames()
	var doubtful []*port
	for _, p := range ports {
		switch {
		case !slices.Contains(changed, p) && slices.Contains(silent, p):
			finish(p)
		case slices.Contains(changed, p) && h.done(ctx, p):
			finish(p)
		case slices.Contains(changed, p):
			doubtful = append(doubtful, p)
		}
	}
	h.explainAnswered(ctx, doubtful, controls, finish)
}

// neighborTimeout is a little more than a router takes to find out that nobody has an address on its link: three
// requests, a second apart (ARP and ND defaults).
const neighborTimeout = 3300 * time.Millisecond

// lateAnswers waits, where no application of the host has answered, for what the first sockets of silent ports still
// get: a router's late "host unreachable" speaks for the whole host; a port that answers is asked again and returned.
func (h *host) lateAnswers(ctx context.Context, ports, controls []*port) (changed []*port) {
	if h.snapshot().ReferenceProven || h.refusal(slices.Concat(h.ports, controls)) != nil {
		return nil
	}
	for _, p := range slices.Concat(ports, controls) {
		if p.late == nil {
			continue
		}
		e := <-p.late.end // at most neighborTimeout after the port's beginning
		p.late = nil
		p.named(e.attempt)
		switch a := e.attempt; {
		case e.conn != nil:
			socket.Abort(e.conn)
			fallthrough
		case a.Outcome == evidence.Refused && a.ICMP == nil:
			if p.candidate >= 0 && h.reask(ctx, p) {
				changed = append(changed, p)
			}
		case a.ICMP != nil:
			p.seen.Attempts[0] = a
			h.learn(func(f *evidence.Host) { f.Unreachable = &a })
		}
	}
	return changed
}

// dropLate gives the first socket of a silent port up.
func (p *port) dropLate() {
	if p.late == nil {
		return
	}
	p.late.cancel()
	e := <-p.late.end
	if p.late = nil; e.conn != nil {
		socket.Abort(e.conn)
	}
	p.named(e.attempt)
}

// named gives the first attempt, which was written down while its socket listened on, that socket's source. What may
// have been read before is not written to.
func (p *port) named(first evidence.Attempt) {
	if len(p.seen.Attempts) > 0 && !p.seen.Attempts[0].Source.IsValid() {
		p.seen.Attempts = slices.Clone(p.seen.Attempts)
		p.seen.Attempts[0].Source = first.Source
	}
}

// leftThisComputer reports whether a SYN got out, as far as TCP_INFO tells: after the first retransmit
// a drop in the own OUTPUT chain leaves retrans at 0, an unresolved neighbour total_retrans (measured on Linux 6.18).
func leftThisComputer(p *evidence.Port) bool {
	for _, a := range p.Attempts {
		if i := a.TCP; i != nil && i.Retransmits > 0 {
			return i.TotalRetrans > 0 && i.Retrans > 0
		}
	}
	return true
}

// walkSilent gives silent ports their walk and returns those that answered a SYN on the way.
func (h *host) walkSilent(ctx context.Context, ports, controls []*port) (changed []*port) {
	var places []*evidence.Walk
	agree, all := true, ports
	for len(ports) > 0 && ctx.Err() == nil {
		if len(places) == 0 {
			if i := slices.IndexFunc(ports, func(p *port) bool { return p.seen.Walk != nil }); i >= 0 { // large runs walk early
				places, ports = append(places, ports[i].seen.Walk), slices.Concat(ports[:i], ports[i+1:])
				continue
			}
			if !h.walkTo(ctx, ports[0]) {
				changed = append(changed, ports[0])
			} else {
				places = append(places, ports[0].seen.Walk)
			}
			ports = ports[1:]
			continue
		}
		if len(changed) == 0 && h.rtt.get() == 0 {
			// Nothing has answered at all. The errors of a last router that finds nobody are worth more than comparisons,
			// which would use up what it may send.
			changed = h.lateAnswers(ctx, all, controls)
			h.freeNames()
			ports = slices.DeleteFunc(slices.Clone(ports), func(p *port) bool { return slices.Contains(changed, p) })
			if h.snapshot().Unreachable != nil {
				assume(ports, places[0])
				break
			}
		}
		batch, rest := spreadSample(ports, checkedPorts)
		errors := len(batch)
		if len(places) > 1 {
			errors = len(batch)/len(places) + 2 // one more shows that the router still answers
		}
		if !h.awaitErrors(ctx, places, errors) {
			break
		}
		fits := make([]bool, len(batch))
		each(batch, func(p *port) { fits[slices.Index(batch, p)] = h.samePlace(ctx, p, places) })
		if slices.Contains(fits, true) && h.owesBehind(ctx, places) && pause(ctx, 2*refill) {
			each(batch, func(p *port) { fits[slices.Index(batch, p)] = h.samePlace(ctx, p, places) })
		}
		silent := make([]bool, len(batch))
		each(batch, func(p *port) {
			if i := slices.Index(batch, p); !fits[i] {
				silent[i] = h.walkTo(ctx, p, places...)
			}
		})
		for i, p := range batch {
			switch {
			case fits[i]:
			case silent[i] && !slices.ContainsFunc(places, func(w *evidence.Walk) bool { return sameEnd(w, p.seen.Walk) }):
				places, agree = append(places, p.seen.Walk), false
			case silent[i]:
			default:
				changed = append(changed, p)
			}
		}
		ports = rest
		if agree {
			assume(rest, places[0])
			break
		}
		if len(rest) > 0 && time.Since(rest[0].begun) > h.run.options.Timeout {
			break // the rest keeps no place: there are several, and nobody compared
		}
	}
	return changed
}

// assume takes ports to be stopped at a place that a sample of them agreed on.
func assume(ports []*port, place *evidence.Walk) {
	for _, p := range ports {
		if p.seen.Walk == nil {
			p.seen.Walk, p.seen.Place = place, evidence.PlaceAssumed
		}
	}
}

// spreadSample takes n ports spread over the list, and the rest in order.
func spreadSample(ports []*port, n int) (sample, rest []*port) {
	if len(ports) <= n {
		return ports, nil
	}
	for i, p := range ports {
		if len(sample) < n && i*n >= len(sample)*len(ports) {
			sample = append(sample, p)
		} else {
			rest = append(rest, p)
		}
	}
	return sample, rest
}

// reask makes a second look at a port that has answered since. It is false if it stays silent.
func (h *host) reask(ctx context.Context, p *port) bool {
	before, begun := p.seen.Attempts, p.begun
	h.ask(ctx, p)
	for i := range p.seen.Attempts {
		p.seen.Attempts[i].Started += p.begun.Sub(begun)
	}
	p.seen.Attempts, p.begun = append(before, p.seen.Attempts...), begun
	return p.seen.Answered() > 0
}
