package protocol

import (
	"bytes"
	"strconv"
	"strings"
)

const pptpMagic = "\x1a\x2b\x3c\x4d"

// pptp starts a control connection (RFC 2637, 2.1), which nobody signs in to, and stops it (2.3).
func pptp() *Protocol {
	return &Protocol{
		Name: "pptp", Ports: []uint16{1723}, Bye: "\x00\x10\x00\x01" + pptpMagic + "\x00\x03\x00\x00\x01\x00\x00\x00",
		Ask: func(d *Dialogue) (a Answer) {
			ask := "\x00\x9c\x00\x01" + pptpMagic + "\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x03\x00\x00\x00\x00" +
				"whyport" + strings.Repeat("\x00", 121)
			reply, err := d.exchange([]byte(ask), 156)
			if err != nil || !bytes.HasPrefix(reply, []byte("\x00\x9c\x00\x01"+pptpMagic+"\x00\x02")) {
				return a
			}
			a.Spoken = true
			if reply[14] != 1 {
				a.Code, a.Refused = "result "+strconv.Itoa(int(reply[14])), true
			}
			if vendor := bytes.TrimRight(reply[92:], "\x00"); printable(vendor) {
				a.Product = string(vendor)
			}
			return a
		},
	}
}
