package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// mongodb says hello in the form that all versions know (MongoDB wire protocol, OP_QUERY with isMaster on admin.$cmd). A
// replica set names its members, which are where clients go.
func mongodb() *Protocol {
	return &Protocol{
		Name: "mongodb", Ports: []uint16{27017, 27018, 27019},
		Match: func(said []byte, _ bool) (bool, string) { return bytes.Contains(said, []byte("MongoDB over HTTP")), "" },
		Ask: func(d *Dialogue) (a Answer) {
			nonce := fresh()
			query := string(
				nonce[:4],
			) + "\x00\x00\x00\x00\xd4\x07\x00\x00" + "\x04\x00\x00\x00admin.$cmd\x00\x00\x00\x00\x00\xff\xff\xff\xff" +
				"\x13\x00\x00\x00\x10isMaster\x00\x01\x00\x00\x00\x00"
			ask := binary.LittleEndian.AppendUint32(nil, uint32(4+len(query)))
			head, err := d.exchange(append(ask, query...), 36)
			if err != nil || !bytes.Equal(head[8:12], nonce[:4]) || binary.LittleEndian.Uint32(head[12:]) != 1 {
				return a
			}
			n := int(binary.LittleEndian.Uint32(head))
			document, err := d.read(n - 36)
			if err != nil {
				return a
			}
			return readHello(document)
		},
	}
}

// readHello takes what a server says of itself; hosts and passives are the members of its replica set.
func readHello(document []byte) (a Answer) {
	fields, ok := bson(document)
	if !ok {
		return a
	}
	a.Spoken = true
	for _, f := range fields {
		switch {
		case f.name == "maxWireVersion" && f.kind == 0x10:
			a.Product = fmt.Sprintf("wire version %d", binary.LittleEndian.Uint32(f.value))
		case f.kind == 4 && (f.name == "hosts" || f.name == "passives"):
			members, _ := bson(f.value)
			for _, m := range members {
				if host := m.text(); host != "" && len(a.Refers) < maxRefers {
					a.Refers = append(a.Refers, host)
				}
			}
		case f.name == "errmsg":
			a.Code = oneLine([]byte(f.text()))
		}
	}
	return a
}

// bsonField is an element of a document (bsonspec.org, version 1.1).
type bsonField struct {
	kind  byte
	name  string
	value []byte
}

// text is a string's; "" of others.
func (f bsonField) text() string {
	if f.kind != 2 || len(f.value) < 5 || !printable(f.value[4:len(f.value)-1]) {
		return ""
	}
	return strings.TrimSpace(string(f.value[4 : len(f.value)-1]))
}

// bson are a document's elements; ok is false where it is none.
func bson(b []byte) (fields []bsonField, ok bool) {
	if len(b) < 5 || int(binary.LittleEndian.Uint32(b)) != len(b) || b[len(b)-1] != 0 {
		return nil, false
	}
	for rest := b[4 : len(b)-1]; len(rest) > 0; {
		end := bytes.IndexByte(rest[1:], 0)
		if end < 0 {
			return nil, false
		}
		f := bsonField{kind: rest[0], name: string(rest[1 : 1+end])}
		rest = rest[2+end:]
		n, fixed := map[byte]int{1: 8, 7: 12, 8: 1, 9: 8, 0x0a: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0xff: 0, 0x7f: 0}[f.kind]
		if !fixed {
			if len(rest) < 4 {
				return nil, false
			}
			n = int(binary.LittleEndian.Uint32(rest))
			switch f.kind {
			case 2: // a string's length is without the number before it
				n += 4
			case 5: // nor a binary's, with its kind
				n += 5
			case 3, 4:
			default:
				return nil, false
			}
		}
		if n < 0 || n > len(rest) {
			return nil, false
		}
		f.value, rest = rest[:n], rest[n:]
		fields = append(fields, f)
	}
	return fields, true
}
