package ask

import (
	"context"
	"crypto/tls"
	"net"

	"whyport/probe/socket"
)

// inside asks something in TLS.
func (c *caller) inside(ctx context.Context, port uint16, more *addition) *exchange {
	raw, conn := c.handshake(ctx, port)
	if conn == nil {
		return nil
	}
	defer raw.Close()
	return c.converse(ctx, conn, raw, more)
}

// handshake is with whoever answers: nothing secret is said inside, and the key is compared.
func (c *caller) handshake(ctx context.Context, port uint16) (net.Conn, *tls.Conn) {
	raw := c.dial(ctx, socket.Request{}, port)
	if raw == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, ServerName: c.name})
	if conn.HandshakeContext(ctx) != nil {
		raw.Close()
		return nil, nil
	}
	return raw, conn
}
