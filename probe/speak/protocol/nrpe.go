package protocol

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// nrpe is asked for its version (NRPE's docs, "NRPE Protocol": packet version 2, a query, _NRPE_CHECK).
func nrpe() *Protocol {
	return &Protocol{Name: "nrpe", Loose: true, Secure: []uint16{5666}, Ask: func(d *Dialogue) (a Answer) {
		ask := make([]byte, 1036)
		ask[1], ask[3] = 2, 1
		copy(ask[10:], "_NRPE_CHECK")
		binary.BigEndian.PutUint32(ask[4:], crc32.ChecksumIEEE(ask))
		reply, err := d.exchange(ask, 10)
		if err != nil || be16(reply) < 2 || be16(reply) > 4 || be16(reply[2:]) != 2 {
			return a
		}
		rest, err := d.read(1026)
		if err != nil {
			return a
		}
		text, _, _ := bytes.Cut(rest, []byte{0})
		a.Spoken, a.Product = printable(text), oneLine(text)
		return a
	}}
}
