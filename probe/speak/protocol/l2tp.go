package protocol

import (
	"bytes"
	"strings"
)

// l2tp asks for a control connection (RFC 2661, 6.1: SCCRQ), which nobody signs in to.
func l2tp() *Protocol {
	return &Protocol{Name: "l2tp", UDP: &Datagram{
		Ports: []uint16{1701},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			avp := func(kind byte, value string) string {
				return string([]byte{0x80, byte(6 + len(value)), 0, 0, 0, kind}) + value
			}
			avps := avp(0, "\x00\x01") + avp(2, "\x01\x00") + avp(3, "\x00\x00\x00\x03") + avp(7, "whyport") +
				avp(9, string([]byte{nonce[0], nonce[1] | 1})) + avp(10, "\x00\x04")
			return append([]byte{0xc8, 2, 0, byte(12 + len(avps)), 0, 0, 0, 0, 0, 0, 0, 0}, avps...)
		},
		Read: readL2TP,
	}}
}

// readL2TP takes SCCRP or StopCCN to the tunnel that we named; an attribute has its length in ten bits (section 4.1).
func readL2TP(reply, asked []byte) (a Answer, ok bool) {
	tunnel := asked[bytes.Index(asked, []byte("\x00\x00\x00\x09"))+4:][:2]
	if len(reply) < 20 || reply[0]&0xc8 != 0xc8 || reply[1]&15 != 2 || be16(reply[2:]) > len(reply) || !bytes.Equal(reply[4:6], tunnel) ||
		be16(reply[14:]) != 0 || be16(reply[16:]) != 0 {
		return a, false
	}
	for rest := reply[12:]; len(rest) >= 6; {
		n := be16(rest) & 0x3ff
		if n < 6 || n > len(rest) {
			break
		}
		value := rest[6:n]
		switch be16(rest[4:]) {
		case 0:
			if len(value) != 2 || value[0] != 0 || value[1] != 2 && value[1] != 4 {
				return a, false
			}
			ok = true
			if value[1] == 4 {
				a.Code, a.Refused = "StopCCN", true
			}
		case 8:
			if printable(value) {
				a.Product = strings.TrimSpace(string(value))
			}
		}
		rest = rest[n:]
	}
	return a, ok
}
