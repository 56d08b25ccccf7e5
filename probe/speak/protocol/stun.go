package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// stun sends a binding request (RFC 8489, 5). The ports are those of TURN relays, Teams and Google Meet.
func stun() *Protocol {
	return &Protocol{Name: "stun", UDP: &Datagram{
		Ports: []uint16{3478, 3479, 3480, 3481, 19302, 19303, 19304, 19305, 19306, 19307, 19308, 19309},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, nonce[:12]...)
		},
		Read: readSTUN,
	}}
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
		}
		rest = rest[4+min((n+3)&^3, len(rest)-4):]
	}
	return a, true
}
