package protocol

import (
	"errors"
	"strconv"
)

// respValue is a value of RESP, Redis' protocol (redis.io, "Redis serialization protocol specification"): a text, or an array.
type respValue struct {
	text  string
	array []respValue
}

const (
	maxRESPDepth = 4
	maxRESPItems = 1024 // of all arrays of one answer
)

var errRESP = errors.New("no RESP")

// resp reads one value; an error of the server is none.
func (d *Dialogue) resp() (respValue, error) {
	left := maxRESPItems
	return d.respWithin(maxRESPDepth, &left)
}

func (d *Dialogue) respWithin(depth int, left *int) (v respValue, err error) {
	line, err := d.line()
	if *left--; err != nil || line == "" || depth == 0 || *left < 0 {
		return v, errors.Join(err, errRESP)
	}
	n, notANumber := strconv.Atoi(line[1:])
	switch kind := line[0]; {
	case kind == '+' || kind == ':':
		v.text = line[1:]
	case notANumber != nil:
		return v, errRESP
	case kind == '$' && n >= 0:
		b, err := d.read(n + 2)
		if err != nil {
			return v, err
		}
		v.text = string(b[:n])
	case kind == '*':
		for range n {
			one, err := d.respWithin(depth-1, left)
			if err != nil {
				return v, err
			}
			v.array = append(v.array, one)
		}
	case kind != '$':
		return v, errRESP
	}
	return v, nil
}

// fields are an array of names and values.
func (v respValue) fields() map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(v.array); i += 2 {
		out[v.array[i].text] = v.array[i+1].text
	}
	return out
}
