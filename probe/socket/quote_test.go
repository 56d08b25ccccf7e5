//go:build darwin || whyport_portable

package socket

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// quotation is the beginning of a packet as a router quotes it: the IP header and the two ports.
func quotation(protocol byte, from uint16, to netip.AddrPort, options int) []byte {
	var p []byte
	if to.Addr().Is4() {
		p = make([]byte, 20+options)
		p[0], p[9] = 0x45+byte(options/4), protocol
		copy(p[16:], to.Addr().AsSlice())
	} else {
		p = make([]byte, 40)
		p[0], p[6] = 0x60, protocol
		copy(p[24:], to.Addr().AsSlice())
	}
	p = binary.BigEndian.AppendUint16(p, from)
	return append(binary.BigEndian.AppendUint16(p, to.Port()), 0, 0, 0, 0)
}

func message(t *testing.T, kind icmp.Type, code int, body icmp.MessageBody) []byte {
	t.Helper()
	b, err := (&icmp.Message{Type: kind, Code: code, Body: body}).Marshal(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestQuotes(t *testing.T) {
	v4, v6 := netip.MustParseAddrPort("192.0.2.7:443"), netip.MustParseAddrPort("[2001:db8::7]:443")
	unreachable := func(q []byte) []byte {
		return message(t, ipv4.ICMPTypeDestinationUnreachable, 13, &icmp.DstUnreach{Data: q})
	}
	unreachable6 := func(q []byte) []byte {
		return message(t, ipv6.ICMPTypeDestinationUnreachable, 4, &icmp.DstUnreach{Data: q})
	}
	for _, c := range []struct {
		name       string
		packet     []byte
		to         netip.AddrPort
		kind, code uint8 // 0: not ours
	}{
		{"prohibited", unreachable(quotation(6, 5000, v4, 0)), v4, 3, 13},
		{"datagram, behind IP options", unreachable(quotation(17, 5000, v4, 8)), v4, 3, 13},
		{"time exceeded", message(t, ipv4.ICMPTypeTimeExceeded, 0, &icmp.TimeExceeded{Data: quotation(6, 5000, v4, 0)}), v4, 11, 0},
		{"parameter problem", message(t, ipv4.ICMPTypeParameterProblem, 0, &icmp.ParamProb{Data: quotation(6, 5000, v4, 0)}), v4, 12, 0},
		{"IPv6", unreachable6(quotation(6, 5000, v6, 0)), v6, 1, 4},
		{"IPv6 with a zone", unreachable6(quotation(6, 5000, netip.MustParseAddrPort("[fe80::7]:443"), 0)),
			netip.MustParseAddrPort("[fe80::7%1]:443"), 1, 4},
		{"other source port", unreachable(quotation(6, 5001, v4, 0)), v4, 0, 0},
		{"other destination port", unreachable(quotation(6, 5000, netip.AddrPortFrom(v4.Addr(), 80), 0)), v4, 0, 0},
		{"other address", unreachable(quotation(6, 5000, netip.MustParseAddrPort("192.0.2.8:443"), 0)), v4, 0, 0},
		{"other protocol", unreachable(quotation(1, 5000, v4, 0)), v4, 0, 0},
		{"ports cut off", unreachable(quotation(6, 5000, v4, 0)[:21]), v4, 0, 0},
		{"a header longer than the packet", unreachable(append([]byte{0x4f}, quotation(6, 5000, v4, 0)[1:]...)), v4, 0, 0},
		{"echo", message(t, ipv4.ICMPTypeEcho, 0, &icmp.Echo{Data: quotation(6, 5000, v4, 0)}), v4, 0, 0},
		{"nothing", nil, v4, 0, 0},
	} {
		e := quotes(c.packet, 5000, c.to)
		switch {
		case e == nil && c.kind == 0:
		case e == nil || e.Type != c.kind || e.Code != c.code:
			t.Errorf("%s: %+v, want %d/%d", c.name, e, c.kind, c.code)
		}
	}
}

func FuzzQuotes(f *testing.F) {
	to := netip.MustParseAddrPort("192.0.2.7:443")
	f.Add(append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, quotation(6, 5000, to, 0)...))
	f.Fuzz(func(t *testing.T, packet []byte) {
		if e := quotes(packet, 5000, to); e != nil && len(packet) < 32 {
			t.Errorf("%+v out of %d bytes", e, len(packet))
		}
	})
}
