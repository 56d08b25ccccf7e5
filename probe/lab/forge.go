//go:build linux

package lab

import (
	"encoding/binary"
	"net/netip"
)

// Segment is what a forged TCP answer says.
type Segment struct {
	TTL     uint8 // as it leaves the device; 0 means 64
	Flags   uint8
	Window  uint16
	Payload []byte
}

// Reply forges the frame that answers a TCP segment in its receiver's name, ready for Inject at p.From.
func (p *Packet) Reply(s Segment) []byte {
	next := p.Seq + uint32(len(p.Payload))
	if p.Flags&FlagSYN != 0 {
		next++
	}
	seq := p.Ack // 0 in a SYN
	tcp := make([]byte, 20, 20+len(s.Payload))
	binary.BigEndian.PutUint16(tcp[0:], p.Dst.Port())
	binary.BigEndian.PutUint16(tcp[2:], p.Src.Port())
	binary.BigEndian.PutUint32(tcp[4:], seq)
	binary.BigEndian.PutUint32(tcp[8:], next)
	tcp[12] = 5 << 4
	tcp[13] = s.Flags
	binary.BigEndian.PutUint16(tcp[14:], s.Window)
	tcp = append(tcp, s.Payload...)
	binary.BigEndian.PutUint16(tcp[16:], checksum(pseudo(p.Dst.Addr(), p.Src.Addr(), ProtocolTCP, len(tcp)), tcp))
	return p.answer(p.Dst.Addr(), ProtocolTCP, s.TTL, tcp)
}

// ICMPError forges the frame of an ICMP error about the packet, of any type and code, from any address of the
// packet's family, ready for Inject at p.From. ttl 0 means 64.
func (p *Packet) ICMPError(from netip.Addr, kind, code, ttl uint8) []byte {
	quoted := p.Frame[p.ipStart:]
	quoted = quoted[:min(len(quoted), p.Length, 500)]
	icmp := append([]byte{kind, code, 0, 0, 0, 0, 0, 0}, quoted...)
	protocol, start := uint8(ProtocolICMP), uint32(0)
	if from.Is6() {
		protocol, start = ProtocolICMPv6, pseudo(from, p.Src.Addr(), ProtocolICMPv6, len(icmp))
	}
	binary.BigEndian.PutUint16(icmp[2:], checksum(start, icmp))
	return p.answer(from, protocol, ttl, icmp)
}

// answer wraps a payload in IP and Ethernet headers, back to where the packet came from.
func (p *Packet) answer(from netip.Addr, protocol, ttl uint8, payload []byte) []byte {
	if ttl == 0 {
		ttl = 64
	}
	var ip []byte
	if from.Is4() {
		ip = make([]byte, 20)
		ip[0], ip[6], ip[8], ip[9] = 0x45, 0x40, ttl, protocol
		binary.BigEndian.PutUint16(ip[2:], uint16(20+len(payload)))
	} else {
		ip = make([]byte, 8, 40)
		ip[0], ip[6], ip[7] = 0x60, protocol, ttl
		binary.BigEndian.PutUint16(ip[4:], uint16(len(payload)))
	}
	if from.Is4() {
		copy(ip[12:], from.AsSlice())
		copy(ip[16:], p.Src.Addr().AsSlice())
		binary.BigEndian.PutUint16(ip[10:], checksum(0, ip))
	} else {
		ip = append(append(ip, from.AsSlice()...), p.Src.Addr().AsSlice()...)
	}
	out := append([]byte{}, p.Frame[6:12]...) // to the sender,
	out = append(out, p.Frame[0:6]...)        // from whom it wrote to
	out = append(out, p.Frame[12:14]...)
	return append(append(out, ip...), payload...)
}

// pseudo sums the pseudo header of RFC 9293, 3.1, and RFC 8200, 8.1; the sum is the same for both.
func pseudo(src, dst netip.Addr, protocol uint8, length int) uint32 {
	return sum(uint32(protocol)+uint32(length), append(src.AsSlice(), dst.AsSlice()...))
}

func sum(start uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		start += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		start += uint32(b[0]) << 8
	}
	return start
}

// checksum is the Internet checksum (RFC 1071).
func checksum(start uint32, b []byte) uint16 {
	s := sum(start, b)
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}
