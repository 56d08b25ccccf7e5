//go:build darwin || whyport_portable

package socket

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/net/icmp"

	"whyport/probe/evidence"
)

// quotes is the type and code of an ICMP error whose quoted packet was sent from the port to the destination;
// nil for everything else. Packet starts with the ICMP header (RFC 792, RFC 4443).
func quotes(packet []byte, port uint16, to netip.AddrPort) *evidence.ICMP {
	protocol := 58
	if to.Addr().Is4() {
		protocol = 1
	}
	m, err := icmp.ParseMessage(protocol, packet)
	if err != nil {
		return nil
	}
	var quoted []byte
	switch body := m.Body.(type) {
	case *icmp.DstUnreach:
		quoted = body.Data
	case *icmp.TimeExceeded:
		quoted = body.Data
	case *icmp.ParamProb: // a device's refusal, too
		quoted = body.Data
	default:
		return nil
	}
	destination, transport := split(quoted)
	if len(transport) < 4 || destination != to.Addr().WithZone("") ||
		binary.BigEndian.Uint16(transport) != port || binary.BigEndian.Uint16(transport[2:]) != to.Port() {
		return nil
	}
	return &evidence.ICMP{Type: packet[0], Code: packet[1]}
}

// split takes a quoted TCP or UDP packet apart; both headers begin with the two ports. A packet with IPv6
// extension headers is not ours.
func split(p []byte) (destination netip.Addr, transport []byte) {
	const tcp, udp = 6, 17
	switch {
	case len(p) >= 20 && p[0]>>4 == 4:
		size := int(p[0]&0x0f) * 4
		if size < 20 || size > len(p) || p[9] != tcp && p[9] != udp {
			return netip.Addr{}, nil
		}
		return netip.AddrFrom4([4]byte(p[16:20])), p[size:]
	case len(p) >= 40 && p[0]>>4 == 6 && (p[6] == tcp || p[6] == udp):
		return netip.AddrFrom16([16]byte(p[24:40])), p[40:]
	}
	return netip.Addr{}, nil
}
