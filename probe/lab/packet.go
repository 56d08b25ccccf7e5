//go:build linux

package lab

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// Packet is one Ethernet frame as it entered a wire. Of what is not TCP, UDP or ICMP over IP only the first
// group of fields is set; of an extension header or fragment the parser knows nothing.
type Packet struct {
	Time     time.Time
	From, To string // nodes: who put it on the wire, and at whose end it arrives
	Frame    []byte

	Protocol         uint8 // ProtocolTCP ...; 0: not IP (ARP, for example)
	Src, Dst         netip.AddrPort
	TTL              uint8 // or hop limit, on this wire
	Length           int   // of the IP packet
	Flags            uint8 // TCP
	Seq, Ack         uint32
	Window           uint16
	ICMPType         uint8
	ICMPCode         uint8
	Payload          []byte // of TCP or UDP; of ICMP what follows the first 8 bytes
	ipStart, ipBytes int
}

// Protocols and TCP flags.
const (
	ProtocolICMP   = 1
	ProtocolTCP    = 6
	ProtocolUDP    = 17
	ProtocolICMPv6 = 58

	FlagFIN = 1
	FlagSYN = 2
	FlagRST = 4
	FlagPSH = 8
	FlagACK = 16
)

const ethernetHeader = 14

// parse reads what it can; a short or strange frame just has fewer fields.
func parse(data []byte, from, to string) *Packet {
	p := &Packet{Time: time.Now(), From: from, To: to, Frame: data, ipStart: ethernetHeader}
	if len(data) < ethernetHeader+20 {
		return p
	}
	ip := data[ethernetHeader:]
	var src, dst netip.Addr
	switch binary.BigEndian.Uint16(data[12:]) {
	case 0x0800:
		header := int(ip[0]&15) * 4
		length := int(binary.BigEndian.Uint16(ip[2:]))
		if header < 20 || length < header || length > len(ip) {
			return p
		}
		p.Protocol, p.TTL, p.Length, p.ipBytes = ip[9], ip[8], length, header
		src, dst = netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
	case 0x86dd:
		if len(ip) < 40 || 40+int(binary.BigEndian.Uint16(ip[4:])) > len(ip) {
			return p
		}
		p.Protocol, p.TTL, p.Length, p.ipBytes = ip[6], ip[7], 40+int(binary.BigEndian.Uint16(ip[4:])), 40
		src, dst = netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40]))
	default:
		return p
	}
	p.transport(src, dst, ip[p.ipBytes:p.Length])
	return p
}

func (p *Packet) transport(src, dst netip.Addr, b []byte) {
	p.Src, p.Dst = netip.AddrPortFrom(src, 0), netip.AddrPortFrom(dst, 0)
	if len(b) < 8 {
		return
	}
	if p.Protocol == ProtocolTCP || p.Protocol == ProtocolUDP {
		p.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b))
		p.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:]))
	}
	switch p.Protocol {
	case ProtocolUDP:
		p.Payload = b[8:]
	case ProtocolICMP, ProtocolICMPv6:
		p.ICMPType, p.ICMPCode, p.Payload = b[0], b[1], b[8:]
	case ProtocolTCP:
		if len(b) < 20 {
			return
		}
		p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
		p.Flags, p.Window = b[13], binary.BigEndian.Uint16(b[14:])
		if header := int(b[12]>>4) * 4; header >= 20 && header <= len(b) {
			p.Payload = b[header:]
		}
	}
}

// Match is a condition on packets.
type Match func(*Packet) bool

func (p *Packet) is(conditions []Match) bool {
	for _, c := range conditions {
		if !c(p) {
			return false
		}
	}
	return true
}

// TCP matches TCP segments.
func TCP(p *Packet) bool { return p.Protocol == ProtocolTCP }

// UDP matches UDP datagrams.
func UDP(p *Packet) bool { return p.Protocol == ProtocolUDP }

// SYN matches the first segment of a connection, not the server's SYN-ACK.
func SYN(p *Packet) bool { return TCP(p) && p.Flags&(FlagSYN|FlagACK) == FlagSYN }

// SYNACK matches a server's answer to a SYN.
func SYNACK(p *Packet) bool { return TCP(p) && p.Flags&(FlagSYN|FlagACK) == FlagSYN|FlagACK }

// RST matches resets.
func RST(p *Packet) bool { return TCP(p) && p.Flags&FlagRST != 0 }

// Data matches TCP segments and UDP datagrams that carry something.
func Data(p *Packet) bool { return (TCP(p) || UDP(p)) && len(p.Payload) > 0 }

// ICMPError matches unreachable, time exceeded and the like, not echoes or neighbour discovery.
func ICMPError(p *Packet) bool {
	return p.Protocol == ProtocolICMP && slices.Contains([]uint8{3, 11, 12}, p.ICMPType) ||
		p.Protocol == ProtocolICMPv6 && p.ICMPType >= 1 && p.ICMPType < 128
}

// Port matches TCP and UDP to one of the ports.
func Port(ports ...uint16) Match {
	return func(p *Packet) bool { return (TCP(p) || UDP(p)) && slices.Contains(ports, p.Dst.Port()) }
}

// From matches what a node put on the wire: the direction.
func From(node string) Match { return func(p *Packet) bool { return p.From == node } }

// To matches packets to an address.
func To(a netip.Addr) Match { return func(p *Packet) bool { return p.Dst.Addr() == a } }

// IPv4 matches IPv4 packets.
func IPv4(p *Packet) bool { return p.Dst.Addr().Is4() }

// IPv6 matches IPv6 packets.
func IPv6(p *Packet) bool { return p.Dst.Addr().Is6() }

// LongerThan matches IP packets of more bytes: dropping them makes a path MTU black hole.
func LongerThan(bytes int) Match { return func(p *Packet) bool { return p.Length > bytes } }
