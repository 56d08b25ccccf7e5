package protocol

// ajp is pinged as a front end does (AJPv13 extensions, "CPing/CPong").
func ajp() *Protocol {
	return &Protocol{Name: "ajp", Loose: true, Ports: []uint16{8009}, Ask: func(d *Dialogue) (a Answer) {
		reply, err := d.exchange([]byte{0x12, 0x34, 0, 1, 10}, 5)
		a.Spoken = err == nil && string(reply) == "AB\x00\x01\x09"
		return a
	}}
}
