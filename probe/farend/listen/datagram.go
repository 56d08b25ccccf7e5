package listen

import (
	"bytes"
	"context"
	"net"
	"time"

	"whyport/probe/evidence"
)

// receive answers datagrams of clients with the token, never with more bytes than they sent; others get nothing.
func (l *Listener) receive(ctx context.Context, c *net.UDPConn) {
	local := addrPort(c.LocalAddr())
	p := Port{local.Port(), evidence.UDP}
	buf := make([]byte, 64<<10)
	for {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if ctx.Err() != nil {
			return
		}
		source := unmapped(from)
		if err != nil { // an ICMP error to an answer, on some systems
			time.Sleep(time.Millisecond)
			continue
		}
		if !l.limits.allow(source.Addr()) {
			continue
		}
		q, err := l.options.Token.ReadQuestion(bytes.NewReader(buf[:n]))
		if err != nil || !l.nonces.fresh(q.Nonce) {
			l.tell(Event{How: Datagram, Port: p.Port, Protocol: p.Protocol, Source: source, Local: local})
			continue
		}
		l.book.note(p, source, mark{syn: true, run: string(q.Run)})
		l.tell(Event{How: SaidToken, Port: p.Port, Protocol: p.Protocol, Source: source, Local: local})
		q.Back, q.Has = 0, false // a datagram's source address may be forged, and its answer is no larger than the question
		a := l.answer(ctx, q, p, source, local)
		frame := l.options.Token.Answer(a, q.Nonce)
		for len(frame) > n && len(a.Reports) > 0 {
			a.Reports = a.Reports[:len(a.Reports)-1]
			frame = l.options.Token.Answer(a, q.Nonce)
		}
		if len(frame) > n {
			continue
		}
		if _, err := c.WriteToUDPAddrPort(frame, from); err == nil {
			l.book.note(p, source, mark{answered: true, run: string(q.Run)})
		}
	}
}
