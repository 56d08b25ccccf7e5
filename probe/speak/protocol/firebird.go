package protocol

import (
	"encoding/binary"
	"fmt"
)

// firebird offers the oldest protocol that all servers know (Firebird's wire protocol documentation, "Identification").
func firebird() *Protocol {
	return &Protocol{Name: "firebird", Loose: true, Ports: []uint16{3050}, Ask: func(d *Dialogue) (a Answer) {
		var ask []byte
		number := func(ns ...uint32) {
			for _, n := range ns {
				ask = binary.BigEndian.AppendUint32(ask, n)
			}
		}
		number(1, 19, 3, 1)            // op_connect, op_attach, CONNECT_VERSION3, arch_generic
		number(0, 2, 0)                // no path, two protocols, nobody
		number(10, 1, 0, 5, 2)         // version 10
		number(0xffff800d, 1, 0, 5, 4) // version 13, Firebird 3
		reply, err := d.exchange(ask, 4)
		if err != nil {
			return a
		}
		switch be32(reply) {
		case 3, 94, 98: // op_accept, op_accept_data, op_cond_accept
			more, err := d.read(12)
			if err != nil || be32(more)&0x7fff < 10 || be32(more)&0x7fff > 40 || be32(more[4:]) > 50 || be32(more[8:])&0xff > 6 {
				return a
			}
			a.Spoken, a.Product = true, fmt.Sprintf("protocol %d", be32(more)&0x7fff)
		case 92: // op_cont_auth: data, a way to sign in, a list of such, keys; texts with their lengths
			for range 4 {
				text, err := d.sizedReply(4)
				if err != nil || len(text) > 1024 {
					return a
				}
				if _, err := d.read(-len(text) & 3); err != nil {
					return a
				}
			}
			a.Spoken, a.Product = d.Unread() == 0, "Firebird 3 or later"
		case 4: // op_reject
			a.Spoken, a.Code = d.Unread() == 0, "protocol refused"
		case 9: // op_response: an error with its number (isc_arg_gds)
			more, err := d.read(20)
			a.Spoken, a.Code = err == nil && be32(more[12:]) == 1 && be32(more[16:])>>16 == 0x1400, "error"
		}
		return a
	}}
}
