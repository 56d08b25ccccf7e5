package protocol

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
)

// radius asks for a server's state (RFC 5997, 3: Status-Server). The secret is unknown, so a healthy server is silent to it.
func radius() *Protocol {
	return &Protocol{Name: "radius", UDP: &Datagram{
		Ports: []uint16{1812, 1813, 1645, 1646}, Silent: true,
		Ask: func(nonce [16]byte, _ uint16) []byte {
			more := fresh()
			b := append([]byte{12, more[0], 0, 38}, nonce[:]...)
			b = append(append(b, 80, 18), make([]byte, 16)...)
			sum := hmac.New(md5.New, []byte("whyport"))
			sum.Write(b)
			return append(b[:22], sum.Sum(nil)...)
		},
		Read: func(reply, asked []byte) (a Answer, ok bool) {
			// Access-Accept, Access-Reject or Accounting-Response to our number.
			if len(reply) < 20 || !bytes.Contains([]byte{2, 3, 5}, reply[:1]) || reply[1] != asked[1] || be16(reply[2:]) != len(reply) {
				return a, false
			}
			return a, !bytes.Equal(reply[4:20], asked[4:20])
		},
	}}
}

// syslog has no answers at all (RFC 5426, 3.1); what is sent says what it is, since it is written down there (RFC 5424, 6).
func syslog() *Protocol {
	return &Protocol{Name: "syslog", UDP: &Datagram{
		Ports: []uint16{514}, Silent: true,
		Ask: func([16]byte, uint16) []byte {
			return []byte("<135>1 - - whyport - - - a test whether this port can be reached")
		},
		Read: func([]byte, []byte) (Answer, bool) { return Answer{}, false },
	}}
}
