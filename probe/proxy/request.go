package proxy

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// Request is a connection to ask a proxy for.
type Request struct {
	Server Server
	Host   string     // asked for by name, where the proxy resolves names
	Addr   netip.Addr // asked for by address otherwise
	Port   uint16
	// Dial makes a connection to the proxy; Connect closes it unless it hands it back.
	Dial    func(context.Context) (net.Conn, error)
	Timeout time.Duration // for everything
	// TunnelOnly: where a proxy makes no tunnel, no ordinary request is tried.
	TunnelOnly bool
	Roots      *x509.CertPool // that an https proxy's certificate is held against; nil: the system's
}

// maxReply is read of one answer, with its page.
const maxReply = 64 << 10

func (r Request) named() bool { return !r.Addr.IsValid() || r.Server.ResolvesNames() && r.Host != "" }

// asked is host:port as the proxy is told.
func (r Request) asked() string {
	host := r.Host
	if !r.named() {
		host = r.Addr.WithZone("").String()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(r.Port)))
}

// destination is what a SOCKS request names: an address, or a name.
func (r Request) destination() (name string, addr netip.Addr) {
	if r.named() {
		if a, err := netip.ParseAddr(r.Host); err == nil {
			return "", a.WithZone("").Unmap()
		}
		return r.Host, netip.Addr{}
	}
	return "", r.Addr.WithZone("").Unmap()
}
