package listen

import (
	"bufio"
	"net"
	"net/netip"

	"whyport/probe/evidence"
)

// guest is one connection.
type guest struct {
	conn          net.Conn
	source, local netip.AddrPort
	reader        *bufio.Reader
	inside        bool // of TLS
}

func newGuest(conn net.Conn) *guest {
	return &guest{conn: conn, source: addrPort(conn.RemoteAddr()), local: addrPort(conn.LocalAddr()), reader: bufio.NewReader(conn)}
}

func addrPort(a net.Addr) netip.AddrPort {
	var at netip.AddrPort
	switch a := a.(type) {
	case *net.TCPAddr:
		at = a.AddrPort()
	case *net.UDPAddr:
		at = a.AddrPort()
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

func (g *guest) port() Port { return Port{g.local.Port(), evidence.TCP} }

func (l *Listener) arrived(g *guest, how string) {
	if g.inside && how != SaidToken {
		return // was told
	}
	l.tell(Event{How: how, Port: g.local.Port(), Protocol: evidence.TCP, Source: g.source, Local: g.local})
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }
