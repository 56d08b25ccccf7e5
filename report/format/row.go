package format

import (
	"bytes"
	"strconv"

	"whyport/report"
)

// appendRow writes a row as encode does, without its cost: there can be 65,535 of them.
func appendRow(b []byte, r *report.Row) []byte {
	b = appendText(append(b, `"address":`...), r.Address)
	b = strconv.AppendUint(append(b, `,"port":`...), uint64(r.Port), 10)
	b = appendText(append(b, `,"protocol":`...), &r.Protocol)
	if r.Host != nil {
		b = appendText(append(b, `,"host":`...), r.Host)
	}
	if r.Service != nil {
		b = append(appendText(append(b, `,"service":{"name":`...), &r.Service.Name), '}')
	}
	b = appendText(append(b, `,"state":`...), &r.State)
	b = appendText(append(b, `,"reason":`...), &r.Reason)
	b = appendText(append(b, `,"confidence":`...), r.Confidence)
	b = append(b, `,"usable":`...)
	if r.Usable == nil {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendBool(b, *r.Usable)
	}
	b = appendText(append(b, `,"finding":`...), &r.Finding)
	return appendText(append(b, `,"shared":`...), &r.Shared)
}

// appendText writes a string in ASCII, or null.
func appendText(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	for i := range len(*s) {
		if c := (*s)[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			quoted, _ := encode(*s, "", "") // a string has no error
			return append(b, bytes.TrimSpace(quoted)...)
		}
	}
	return append(append(append(b, '"'), *s...), '"')
}
