package protocol

import (
	"strconv"
	"strings"
)

// vnc greets with its version (RFC 6143, 7.1.1). The answer to that, our version, is met with a list of the ways in.
func vnc() *Protocol {
	return &Protocol{
		Name: "vnc", Ports: []uint16{5900, 5901, 5902, 5903, 5904, 5905, 5906, 5907, 5908, 5909, 5910},
		First: Server, Match: prefixed("RFB "), Ask: askVNC,
		Refused: func(said []byte) (refused, busy bool) {
			return strings.HasPrefix(string(said), "RFB 000.000"), crowded(said) // a reason follows
		},
	}
}

// askVNC reads the security types (RFC 6143, 7.1.2; IANA's registry of RFB). Versions before 3.7 decide by themselves and
// may ask for a password at once; they are left alone.
func askVNC(d *Dialogue) (a Answer) {
	version := firstLine(d.Greeting)
	a.Product = version
	if version != "RFB 003.007" && version != "RFB 003.008" {
		return a
	}
	n, err := d.exchange([]byte(version+"\n"), 1)
	if err != nil {
		return a
	}
	if n[0] == 0 { // no way in: a reason follows (7.1.2)
		if length, err := d.read(4); err == nil && length[0] == 0 && length[1] == 0 && length[2] == 0 {
			if reason, err := d.read(int(length[3])); err == nil && printable(reason) {
				a.Spoken, a.Code, a.Refused = true, string(reason), true
			}
		}
		return a
	}
	types, err := d.read(int(n[0]))
	if err != nil {
		return a
	}
	names := map[byte]string{
		1:  "no password",
		2:  "VNC password",
		5:  "RA2",
		6:  "RA2ne",
		16: "Tight",
		18: "TLS",
		19: "VeNCrypt",
		30: "Apple",
		35: "Apple",
	}
	var ways []string
	for _, t := range types {
		if names[t] == "" {
			names[t] = "type " + strconv.Itoa(int(t))
		}
		ways = append(ways, names[t])
	}
	a.Spoken = true
	a.Product += ", " + strings.Join(ways, ", ")
	return a
}
