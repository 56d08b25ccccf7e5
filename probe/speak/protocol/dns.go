package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// dns asks who serves the root (RFC 1035, 4): a question that every resolver answers from memory.
func dns() *Protocol {
	udp := &Datagram{
		Ports: []uint16{53},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return append(nonce[:2:2], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1)
		},
		Read: func(reply, asked []byte) (Answer, bool) {
			if !dnsReply(reply) || !bytes.Equal(reply[:2], asked[:2]) {
				return Answer{}, false
			}
			code := reply[3] & 15
			return Answer{Code: dnsCode(code), Refused: code == 2 || code == 5}, true
		},
	}
	// Over TCP and TLS a length comes first (RFC 1035, 4.2.2; RFC 7858, 3.3).
	return &Protocol{Name: "dns", Ports: []uint16{53}, Secure: []uint16{853}, Ask: udp.overTCP(2), UDP: udp}
}

// mdns asks a responder for the kinds of service that it has (RFC 6762, 6.7; RFC 6763, 9). It may leave the number out.
func mdns() *Protocol {
	return &Protocol{Name: "mdns", UDP: &Datagram{
		Ports: []uint16{5353},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			ask := append(nonce[:2:2], 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
			return append(ask, "\x09_services\x07_dns-sd\x04_udp\x05local\x00\x00\x0c\x00\x01"...)
		},
		Read: func(reply, asked []byte) (Answer, bool) {
			if !dnsReply(reply) {
				return Answer{}, false
			}
			id := binary.BigEndian.Uint16(reply)
			return Answer{}, id == 0 || id == binary.BigEndian.Uint16(asked)
		},
	}}
}

// dnsReply reports whether a message is a response with no more questions than were asked.
func dnsReply(b []byte) bool {
	return len(b) >= 12 && b[2]&0x80 != 0 && b[2]&0x78 == 0 && binary.BigEndian.Uint16(b[4:]) <= 1
}

// dnsCode is a response code by its name in IANA's registry; "" for NOERROR.
func dnsCode(code byte) string {
	names := []string{"", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"}
	if int(code) < len(names) {
		return names[code]
	}
	return "RCODE " + strconv.Itoa(int(code))
}
