//go:build darwin || whyport_portable

package socket

import (
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"whyport/probe/evidence"
)

// errorListener reads the ICMP errors that the computer receives and picks the one that quotes a given socket.
// Without a socket (conn is nil) it has heard nothing, and is not sure of it.
type errorListener struct {
	conn *icmp.PacketConn
	to   netip.AddrPort
}

func listenOn(network, address string, to netip.AddrPort) errorListener {
	c, err := icmp.ListenPacket(network, address)
	if err != nil {
		return errorListener{}
	}
	if p := c.IPv4PacketConn(); p != nil {
		p.SetControlMessage(ipv4.FlagTTL, true)
	} else {
		c.IPv6PacketConn().SetControlMessage(ipv6.FlagHopLimit, true)
	}
	return errorListener{c, to}
}

// lag is how long an ICMP error may reach the listener after the socket that it ended.
const lag = 20 * time.Millisecond

// heard is the error that quotes h's source port and the destination. It is sure that there was none if it
// could listen and knew the port.
func (l errorListener) heard(h handle) (found *evidence.ICMP, sure bool) {
	port := h.source().Port()
	if l.conn == nil || port == 0 {
		return nil, false
	}
	buf := make([]byte, 1500)
	for l.conn.SetReadDeadline(time.Now().Add(lag)) == nil {
		n, ttl, from, err := l.read(buf)
		if err != nil {
			break
		}
		if e := quotes(buf[:n], port, l.to); e != nil {
			e.From, e.TTL = from, ttl
			return e, true
		}
	}
	return nil, true
}

func (l errorListener) read(buf []byte) (n int, ttl uint8, from netip.Addr, err error) {
	var src net.Addr
	if p := l.conn.IPv4PacketConn(); p != nil {
		var cm *ipv4.ControlMessage
		if n, cm, src, err = p.ReadFrom(buf); cm != nil {
			ttl = uint8(cm.TTL)
		}
	} else {
		var cm *ipv6.ControlMessage
		if n, cm, src, err = l.conn.IPv6PacketConn().ReadFrom(buf); cm != nil {
			ttl = uint8(cm.HopLimit)
		}
	}
	switch src := src.(type) {
	case *net.UDPAddr:
		from = src.AddrPort().Addr().Unmap()
	case *net.IPAddr:
		from, _ = netip.AddrFromSlice(src.IP)
		from = from.Unmap().WithZone(src.Zone)
	}
	return n, ttl, from, err
}

func (l errorListener) close() {
	if l.conn != nil {
		l.conn.Close()
	}
}
