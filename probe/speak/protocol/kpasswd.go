package protocol

// kpasswd sends a request to change a password without any proof of who asks (RFC 3244, 2): it can only be answered with
// an error. Over TCP the length comes first.
func kpasswd() *Protocol {
	udp := &Datagram{
		Ports: []uint16{464},
		Ask: func([16]byte, uint16) []byte {
			// An AP-REQ and a KRB-PRIV with their version and type, and nothing in them.
			request := der(0x6e, der(0x30, der(0xa0, der(2, "\x05")), der(0xa1, der(2, "\x0e"))))
			private := der(0x75, der(0x30, der(0xa0, der(2, "\x05")), der(0xa1, der(2, "\x15"))))
			return []byte(string([]byte{0, byte(6 + len(request) + len(private)), 0, 1, 0, byte(len(request))}) + request + private)
		},
		Read: func(reply, _ []byte) (a Answer, ok bool) {
			if len(reply) < 6 || be16(reply) != len(reply) || be16(reply[2:]) != 1 && be16(reply[2:]) != 0xff80 || be16(reply[4:]) != 0 {
				return a, false
			}
			_, ok = readKerberos(reply[6:])
			return a, ok
		},
	}
	return &Protocol{Name: "kpasswd", Ports: []uint16{464}, Ask: udp.overTCP(4), UDP: udp}
}
