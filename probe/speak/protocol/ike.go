package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// ike sends the header of an IKEv2 SA_INIT without payloads (RFC 7296, 3.1), with a SPI of its own each time: it is
// answered with a notification, if at all.
func ike() *Protocol {
	return &Protocol{Name: "ike", UDP: &Datagram{
		Ports: []uint16{500, 4500},
		Ask: func(nonce [16]byte, port uint16) []byte {
			ask := append(nonce[:8:8], make([]byte, 8)...)
			ask[0] |= 1 // a SPI is never 0
			ask = append(ask, 0, 0x20, 34, 0x08, 0, 0, 0, 0, 0, 0, 0, 28)
			if port == 4500 {
				return append(make([]byte, 4), ask...) // non-ESP marker (RFC 3948, 2.2)
			}
			return ask
		},
		Read: readIKE,
	}}
}

func readIKE(reply, asked []byte) (a Answer, ok bool) {
	if len(asked) > 28 {
		if len(reply) < 4 || !bytes.Equal(reply[:4], asked[:4]) {
			return a, false
		}
		reply, asked = reply[4:], asked[4:]
	}
	if len(reply) < 28 || !bytes.Equal(reply[:8], asked[:8]) || bytes.Equal(reply, asked) || int(be32(reply[24:])) != len(reply) {
		return a, false
	}
	major := reply[17] >> 4
	if major != 1 && major != 2 {
		return a, false
	}
	if zero := be32(reply[8:])|be32(reply[12:]) == 0; major == 2 && reply[19]&0x20 == 0 || major == 1 && zero && reply[16] == 0 {
		return a, false // not a response, nor anything that says something
	}
	a.Product = "IKEv" + strconv.Itoa(int(major))
	if reply[16] == 41 && len(reply) >= 36 { // a notification (section 3.10)
		a.Code = notification(binary.BigEndian.Uint16(reply[34:]))
	}
	return a, true
}

// notification is a message type by its name in RFC 7296 section 3.10.1.
func notification(kind uint16) string {
	switch kind {
	case 5:
		return "INVALID_MAJOR_VERSION"
	case 7:
		return "INVALID_SYNTAX"
	case 14:
		return "NO_PROPOSAL_CHOSEN"
	case 16390:
		return "COOKIE"
	}
	return "notification " + strconv.Itoa(int(kind))
}
