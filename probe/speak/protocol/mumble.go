package protocol

import (
	"bytes"
	"fmt"
)

// mumble greets inside TLS with its version (Mumble's protocol documentation, "Establishing a connection": message 0 with
// its length); over UDP it answers a ping with version, users and bandwidth ("UDP ping").
func mumble() *Protocol {
	return &Protocol{
		Name: "mumble", Loose: true, Secure: []uint16{64738}, First: Server,
		Match: func(said []byte, usual bool) (bool, string) {
			// Message 0 begins with the version: field 1 or 5 of a protocol buffer, a number, or 2, a text.
			return usual && len(said) > 6 && be16(said) == 0 && be16(said[2:]) == 0 && be16(said[4:]) < 512 &&
				bytes.Contains([]byte{0x08, 0x12, 0x28}, said[6:7]), ""
		},
		UDP: &Datagram{
			Ports: []uint16{64738},
			Ask:   func(nonce [16]byte, _ uint16) []byte { return append(make([]byte, 4), nonce[:8]...) },
			Read: func(reply, asked []byte) (a Answer, ok bool) {
				if len(reply) != 24 || be32(reply) == 0 || !bytes.Equal(reply[4:12], asked[4:12]) {
					return a, false
				}
				a.Product = fmt.Sprintf("Mumble %d.%d.%d", reply[1], reply[2], reply[3])
				return a, true
			},
		},
	}
}
