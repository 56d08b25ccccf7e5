package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes the report as one indented object in ASCII, which every console and script can read. The ports are
// written one by one, so that a large run needs no more memory than a small one.
func JSON(w io.Writer, doc *Document) error {
	frame := *doc
	frame.Targets = slices.Clone(doc.Targets)
	for i := range frame.Targets {
		frame.Targets[i].Ports = []Port{}
	}
	var b bytes.Buffer
	if err := writeJSON(&b, frame, "  "); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	// A target's list of ports is the only one at this depth, and no string has a line break.
	const indent = "\n      "
	for i, part := range bytes.Split(b.Bytes(), []byte(indent+`"ports": []`)) {
		if i > 0 {
			if err := writePorts(out, &doc.Targets[i-1], indent); err != nil {
				return err
			}
		}
		out.Write(part) // an error stays with the writer until Flush
	}
	return out.Flush()
}

func writePorts(out *bufio.Writer, t *Target, indent string) error {
	out.WriteString(indent + `"ports": [`)
	n := 0
	for p := range t.all() {
		if n++; n > 1 {
			out.WriteByte(',')
		}
		one, err := encode(p, indent[1:]+"  ", "  ")
		if err != nil {
			return err
		}
		out.WriteString(indent + "  ")
		if _, err := out.Write(bytes.TrimSpace(one)); err != nil {
			return err
		}
	}
	if n > 0 {
		out.WriteString(indent)
	}
	return out.WriteByte(']')
}

// writeJSON writes any value as ASCII; without indent it is one line.
func writeJSON(w io.Writer, v any, indent string) error {
	b, err := encode(v, "", indent)
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}

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
