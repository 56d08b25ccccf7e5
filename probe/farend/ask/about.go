package ask

import (
	"context"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// Of a question about all ports: how many fit in a datagram's answer, and how much longer than the run packets are looked for.
const (
	portsInDatagram = 4
	slack           = 2 * time.Second
)

// askAbout asks on the best way that works what arrived at each port.
func (a *asker) askAbout(ctx context.Context) {
	for _, way := range a.reaches {
		step := len(a.ports)
		if way.kind == overUDP {
			step = portsInDatagram
		}
		answered := true
		for i := 0; i < len(a.ports) && answered; i += step {
			e := a.over(ctx, way, a.aboutPorts(a.ports[i:min(i+step, len(a.ports))]))
			if answered = e != nil; answered {
				a.keep(e.answer.Reports)
			}
		}
		if answered {
			return
		}
	}
}

func (a *asker) aboutPorts(ports []*evidence.Port) func(*farend.Question) {
	return func(q *farend.Question) {
		q.Since = (time.Since(a.begun) + slack).Milliseconds()
		for _, p := range ports {
			q.Ports = append(q.Ports, farend.PortAsked{Port: p.Port, Protocol: p.Protocol, Sources: sources(p)})
		}
	}
}

// sources are the ports that the run's packets to a port came from.
func sources(p *evidence.Port) (out []uint16) {
	for i := range p.Attempts {
		if s := p.Attempts[i].Source.Port(); s != 0 && len(out) < farend.MaxSources {
			out = append(out, s)
		}
	}
	return out
}

// over asks on one way.
func (a *asker) over(ctx context.Context, way reach, ask func(*farend.Question)) *exchange {
	switch way.kind {
	case overTCP:
		return a.plain(ctx, way.port, &addition{ask: ask})
	case overTLS:
		return a.inside(ctx, way.port, &addition{ask: ask})
	}
	return a.datagram(ctx, way.port, ask)
}

func (a *asker) keep(reports []farend.PortReport) {
	for i := range reports {
		r := &reports[i]
		for _, p := range a.ports {
			if p.Port == r.Port && p.Protocol == r.Protocol {
				farOf(p).Sight = &r.Sight
			}
		}
	}
}
