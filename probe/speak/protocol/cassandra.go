package protocol

import (
	"bytes"
	"fmt"
)

// cassandra is asked for its options (CQL binary protocol v4, 4.1.3): no log-in.
func cassandra() *Protocol {
	return &Protocol{Name: "cassandra", Ports: []uint16{9042}, Secure: []uint16{9142}, Ask: func(d *Dialogue) (a Answer) {
		nonce := fresh()
		stream := string([]byte{nonce[0] & 0x7f, nonce[1]})
		head, err := d.exchange([]byte("\x04\x00"+stream+"\x05\x00\x00\x00\x00"), 9)
		if err != nil || head[0] < 0x81 || head[0] > 0x86 || head[1] > 31 || head[5] != 0 || be16(head[5:]) > 0 {
			return a
		}
		switch {
		case head[4] == 6 && string(head[2:4]) == stream: // SUPPORTED
			a.Spoken = true
			if body, err := d.read(be16(head[7:])); err == nil {
				if _, rest, ok := bytes.Cut(body, []byte("CQL_VERSION\x00\x01\x00")); ok && len(rest) > 0 && int(rest[0]) < len(rest) {
					a.Product = "CQL " + oneLine(rest[1:1+int(rest[0])])
				}
			}
		case head[4] == 0: // ERROR with its number: 0x000a is "protocol"
			if body, err := d.read(be16(head[7:])); err == nil && len(body) >= 6 {
				a.Spoken, a.Code = be32(body) < 0x2600 && be16(body[4:]) == len(body)-6, fmt.Sprintf("error %04x", be32(body))
			}
		}
		return a
	}}
}
