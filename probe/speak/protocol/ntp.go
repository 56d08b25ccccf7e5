package protocol

import (
	"bytes"
	"strconv"
)

// ntp asks for the time as a client of version 4 does (RFC 5905, 7.3); the server gives back the request's time stamp,
// which is random (RFC 9769 recommends that).
func ntp() *Protocol {
	return &Protocol{Name: "ntp", UDP: &Datagram{
		Ports: []uint16{123},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return append(append([]byte{0x23}, make([]byte, 39)...), nonce[:8]...)
		},
		Read: func(reply, asked []byte) (Answer, bool) {
			if len(reply) < 48 || reply[0]&7 != 4 || !bytes.Equal(reply[24:32], asked[40:48]) {
				return Answer{}, false
			}
			a := Answer{Product: "NTPv" + strconv.Itoa(int(reply[0]>>3&7))}
			stratum, kiss := reply[1], string(bytes.TrimRight(reply[12:16], "\x00"))
			switch {
			case stratum == 0 && len(kiss) > 2 && printable([]byte(kiss)): // RFC 5905, 7.4
				a.Code, a.Refused = kiss, true
			case reply[0]>>6 == 3 || stratum == 0 || stratum > 15:
				a.Code, a.Refused = "not synchronised", true
			}
			return a, true
		},
	}}
}
