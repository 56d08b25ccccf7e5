package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes the report as one indented object in ASCII, which every console and script can read.
func JSON(w io.Writer, doc *Document) error { return writeJSON(w, doc, "  ") }

// writeJSON writes any value as ASCII; without indent it is one line.
func writeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(asciiJSON(b.Bytes()))
	return err
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
