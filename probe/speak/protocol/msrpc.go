package protocol

import "encoding/binary"

// msrpc binds to the endpoint mapper (MS-RPCE, 2.2.2.4 and C706, 12.6.4.3), which tells everybody where services are; it is
// asked nothing.
func msrpc() *Protocol {
	return &Protocol{Name: "msrpc", Ports: []uint16{135}, Ask: func(d *Dialogue) (a Answer) {
		nonce := fresh()
		call := string(nonce[:4])
		reply, err := d.exchange(
			[]byte("\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00"+call+"\xb8\x10\xb8\x10\x00\x00\x00\x00\x01\x00\x00\x00"+
				"\x00\x00\x01\x00\x08\x83\xaf\xe1\x1f\x5d\xc9\x11\x91\xa4\x08\x00\x2b\x14\xa0\xfa\x03\x00\x00\x00"+ // epmapper 3.0
				"\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00"),
			16,
		) // NDR 2.0
		if err != nil || reply[0] != 5 || string(reply[12:16]) != call || reply[4] != 0x10 || binary.LittleEndian.Uint16(reply[8:]) < 16 {
			return a
		}
		switch reply[2] {
		case 12: // bind_ack
			a.Spoken = true
		case 13, 3: // bind_nak, fault
			a.Spoken, a.Code = true, "bind refused"
		}
		return a
	}}
}
