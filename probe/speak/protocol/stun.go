package protocol

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
)

// stun sends a binding request (RFC 8489, 5). The ports are those of TURN relays, Teams, Google Meet and Zoom.
// Over TCP and TLS the same message stands alone (section 6.2.2).
func stun() *Protocol {
	udp := &Datagram{
		Ports: []uint16{3478, 3479, 3480, 3481, 19302, 19303, 19304, 19305, 19306, 19307, 19308, 19309,
			8801, 8802, 8803, 8804, 8805, 8806, 8807, 8808, 8809, 8810},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, nonce[:12]...)
		},
		Read: readSTUN,
	}
	return &Protocol{
		Name: "stun", Ports: []uint16{3478}, Secure: []uint16{5349}, UDP: udp,
		Ask: func(d *Dialogue) Answer {
			asked := udp.Ask(fresh(), d.Port)
			head, err := d.exchange(asked, 20)
			if err != nil || !bytes.Equal(head[4:20], asked[4:20]) {
				return Answer{}
			}
			rest, err := d.read(be16(head[2:]))
			if err != nil {
				return Answer{}
			}
			a, ok := readSTUN(append(head, rest...), asked)
			a.Spoken = ok
			return a
		},
	}
}

func readSTUN(reply, asked []byte) (a Answer, ok bool) {
	if len(reply) < 20 || !bytes.Equal(reply[4:20], asked[4:20]) {
		return a, false
	}
	switch binary.BigEndian.Uint16(reply) {
	case 0x0101:
	case 0x0111:
		a.Refused = true
	default:
		return a, false
	}
	for rest := reply[20:]; len(rest) >= 4; { // attributes (section 14), each filled up to four bytes
		kind, n := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		if n > len(rest)-4 {
			break
		}
		value := rest[4 : 4+n]
		switch {
		case kind == 0x8022 && printable(value):
			a.Product = string(value)
		case kind == 0x0009 && n >= 4:
			a.Code = strconv.Itoa(int(value[2]&7)*100 + int(value[3]))
		case kind == 0x0020:
			a.Seen = mappedAddress(value, reply[4:20])
		case kind == 0x0001 && !a.Seen.IsValid(): // of servers that know RFC 3489 only
			a.Seen = mappedAddress(value, make([]byte, 16))
		}
		rest = rest[4+min((n+3)&^3, len(rest)-4):]
	}
	return a, true
}

// mappedAddress is MAPPED-ADDRESS, or XOR-MAPPED-ADDRESS with what it is mixed with (RFC 8489, 14.1 and 14.2).
func mappedAddress(value, mix []byte) netip.AddrPort {
	if len(value) != 8 && len(value) != 20 || value[1] != map[int]byte{8: 1, 20: 2}[len(value)] {
		return netip.AddrPort{}
	}
	plain := make([]byte, len(value)-4)
	for i, b := range value[4:] {
		plain[i] = b ^ mix[i]
	}
	addr, _ := netip.AddrFromSlice(plain)
	return netip.AddrPortFrom(addr, uint16(be16(value[2:])^be16(mix)))
}
