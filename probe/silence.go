package probe

import (
	"context"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/verdict"
)

// checkedPorts is how many silent ports are compared at once with the place that was found for the first.
// Linux routers answer six expired packets at once, then one a second (icmp_ratelimit), hence also refill.
const (
	checkedPorts = 4
	refill       = 1100 * time.Millisecond
)

// lookAtSilence walks towards the first silent port and compares others with the place found. It finishes those that stay
// silent and returns those that have answered after all, which were asked again.
func (h *host) lookAtSilence(ctx context.Context, ports, controls []*port, finish func(*port)) (changed []*port) {
	h.askAgain(ctx, ports)
	explained, ports := h.limited(ports)
	each(explained, finish)
	if len(ports) == 0 {
		return nil
	}
	h.findReference(ctx)
	h.awaitControls(ctx, controls)
	if h.snapshot().Reference == nil {
		// What refuses them is as far away as the server, unless the way goes on there.
		h.unprovenReference(ctx, slices.DeleteFunc(slices.Clone(controls), func(c *port) bool { return c.seen.Answered() == 0 }))
	}
	h.retestLimited(ctx, ports, controls)
	var silent []*port
	for _, p := range ports {
		switch {
		case p.seen.Answered() > 0:
			changed = append(changed, p)
		case verdict.LeftThisComputer(&p.seen):
			silent = append(silent, p)
		default:
			finish(p) // this computer's own doing: there is no path to walk
		}
	}
	h.lookAtNeighbour(ctx)
	found, compared := h.bisect(ctx, silent)
	if !compared {
		found = h.walkSilent(ctx, silent, controls)
	}
	changed = append(changed, found...)
	changed = append(changed, h.lateAnswers(ctx, silent, controls)...)
	h.tracer.Names.Await()
	for _, p := range silent {
		if !slices.Contains(changed, p) {
			finish(p)
		}
	}
	return changed
}

// lateAnswers waits, where no application of the host has answered, for what the first sockets of silent ports still
// get: a router's late "host unreachable" speaks for the whole host; a port that answers is asked again and returned.
func (h *host) lateAnswers(ctx context.Context, ports, controls []*port) (changed []*port) {
	if h.snapshot().ReferenceProven || h.speaking() != nil || h.refusal(slices.Concat(h.ports, controls)) != nil {
		return nil
	}
	for _, p := range slices.Concat(ports, controls) {
		if p.lingering == nil {
			continue
		}
		a, connected := p.lingering.Wait()
		p.lingering = nil
		p.named(a)
		switch {
		case connected || a.ByTCP():
			if p.candidate >= 0 && h.reask(ctx, p) {
				changed = append(changed, p)
			}
		case a.ICMP != nil:
			p.seen.Attempts[0] = a
			h.noteLoss(p)
			if a.ICMP.Unreachable() { // a refusal is this port's alone
				h.learn(func(f *evidence.Host) { f.Unreachable = &a })
			}
		}
	}
	return changed
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
		if len(changed) == 0 && h.line.LeastRTT() == 0 {
			// Nothing has answered at all. The errors of a last router that finds nobody are worth more than comparisons,
			// which would use up what it may send.
			changed = h.lateAnswers(ctx, all, controls)
			h.tracer.Names.Free()
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
		if slices.Contains(fits, true) && h.owesBehind(ctx, places) && line.Pause(ctx, 2*refill) {
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
			case silent[i] && !slices.ContainsFunc(places, func(w *evidence.Walk) bool { return evidence.SameEnd(w, p.seen.Walk) }):
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
		if len(rest) > 0 && time.Since(rest[0].begun) > h.options.Timeout {
			break // the rest keeps no place: there are several, and nobody compared
		}
	}
	return changed
}
