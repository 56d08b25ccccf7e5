package protocol

import (
	"bytes"
	"strings"
)

// memcached is asked for its version (memcached's doc/protocol.txt, "Version"). Over UDP a frame header of eight bytes
// comes first, whose number the answer repeats ("UDP protocol" there).
func memcached() *Protocol {
	return &Protocol{
		Name: "memcached", Ports: []uint16{11211}, Bye: "quit\r\n",
		Match: func(said []byte, _ bool) (bool, string) { return strings.HasPrefix(string(said), "ERROR\r\n"), "" },
		Ask: func(d *Dialogue) Answer {
			line, err := d.ask("version\r\n")
			if err != nil {
				return Answer{}
			}
			return readMemcached(line)
		},
		UDP: &Datagram{
			Ports: []uint16{11211},
			Ask: func(nonce [16]byte, _ uint16) []byte {
				return append(nonce[:2:2], "\x00\x00\x00\x01\x00\x00version\r\n"...)
			},
			Read: func(reply, asked []byte) (Answer, bool) {
				if len(reply) < 8 || !bytes.Equal(reply[:2], asked[:2]) {
					return Answer{}, false
				}
				a := readMemcached(firstLine(reply[8:]))
				return a, a.Spoken
			},
		},
	}
}

// readMemcached: a server that wants a sign-in says so with CLIENT_ERROR.
func readMemcached(line string) Answer {
	version, ok := strings.CutPrefix(line, "VERSION ")
	if ok && printable([]byte(version)) {
		return Answer{Spoken: true, Product: "memcached " + version}
	}
	if line == "CLIENT_ERROR unauthenticated" {
		return Answer{Spoken: true, Code: "unauthenticated"}
	}
	if line == "ERROR Too many open connections" {
		return Answer{Spoken: true, Code: line[len("ERROR "):], Refused: true}
	}
	return Answer{}
}
