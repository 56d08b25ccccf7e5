package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// preferred names the port's service as people know it, where the registry lists another one first.
var preferred = map[string][]uint16{
	"submissions":    {465},  // RFC 8314; urd came first
	"l2tp":           {1701}, // RFC 2661; l2f came first
	"nfs":            {2049}, // shilp is listed first, nfs is what runs there
	"pdl-datastream": {9100}, // hp-pdl-datastr is the same name cut to 15 characters
}

// sections is the order of the table's parts.
var sections = []string{"tcp", "udp", "sctp", "dccp", ""}

// What the table's status byte says; the same numbers stand in services/table.go.
const (
	assigned = iota
	unassigned
	reserved
)

// status reads the words that stand where a name is missing. De-registered, removed and
// de-commissioned numbers are reserved: RFC 6335, section 8.2, keeps them from reassignment.
func status(r row) byte {
	d := strings.ToLower(r.description)
	switch {
	case r.name != "":
		return assigned
	case strings.HasPrefix(d, "any "): // "any private mail system": in use, by no one name
		return assigned
	case strings.HasPrefix(d, "unassigned"), strings.HasPrefix(d, "(unassigned)"), strings.HasPrefix(d, "possibly used"):
		return unassigned
	}
	return reserved
}

type entry struct {
	name, description string
	span              uint16
	status            byte
}

// pack lays the rows out as services/table.go describes.
func pack(rows []row) ([]byte, error) {
	index := map[entry]int{}
	var entries []entry
	var head, records []byte
	left := len(rows)
	for _, protocol := range sections {
		part := section(rows, protocol)
		left -= len(part)
		head = binary.LittleEndian.AppendUint32(head, uint32(len(part)))
		for _, r := range part {
			e := entry{r.name, r.description, r.last - r.first, status(r)}
			i, known := index[e]
			if !known {
				i = len(entries)
				index[e], entries = i, append(entries, e)
			}
			records = binary.LittleEndian.AppendUint16(records, r.first)
			records = binary.LittleEndian.AppendUint16(records, uint16(i))
		}
	}
	if left != 0 {
		return nil, fmt.Errorf("%d rows have a protocol that the table has no part for", left)
	}
	if len(entries) > math.MaxUint16 {
		return nil, fmt.Errorf("%d distinct entries do not fit into 16 bits", len(entries))
	}
	head = binary.LittleEndian.AppendUint32(head, uint32(len(entries)))
	return slices.Concat(head, records, texts(entries)), nil
}

// section returns one protocol's rows by port, the preferred name of a port first.
func section(rows []row, protocol string) []row {
	var part []row
	for _, r := range rows {
		if r.protocol == protocol {
			part = append(part, r)
		}
	}
	slices.SortStableFunc(part, func(a, b row) int {
		if a.first != b.first {
			return int(a.first) - int(b.first)
		}
		return rank(a) - rank(b)
	})
	return part
}

func rank(r row) int {
	if slices.Contains(preferred[r.name], r.first) {
		return 0
	}
	return 1
}

// texts is the entries, a closing one that only marks the end of the text, and the text.
func texts(entries []entry) []byte {
	var out, text []byte
	for _, e := range entries {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
		out = append(out, byte(len(e.name)), e.status)
		out = binary.LittleEndian.AppendUint16(out, e.span)
		text = append(append(text, e.name...), e.description...)
	}
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	out = append(out, 0, 0, 0, 0)
	return append(out, text...)
}
