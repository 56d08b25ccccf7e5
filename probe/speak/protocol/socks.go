package protocol

// socks asks which way to sign in a proxy would choose (RFC 1928, 3) and goes. What does not know version 5 is asked, in
// version 4, for a connection to nowhere, which it rejects (SOCKS 4 memo by Ying-Da Lee, 2).
func socks() *Protocol {
	return &Protocol{
		Name: "socks", Loose: true, Ports: []uint16{1080},
		// What greets in no way that it knows is told that none is acceptable.
		Match: func(said []byte, _ bool) (bool, string) { return string(said) == "\x05\xff", "SOCKS 5" },
		Ask: func(d *Dialogue) (a Answer) {
			reply, err := d.exchange([]byte{5, 2, 0, 2}, 2)
			if err != nil || reply[0] != 5 || d.Unread() > 0 {
				return a
			}
			switch reply[1] {
			case 0:
				return Answer{Spoken: true, Product: "SOCKS 5"}
			case 2:
				return Answer{Spoken: true, Product: "SOCKS 5", Code: "a sign-in is needed"}
			case 0xff:
				return Answer{Spoken: true, Product: "SOCKS 5", Code: "no acceptable methods"}
			}
			return a
		},
		Older: func(d *Dialogue) (a Answer) {
			reply, err := d.exchange([]byte{4, 1, 0, 0, 0, 0, 0, 0, 0}, 8)
			if err != nil || reply[0] != 0 || reply[1] < 0x5b || reply[1] > 0x5d || d.Unread() > 0 {
				return a
			}
			return Answer{Spoken: true, Product: "SOCKS 4"}
		},
	}
}
