package probe

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/speak"
)

// followed is how many silent UDP ports of a host are looked at more closely.
const followed = 3

// explainDatagrams finds out how far the questions to silent UDP ports get, and whether the host answers for UDP ports that
// nobody uses. Ports that answer after all are explained as answered ones.
func (h *host) explainDatagrams(ctx context.Context, ports, controls []*port, finish func(*port)) {
	ctx, finish, stop := h.hurry(ctx, ports, finish)
	defer stop()
	var answered []*port
	if asked := h.followable(ports); len(asked) > 0 && ctx.Err() == nil {
		h.askBeside(ctx, asked)
		for _, p := range asked {
			held := !p.seen.BesideControl && h.refusesUDP() // the server's limit may have held an answer back: there is no place
			if p.seen.Answered() == 0 && !held && h.facts.Link == nil && ctx.Err() == nil {
				h.walkDatagrams(ctx, p)
			}
		}
		h.tracer.Names.Await()
	}
	for _, p := range ports {
		if p.seen.Answered() > 0 && !h.done(ctx, p) {
			answered = append(answered, p)
			continue
		}
		finish(p)
	}
	h.explainAnswered(ctx, answered, controls, finish)
}

// followable are the ports that may get more than their question, at most so many: devices behind fragile ones have been seen to
// stop, and of a run with many hosts it would take too long.
func (h *host) followable(ports []*port) []*port {
	ports = slices.DeleteFunc(slices.Clone(ports), func(p *port) bool { return speak.Fragile(p.want.Port) })
	if h.many {
		return nil
	}
	return ports[:min(len(ports), followed)]
}

func (h *host) question(port uint16) line.Question {
	return speak.Datagram(port, speak.Known{Server: h.serverName(), Community: h.options.Community})
}

// askBeside asks an improbable UDP port right behind the silent ones, which are asked once more: what answers there with an error
// had one left for them. Once, and again after silence.
func (h *host) askBeside(ctx context.Context, ports []*port) {
	number := h.improbableUDP()
	if number == 0 {
		return
	}
	control := evidence.Port{Addr: h.line.Addr, Port: number, Protocol: evidence.UDP}
	answered := make([]bool, len(ports))
	for range 2 {
		var asking sync.WaitGroup
		for i, p := range ports {
			asking.Go(func() {
				a := h.line.AskOnce(ctx, p.want.Port, 0, h.line.DatagramWait(), h.question(p.want.Port))
				answered[i] = a.Outcome.Answered()
			})
		}
		line.Pause(ctx, behind)
		a := h.line.AskOnce(ctx, number, 0, h.line.DatagramWait(), h.question(number))
		control.Attempts = append(control.Attempts, a)
		asking.Wait()
		if a.Outcome.Answered() || slices.Contains(answered, true) || h.refusesUDP() && !line.Pause(ctx, refill) || ctx.Err() != nil {
			break
		}
	}
	h.learn(func(f *evidence.Host) { f.UDPControl = &control })
	for i, p := range ports {
		if answered[i] {
			h.askDatagramAgain(ctx, p)
		}
		p.seen.BesideControl = !answered[i] && control.Answered() > 0
	}
}

// refusesUDP reports that the server itself has refused a UDP port.
func (h *host) refusesUDP() bool {
	return slices.ContainsFunc(h.ports, func(p *port) bool {
		if !p.isSettled() || p.want.Protocol != evidence.UDP {
			return false
		}
		best := p.seen.Best()
		return best != nil && best.ICMP != nil && best.ICMP.From == h.line.Addr
	})
}

// improbableUDP is a UDP port that hardly anything uses; 0 if all are excluded.
func (h *host) improbableUDP() uint16 {
	for range 100 {
		n := uint16(61000 + rand.IntN(4500))
		taken := slices.ContainsFunc(h.ports, func(p *port) bool { return p.want.Port == n })
		if !taken && (h.options.ExcludePort == nil || !h.options.ExcludePort(n, evidence.UDP)) {
			return n
		}
	}
	return 0
}

// askDatagramAgain is for a UDP port that has answered since.
func (h *host) askDatagramAgain(ctx context.Context, p *port) {
	silence := p.seen.Speech
	if p.seen.Speech = nil; !h.reask(ctx, p) {
		p.seen.Speech = silence
	}
}

// walkDatagrams follows a port's question, and compares: do routers behind its end answer for others?
func (h *host) walkDatagrams(ctx context.Context, p *port) {
	reference := h.snapshot().Reference
	w := h.tracer.Question(ctx, p.want.Port, h.question(p.want.Port), reference)
	if w.Distance() > 0 {
		if h.askDatagramAgain(ctx, p); p.seen.Answered() > 0 {
			return
		}
	}
	p.seen.Walk, p.seen.Place = w, evidence.PlaceOwn
	next := w.LastReply().TTL + 1
	if int(next) <= len(w.Hops) {
		w.Hops[next-1].Held = h.owes(ctx, next)
	}
	control := h.snapshot().UDPControl
	if control == nil || control.Answered() == 0 || reference.Distance() > 0 {
		return
	}
	beyond := h.tracer.Beyond(ctx, control.Port, h.question(control.Port), next-1, 2)
	h.learn(func(f *evidence.Host) { alsoWalked(f, beyond) })
}
