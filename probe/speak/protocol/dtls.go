package protocol

import "strconv"

// dtls says a ClientHello without a cookie (RFC 6347, 4.2.1): a server answers with a HelloVerifyRequest and keeps nothing.
// The ports are those of TURN, CoAP, RD Gateway, SNMP, IPFIX and RADIUS.
func dtls() *Protocol {
	return &Protocol{Name: "dtls", UDP: &Datagram{
		Ports: []uint16{5349, 5684, 3391, 4433, 4740, 2083, 10161, 10162},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			more := fresh()
			extensions := "\x00\x0a\x00\x08\x00\x06\x00\x1d\x00\x17\x00\x18" + "\x00\x0b\x00\x02\x01\x00" + // groups, points
				"\x00\x0d\x00\x0e\x00\x0c\x04\x03\x05\x03\x08\x04\x08\x05\x04\x01\x05\x01" + "\xff\x01\x00\x01\x00" // signatures, RFC 5746
			suites := "\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30\xcc\xa9\xcc\xa8\xc0\x09\xc0\x13\xc0\x0a\xc0\x14\x00\x9c\x00\x2f\x00\x35\xc0\xa8\x00\xa8\x00\xae"
			hello := "\xfe\xfd" + string(nonce[:]) + string(more[:]) + "\x00\x00" + // no session, no cookie
				string(sized(2, []byte(suites))) + "\x01\x00" + string(sized(2, []byte(extensions)))
			n := string(sized(2, []byte(hello)))[:2]
			handshake := "\x01\x00" + n + "\x00\x00" + "\x00\x00\x00\x00" + n + hello
			return []byte("\x16\xfe\xff\x00\x00\x00\x00\x00\x00\x00\x00" + string(sized(2, []byte(handshake))))
		},
		Read: func(reply, _ []byte) (a Answer, ok bool) {
			if len(reply) < 15 || reply[1] != 0xfe || reply[2] != 0xff && reply[2] != 0xfd || be16(reply[3:]) != 0 ||
				be16(reply[11:]) > len(reply)-13 {
				return a, false
			}
			switch {
			case reply[0] == 22 && (reply[13] == 2 || reply[13] == 3): // ServerHello, HelloVerifyRequest
				return a, len(reply) >= 27 && be16(reply[20:]) == 0
			case reply[0] == 21 && be16(reply[11:]) == 2 && (reply[13] == 1 || reply[13] == 2):
				a.Code = "alert " + strconv.Itoa(int(reply[14]))
				return a, true
			}
			return a, false
		},
	}}
}
