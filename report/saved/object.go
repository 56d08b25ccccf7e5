// Package saved reads reports that were kept as JSON or NDJSON, of this and of older versions, and writes them again with
// every field that they had, known to this version or not.
package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// object is a JSON object whose fields keep their order and text.
type object []field

type field struct {
	name  string
	value json.RawMessage
}

var errNoObject = errors.New("not a JSON object")

// UnmarshalJSON reads the fields in order.
func (o *object) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNoObject
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var f field
		f.name, _ = name.(string) // the decoder lets no other be a name
		if err := d.Decode(&f.value); err != nil {
			return err
		}
		*o = append(*o, f)
	}
	_, err := d.Token()
	return err
}

// MarshalJSON writes them in that order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(f.value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// get is a field's value; nil where there is none.
func (o object) get(name string) json.RawMessage {
	if i := slices.IndexFunc(o, func(f field) bool { return f.name == name }); i >= 0 {
		return o[i].value
	}
	return nil
}

// without is the object less some fields.
func (o object) without(names ...string) object {
	return slices.DeleteFunc(slices.Clone(o), func(f field) bool { return slices.Contains(names, f.name) })
}

// with is the object with one more field at its end.
func (o object) with(name string, value any) (object, error) {
	data, err := json.Marshal(value)
	return append(slices.Clone(o), field{name, data}), err
}

// readAll reads values that follow each other, as lines or not.
func readAll(text []byte) (all []object, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var o object
		if err := d.Decode(&o); err != nil {
			if errors.Is(err, io.EOF) {
				return all, nil
			}
			return nil, err
		}
		all = append(all, o)
	}
}
