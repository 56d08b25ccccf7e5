package protocol

import (
	"encoding/binary"
	"fmt"
)

// sqlServer says what comes before a log-in (MS-TDS, 2.2.6.5: PRELOGIN); the answer has the version and whether encryption
// is there, and needed.
func sqlServer() *Protocol {
	return &Protocol{Name: "mssql", Ports: []uint16{1433}, Ask: func(d *Dialogue) (a Answer) {
		options := "\x00\x00\x15\x00\x06" + "\x01\x00\x1b\x00\x01" + "\x02\x00\x1c\x00\x01" + "\x03\x00\x1d\x00\x04" + "\xff" +
			"\x00\x00\x00\x00\x00\x00" + "\x00" + "\x00" + "\x00\x00\x00\x00" // version, encryption off, no instance, thread
		head, err := d.exchange([]byte("\x12\x01\x00"+string([]byte{byte(8 + len(options))})+"\x00\x00\x01\x00"+options), 8)
		if err != nil || head[0] != 4 || head[1] != 1 || be16(head[2:]) < 9 || be16(head[2:]) > 4096 {
			return a
		}
		body, err := d.read(be16(head[2:]) - 8)
		if err != nil {
			return a
		}
		for at := 0; at+5 <= len(body) && body[at] != 0xff; at += 5 {
			begin, n := be16(body[at+1:]), be16(body[at+3:])
			if begin+n > len(body) {
				return Answer{}
			}
			value := body[begin : begin+n]
			switch {
			case body[at] == 0 && n == 6:
				a.Spoken = true
				a.Product = fmt.Sprintf("SQL Server %d.%d.%d", value[0], value[1], binary.BigEndian.Uint16(value[2:])) + a.Product
			case body[at] == 0 || body[at] > 7:
				return Answer{}
			case body[at] == 1 && n == 1 && value[0] < 4:
				a.Product += [...]string{", encryption of the log-in", ", encryption", ", no encryption", ", encryption required"}[value[0]]
			}
		}
		return a
	}}
}
