package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// encode is a value as JSON in ASCII, which every console and script can read; without indent it is one line.
func encode(v any, prefix, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, indent)
	err := e.Encode(v)
	return asciiJSON(b.Bytes()), err
}

// asciiJSON writes characters beyond ASCII, and DEL, as \u escapes. They stand in strings only.
func asciiJSON(in []byte) []byte {
	if !bytes.ContainsFunc(in, func(r rune) bool { return r >= 0x7f }) {
		return in
	}
	var out bytes.Buffer
	for len(in) > 0 {
		r, size := utf8.DecodeRune(in)
		switch {
		case r < 0x7f:
			out.WriteByte(byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		in = in[size:]
	}
	return out.Bytes()
}
