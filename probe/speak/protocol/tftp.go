package protocol

import (
	"bytes"
	"strconv"
)

// tftp asks for a file that is hardly there (RFC 1350, 5): an error is as good an answer as data. It comes from a port
// of its own.
func tftp() *Protocol {
	return &Protocol{Name: "tftp", UDP: &Datagram{
		Ports: []uint16{69}, AnyPort: true,
		Ask: func([16]byte, uint16) []byte { return []byte("\x00\x01whyport\x00octet\x00") },
		Read: func(reply, _ []byte) (a Answer, ok bool) {
			if len(reply) < 4 || reply[0] != 0 {
				return a, false
			}
			switch reply[1] {
			case 3: // DATA, its first block
				return a, reply[2] == 0 && reply[3] == 1
			case 6: // OACK (RFC 2347)
				return a, true
			case 5:
				text, _, ended := bytes.Cut(reply[4:], []byte{0})
				a.Code = "error " + strconv.Itoa(int(reply[2])<<8|int(reply[3]))
				return a, ended && printable(text)
			}
			return a, false
		},
	}}
}
