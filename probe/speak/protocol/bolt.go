package protocol

import "fmt"

// bolt offers versions of Neo4j's protocol (Bolt protocol, "Handshake"); the answer is the one that is taken.
func bolt() *Protocol {
	return &Protocol{Name: "bolt", Loose: true, Ports: []uint16{7687}, Ask: func(d *Dialogue) (a Answer) {
		reply, err := d.exchange([]byte("\x60\x60\xb0\x17\x00\x04\x04\x05\x00\x02\x04\x04\x00\x00\x01\x04\x00\x00\x00\x03"), 4)
		if err != nil || reply[0] != 0 || reply[1] != 0 || reply[3] < 3 || reply[3] > 5 || d.Unread() > 0 {
			return a
		}
		a.Spoken, a.Product = true, fmt.Sprintf("Bolt %d.%d", reply[3], reply[2])
		return a
	}}
}
