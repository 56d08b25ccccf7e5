package protocol

import (
	"bytes"
	"encoding/binary"
)

// x11 asks for a connection without a key (X Window System Protocol, 8): most displays refuse, with a reason.
func x11() *Protocol {
	return &Protocol{Name: "x11", Loose: true, Ports: []uint16{6000, 6001, 6002, 6003, 6004, 6005}, Ask: func(d *Dialogue) (a Answer) {
		head, err := d.exchange([]byte("l\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 8)
		if err != nil || head[0] > 1 || binary.LittleEndian.Uint16(head[2:]) != 11 {
			return a
		}
		body, err := d.read(min(4*int(binary.LittleEndian.Uint16(head[6:])), maxMessage))
		if err != nil || head[0] == 1 && len(body) < 40 || head[0] == 0 && int(head[1]) > len(body) {
			return a
		}
		if head[0] == 0 {
			reason := bytes.TrimRight(body[:head[1]], "\n\x00")
			return Answer{Spoken: len(reason) > 0 && printable(reason), Code: oneLine(reason), Refused: true}
		}
		if n := int(binary.LittleEndian.Uint16(body[16:])); 32+n <= len(body) && printable(body[32:32+n]) {
			a.Spoken, a.Product = true, string(body[32:32+n])
		}
		return a
	}}
}
