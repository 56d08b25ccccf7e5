package saved

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Redacted is the report with hide's word for every text in it: values, not the names of fields. What the program itself
// chose from a list, which decides how a report looks, stays.
func (r *Report) Redacted(hide func(string) string) (*Report, error) {
	data, err := r.raw.MarshalJSON()
	if err == nil {
		data, err = Hidden(data, hide)
	}
	if err != nil {
		return nil, err
	}
	out, err := Read(data)
	if err != nil {
		return nil, err
	}
	out.Name = hide(r.Name)
	return out, nil
}

// ownWords are fields whose values are the program's codes.
var ownWords = []string{"schema_version", "state", "reason", "rule", "confidence", "code", "step", "signal", "party", "protocol", "class",
	"mode", "expect", "end", "passive", "fresh", "asked", "started", "os"}

// Hidden replaces the strings in JSON text; numbers keep their digits, and the program's own codes stay.
func Hidden(data []byte, hide func(string) string) ([]byte, error) {
	var out bytes.Buffer
	var field string
	for len(data) > 0 {
		start := bytes.IndexByte(data, '"')
		if start < 0 {
			break
		}
		end := start + 1
		for end < len(data) && data[end] != '"' {
			if data[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(data))
		out.Write(data[:start])
		literal := data[start:end]
		data = data[end:]
		var text string
		if err := json.Unmarshal(literal, &text); err != nil {
			return nil, err
		}
		if rest := bytes.TrimLeft(data, " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			field = text
		} else if !slices.Contains(ownWords, field) {
			literal, _ = json.Marshal(hide(text)) // a string has no error
		}
		out.Write(literal)
	}
	out.Write(data)
	return out.Bytes(), nil
}
