package ask

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"net"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// askHas asks what the server's own system has on each port, where the listener tells it: inside TLS with the listener's own key, so
// that nobody on the way reads it.
func (a *asker) askHas(ctx context.Context) {
	var tried []uint16
	for _, way := range a.reaches {
		if way.kind == overUDP || slices.Contains(tried, way.port) {
			continue
		}
		if tried = append(tried, way.port); a.askHasAt(ctx, way.port) {
			return
		}
	}
}

// askHasAt reports whether the listener answered there, inside its own TLS.
func (a *asker) askHasAt(ctx context.Context, port uint16) bool {
	for ports := range slices.Chunk(a.ports, farend.MaxHas) {
		raw, conn := a.handshake(ctx, port)
		if conn == nil {
			return false
		}
		e := a.hasOf(ctx, raw, conn, ports)
		raw.Close()
		if e == nil {
			return false
		}
		for i := range e.answer.Has {
			h := &e.answer.Has[i]
			for _, p := range ports {
				if p.Port == h.Port && p.Protocol == h.Protocol {
					farOf(p).Has = &h.Has
				}
			}
		}
	}
	return true
}

func (a *asker) hasOf(ctx context.Context, raw net.Conn, conn *tls.Conn, ports []*evidence.Port) *exchange {
	if key, is := conn.ConnectionState().PeerCertificates[0].PublicKey.(ed25519.PublicKey); !is || !key.Equal(a.token.Key()) {
		return nil
	}
	return a.converse(ctx, conn, raw, &addition{ask: func(q *farend.Question) {
		q.Has = true
		for _, p := range ports {
			q.Ports = append(q.Ports, farend.PortAsked{Port: p.Port, Protocol: p.Protocol})
		}
	}})
}
