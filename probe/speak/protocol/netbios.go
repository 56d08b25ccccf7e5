package protocol

import (
	"bytes"
	"strings"
)

// netbiosName asks a computer for the names that it has (RFC 1002, 4.2.17: NODE STATUS REQUEST for "*").
func netbiosName() *Protocol {
	return &Protocol{Name: "netbios-ns", UDP: &Datagram{
		Ports: []uint16{137},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return append(nonce[:2:2], "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x20CK"+strings.Repeat("A", 30)+"\x00\x00\x21\x00\x01"...)
		},
		Read: readNodeStatus,
	}}
}

// readNodeStatus: RFC 1002, 4.2.18. The names of kind 0 are the computer's and, with the group bit, its workgroup's.
func readNodeStatus(reply, asked []byte) (a Answer, ok bool) {
	const fixed = 12 + 34 + 10 // header, the name that was asked for, type to length
	if len(reply) <= fixed || !bytes.Equal(reply[:2], asked[:2]) || reply[2]&0xf8 != 0x80 || be16(reply[6:]) != 1 ||
		!bytes.Equal(reply[12:48], asked[12:48]) {
		return a, false
	}
	names := reply[fixed+1:]
	group, computer := "", ""
	for range reply[fixed] {
		if len(names) < 18 {
			return a, false
		}
		name, kind, grouped := strings.TrimRight(string(names[:15]), " \x00"), names[15], names[16]&0x80 != 0
		names = names[18:]
		switch {
		case kind != 0 || !printable([]byte(name)):
		case grouped && group == "":
			group = name
		case !grouped && computer == "":
			computer = name
		}
	}
	if computer != "" && group != "" {
		computer = group + `\` + computer
	}
	a.Product = computer
	return a, true
}
