package protocol

import (
	"encoding/binary"
	"regexp"
	"strings"
)

// adb introduces itself (Android's adb protocol.txt, CONNECT); a device answers with its name or asks for a key.
func adb() *Protocol {
	return &Protocol{Name: "adb", Loose: true, Ports: []uint16{5555}, Ask: func(d *Dialogue) (a Answer) {
		name := "host::\x00"
		sum := uint32(0)
		for _, c := range []byte(name) {
			sum += uint32(c)
		}
		var ask []byte
		for _, n := range []uint32{0x4e584e43, 0x01000000, 4096, uint32(len(name)), sum, 0x4e584e43 ^ 0xffffffff} {
			ask = binary.LittleEndian.AppendUint32(ask, n)
		}
		reply, err := d.exchange(append(ask, name...), 24)
		if err != nil {
			return a
		}
		command := binary.LittleEndian.Uint32(reply)
		payload, n := "", binary.LittleEndian.Uint32(reply[12:])
		if body, err := d.read(int(min(n, maxMessage))); err == nil {
			payload = string(body)
		}
		switch {
		case binary.LittleEndian.Uint32(reply[20:]) != command^0xffffffff:
		case command == 0x4e584e43: // CNXN: "device::ro.product..."
			kind, about, ok := strings.Cut(payload, ":")
			a.Spoken, a.Product = ok &&
				regexp.MustCompile(`^(device|recovery|bootloader|sideload|rescue)$`).MatchString(kind), oneLine(
				[]byte(about),
			)
		case command == 0x48545541: // AUTH: a token to be signed
			a.Spoken, a.Code = n == 20 && reply[4] == 1, "a key is needed"
		case command == 0x534c5453: // STLS
			a.Spoken, a.Code = n == 0, "TLS is needed"
		}
		return a
	}}
}
