package target

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// PlainText is a file's text in UTF-8: as editors save it, with a byte order mark or without, or in UTF-16, as PowerShell's >
// and Notepad write it. It reports false for what is no text.
func PlainText(data []byte) (string, bool) {
	if text, is := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); is {
		data = text
	}
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		data, order = data[2:], binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		data, order = data[2:], binary.BigEndian
	case len(data) >= 2 && data[0] != 0 && data[1] == 0: // without a mark: ASCII begins most lists
		order = binary.LittleEndian
	}
	if order != nil {
		if len(data)%2 != 0 {
			return "", false
		}
		units := make([]uint16, len(data)/2)
		for i := range units {
			units[i] = order.Uint16(data[2*i:])
		}
		data = []byte(string(utf16.Decode(units)))
	}
	return string(data), bytes.IndexByte(data, 0) < 0 && utf8.Valid(data)
}
