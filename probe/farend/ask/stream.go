package ask

import (
	"context"
	"crypto/ed25519"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// askStream asks on an open port: in plain, in TLS and in a request.
func (a *asker) askStream(ctx context.Context, p *evidence.Port) {
	if e := a.plain(ctx, p.Port, a.bait(p)); e != nil {
		a.proved(p, overTCP, e)
		a.request(ctx, p)
	}
	a.encrypted(ctx, p)
}

// bait is made for each connection, since it has its address.
func (a *asker) bait(p *evidence.Port) *addition {
	more := &addition{}
	more.ask = func(q *farend.Question) { more.lines, q.Bait = farend.Bait(q.Own) }
	more.read = func(lines []string, e *exchange) {
		for _, c := range farend.Changed(lines, e.answer.Arrived) {
			farOf(p).Changed = append(farOf(p).Changed, evidence.ChangeSeen{Sent: c[0], Arrived: c[1]})
		}
	}
	return more
}

// encrypted asks inside TLS: is the certificate the listener's, whose key follows from the token? Who opens TLS on the way
// has another.
func (a *asker) encrypted(ctx context.Context, p *evidence.Port) {
	raw, conn := a.handshake(ctx, p.Port)
	if conn == nil {
		return
	}
	defer raw.Close()
	leaf := conn.ConnectionState().PeerCertificates[0]
	key, is := leaf.PublicKey.(ed25519.PublicKey)
	intact := is && key.Equal(a.token.Key())
	e := a.converse(ctx, conn, raw, nil)
	a.mu.Lock()
	switch {
	case intact:
		farOf(p).TLS = evidence.FarTLSIntact
	case e != nil:
		farOf(p).TLS, farOf(p).Issuer = evidence.FarTLSOpened, leaf.Issuer.String()
	case p.FarEnd != nil: // who answers in plain is the listener
		farOf(p).TLS, farOf(p).Issuer = evidence.FarTLSOther, leaf.Issuer.String()
	}
	a.mu.Unlock()
	if e != nil {
		a.proved(p, overTLS, e)
	}
}

// askDatagram asks a UDP port.
func (a *asker) askDatagram(ctx context.Context, p *evidence.Port) {
	if e := a.datagram(ctx, p.Port, nil); e != nil {
		p.Attempts = []evidence.Attempt{e.attempt} // the questions before were of a protocol that a listener does not speak
		a.proved(p, overUDP, e)
	}
}
