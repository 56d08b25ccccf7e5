package protocol

import "bytes"

// Progress is how far first words have come.
type Progress int

// How far.
const (
	Unclear Progress = iota // nothing tells; a pause ends them
	Partial                 // more must follow
	Whole
)

// Heard says how far first words have come. usual is the protocol that the port promises; it may be nil.
func Heard(said []byte, usual *Protocol) Progress {
	name := ""
	if usual != nil {
		name = usual.Name
	}
	p, _ := Recognise(said, name)
	if p == nil && usual != nil && len(said) > 0 {
		p = usual // lines may come before those that it is known by (RFC 4253 section 4.2)
	}
	if p != nil && p.Whole != nil {
		if p.Whole(said) {
			return Whole
		}
		return Partial
	}
	if len(said) == 0 || said[len(said)-1] != '\n' {
		return Unclear
	}
	line := lastLine(said)
	if len(line) > 3 && line[3] == '-' && line[0] >= '1' && line[0] <= '5' {
		return Partial // "220-": a reply of several lines
	}
	return Whole
}

// lastLine is the last line that has ended, without its end.
func lastLine(b []byte) []byte {
	b = bytes.TrimRight(b, "\r\n")
	return b[bytes.LastIndexByte(b, '\n')+1:]
}
