package protocol

// coap is pinged: an empty confirmable message is answered with a reset of its number (RFC 7252, 4.3). Over TCP both ends
// begin with their settings, and a ping is answered with a pong (RFC 8323, 5.3 and 5.4).
func coap() *Protocol {
	const ping, reset = 0x40, 0x70 // version 1 and the type; no token
	return &Protocol{
		Name: "coap", Ports: []uint16{5683}, Ask: askCoAP,
		UDP: &Datagram{
			Ports: []uint16{5683},
			Ask:   func(nonce [16]byte, _ uint16) []byte { return []byte{ping, 0, nonce[0], nonce[1]} },
			Read: func(reply, asked []byte) (a Answer, ok bool) {
				return a, string(reply) == string([]byte{reset, 0, asked[2], asked[3]})
			},
		},
	}
}

// askCoAP sends settings (7.01) and a ping (7.02), and reads the same from the other end: settings, then a pong (7.03), which an
// echo has not. Neither has a token, since libcoap does not repeat that of a ping.
func askCoAP(d *Dialogue) (a Answer) {
	const settings, pong = 0xe1, 0xe3
	if d.Say("\x00\xe1\x00\xe2") != nil {
		return a
	}
	first, err := d.coapCode()
	if err != nil || first != settings {
		return a
	}
	then, err := d.coapCode()
	a.Spoken = err == nil && then == pong
	return a
}

// coapCode reads a message of at most 268 bytes, and has its code (RFC 8323, 3.2).
func (d *Dialogue) coapCode() (byte, error) {
	head, err := d.read(1)
	if err != nil {
		return 0, err
	}
	token, rest := int(head[0]&0x0f), int(head[0]>>4)
	if rest == 13 { // its length is in the next byte
		more, err := d.read(1)
		if err != nil {
			return 0, err
		}
		rest += int(more[0])
	}
	if token > 8 || head[0]>>4 > 13 {
		return 0, errLong
	}
	body, err := d.read(1 + token + rest)
	if err != nil {
		return 0, err
	}
	return body[0], nil
}
