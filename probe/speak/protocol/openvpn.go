package protocol

import "bytes"

// openvpn says the first packet of a session (OpenVPN's doc/protocol overview, "TLS control channel": an opcode, a session
// number, no acknowledgements, packet 0). A server with tls-auth or tls-crypt is silent to strangers.
func openvpn() *Protocol {
	udp := &Datagram{
		Ports: []uint16{1194}, Silent: true,
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return append(append([]byte{7 << 3}, nonce[:8]...), make([]byte, 5)...) // P_CONTROL_HARD_RESET_CLIENT_V2
		},
		Read: func(reply, asked []byte) (a Answer, ok bool) {
			// P_CONTROL_HARD_RESET_SERVER_V2, its session, one acknowledgement, our session, its packet.
			if len(reply) < 26 || reply[0]>>3 != 8 || reply[9] != 1 || be32(reply[10:]) != 0 {
				return a, false
			}
			return a, bytes.Equal(reply[14:22], asked[1:9])
		},
	}
	return &Protocol{Name: "openvpn", Loose: true, Ports: []uint16{1194}, Ask: udp.overTCP(2), UDP: udp}
}

// wireguard says the first message of a handshake (WireGuard's paper, 5.4.2), with a key of nobody: its servers answer
// only those whom they know.
func wireguard() *Protocol {
	return &Protocol{Name: "wireguard", UDP: &Datagram{
		Ports: []uint16{51820}, Silent: true,
		Ask: func(nonce [16]byte, _ uint16) []byte {
			b := append([]byte{1, 0, 0, 0}, nonce[:4]...)
			for len(b) < 148 {
				more := fresh()
				b = append(b, more[:]...)
			}
			return b[:148]
		},
		Read: func(reply, asked []byte) (a Answer, ok bool) {
			switch { // a response with our number, or a cookie (5.4.3, 5.4.7)
			case len(reply) == 92 && be32(reply) == 0x02000000:
				return a, bytes.Equal(reply[8:12], asked[4:8])
			case len(reply) == 64 && be32(reply) == 0x03000000:
				return a, bytes.Equal(reply[4:8], asked[4:8])
			}
			return a, false
		},
	}}
}
