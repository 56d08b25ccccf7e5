package protocol

import (
	"bytes"
	"fmt"
)

// iscsi begins the negotiation that comes before a log-in (RFC 7143, 11.12), for a list of targets, and stays there.
func iscsi() *Protocol {
	return &Protocol{Name: "iscsi", Loose: true, Ports: []uint16{3260}, Ask: func(d *Dialogue) (a Answer) {
		keys := "InitiatorName=iqn.2026-01.invalid.whyport:test\x00SessionType=Discovery\x00AuthMethod=None\x00"
		nonce := fresh()
		head := make([]byte, 48)
		head[0], head[7] = 0x43, byte(len(keys))
		copy(head[8:], "\x80"+string(nonce[:5])) // a random session number
		copy(head[16:], nonce[5:9])              // task
		for len(keys)%4 != 0 {
			keys += "\x00"
		}
		reply, err := d.exchange(append(head, keys...), 48)
		if err != nil || reply[0]&0x3f != 0x23 || !bytes.Equal(reply[16:20], nonce[5:9]) {
			return a
		}
		a.Spoken = true
		if reply[36] > 1 { // status class (11.13.5)
			a.Code = fmt.Sprintf("status %02x%02x", reply[36], reply[37])
		}
		return a
	}}
}
