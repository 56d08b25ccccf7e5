package listen

import (
	"context"
	"net/netip"
	"time"

	"whyport/probe/farend"
)

// maxSince is how long ago a run may have begun that packets are asked about.
const maxSince = 30 * time.Minute

// answer is what a client with the token is told.
func (l *Listener) answer(ctx context.Context, q *farend.Question, at Port, source, local netip.AddrPort) *farend.Answer {
	l.proven.Store(source.Addr(), true)
	now := time.Now()
	a := &farend.Answer{At: now.UTC(), Source: source, Local: local}
	if q.Has && l.options.Peer {
		a.Has = l.has(ctx, q.Ports)
		return a
	}
	since := now.Add(-min(max(0, time.Duration(q.Since)*time.Millisecond), maxSince))
	for _, asked := range q.Ports {
		p := Port{asked.Port, asked.Protocol}
		if !l.sees(p) {
			continue
		}
		s := l.book.sight(asked, source.Addr(), since, string(q.Run))
		s.Held, s.Captured = l.held[p], l.captures != nil && asked.Protocol == "tcp"
		a.Reports = append(a.Reports, farend.PortReport{Port: p.Port, Protocol: p.Protocol, Sight: s})
	}
	if q.Back != 0 {
		a.Back = l.back(ctx, netip.AddrPortFrom(source.Addr(), q.Back))
	}
	return a
}
