package proxy

import (
	"context"
	"net"
	"time"

	"whyport/probe/evidence"
)

// Connect asks for a connection. It is nil unless the outcome is evidence.ProxyConnected; the caller closes it.
func Connect(ctx context.Context, r Request) (*evidence.Proxied, net.Conn) {
	began := time.Now()
	a := &asking{
		Request: r,
		end:     began.Add(r.Timeout),
		seen:    &evidence.Proxied{Proxy: r.Server.String(), From: r.Server.From, Asked: r.asked(), Named: r.named()},
	}
	var conn net.Conn
	switch r.Server.Kind {
	case SOCKS4, SOCKS4A:
		conn = a.socks4(ctx)
	case SOCKS5, SOCKS5H:
		conn = a.socks5(ctx)
	default:
		conn = a.tunnel(ctx)
	}
	a.seen.Elapsed = time.Since(began)
	return a.seen, conn
}
