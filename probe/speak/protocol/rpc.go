package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// rpcCall calls procedure 0 of a program, which does nothing (RFC 5531, 9 and 12).
func rpcCall(nonce [16]byte, program, version uint32) []byte {
	b := append(nonce[:4:4], 0, 0, 0, 0, 0, 0, 0, 2)
	b = binary.BigEndian.AppendUint32(b, program)
	b = binary.BigEndian.AppendUint32(b, version)
	return append(b, make([]byte, 4+8+8)...) // procedure 0; no credentials, no verifier
}

// readRPC takes a reply: accepted, or denied. A program that is there in other versions says which.
func readRPC(reply, asked []byte) (a Answer, ok bool) {
	if len(reply) < 12 || !bytes.Equal(reply[:4], asked[:4]) || be32(reply[4:]) != 1 {
		return a, false
	}
	if be32(reply[8:]) == 1 {
		a.Code, a.Refused = "denied", true
		return a, len(reply) >= 16 && be32(reply[12:]) < 2
	}
	if be32(reply[8:]) != 0 || len(reply) < 24 || be32(reply[16:]) > 400 {
		return a, false
	}
	rest := reply[20:]
	if skip := int(be32(reply[16:])+3) &^ 3; skip+4 <= len(rest) {
		rest = rest[skip:]
	} else {
		return a, false
	}
	switch be32(rest) {
	case 0:
	case 2:
		if len(rest) < 12 || be32(rest[8:]) < be32(rest[4:]) || be32(rest[8:]) > 100 {
			return a, false
		}
		a.Product = fmt.Sprintf("versions %d to %d", be32(rest[4:]), be32(rest[8:]))
	case 1:
		a.Code, a.Refused = "program unavailable", true
	case 3, 4, 5:
		a.Code = "error"
	default:
		return a, false
	}
	return a, true
}

// rpcOverTCP puts the record mark before a call (RFC 5531, 11): the last fragment.
func rpcOverTCP(program, version uint32) func(*Dialogue) Answer {
	return func(d *Dialogue) Answer {
		asked := rpcCall(fresh(), program, version)
		message := sized(4, asked)
		message[0] |= 0x80
		head, err := d.exchange(message, 4)
		if err != nil || head[0] != 0x80 {
			return Answer{}
		}
		reply, err := d.read(be16(head[2:]))
		if err != nil || head[1] != 0 {
			return Answer{}
		}
		a, ok := readRPC(reply, asked)
		a.Spoken = ok
		return a
	}
}

// rpcbind: RFC 1833, program 100000.
func rpcbind() *Protocol {
	return &Protocol{
		Name: "rpcbind", Ports: []uint16{111}, Ask: rpcOverTCP(100000, 2),
		UDP: &Datagram{
			Ports: []uint16{111},
			Ask:   func(nonce [16]byte, _ uint16) []byte { return rpcCall(nonce, 100000, 2) },
			Read:  readRPC,
		},
	}
}

// kadmin is Kerberos' administration (MIT krb5, "kadmind": program 2112), which takes no call without credentials.
func kadmin() *Protocol {
	return &Protocol{Name: "kadmin", Loose: true, Ports: []uint16{749}, Ask: func(d *Dialogue) Answer {
		a := rpcOverTCP(2112, 2)(d)
		a.Spoken, a.Code, a.Refused = a.Spoken && (a.Code == "denied" || a.Code == ""), "", false
		return a
	}}
}

// nfs: RFC 1813 and RFC 7530, program 100003. A server with version 4 alone says so.
func nfs() *Protocol {
	return &Protocol{Name: "nfs", Ports: []uint16{2049}, Ask: rpcOverTCP(100003, 3)}
}
