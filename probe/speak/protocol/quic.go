package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// quic offers a version that nobody has, so that a server says which it has (RFC 9000, 6; RFC 8999, 5 and 6). A datagram of
// 1200 bytes is what a first one must be (RFC 9000, 14.1).
func quic() *Protocol {
	return &Protocol{Name: "quic", UDP: &Datagram{
		Ports: []uint16{443, 7844, 8443},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			b := append([]byte{0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8}, nonce[:8]...)
			b = append(append(b, 8), nonce[8:]...)
			return append(b, make([]byte, 1200-len(b))...)
		},
		Read: func(reply, asked []byte) (a Answer, ok bool) {
			// Version 0; our two numbers the other way round; versions of four bytes each.
			if len(reply) < 27 || reply[0]&0x80 == 0 || be32(reply[1:]) != 0 || reply[5] != 8 || reply[14] != 8 || (len(reply)-23)%4 != 0 ||
				!bytes.Equal(reply[6:14], asked[15:23]) || !bytes.Equal(reply[15:23], asked[6:14]) {
				return a, false
			}
			a.Product = quicVersions(reply[23:])
			return a, true
		},
	}}
}

// quicVersions by their numbers (RFC 9000, RFC 9369, drafts); those that only exercise negotiation are left out.
func quicVersions(list []byte) string {
	var names []string
	for ; len(list) >= 4 && len(names) < 4; list = list[4:] {
		switch v := binary.BigEndian.Uint32(list); {
		case v&0x0f0f0f0f == 0x0a0a0a0a:
		case v == 1:
			names = append(names, "1")
		case v == 0x6b3343cf:
			names = append(names, "2")
		case v>>8 == 0xff0000:
			names = append(names, fmt.Sprintf("draft %d", v&0xff))
		case printable(list[:4]):
			names = append(names, string(list[:4]))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "QUIC " + strings.Join(names, ", ")
}
