package farend

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// CodePorts are covered by a code, the lowest TCP ports of the list.
const CodePorts = 16

// Code is six letters for a person to carry: at which of a list's TCP ports SYNs of one client arrived. It is 16 bits, one a port,
// and 14 that bind it to the token and the list, so that one mistyped letter is noticed.
func (t Token) Code(ports []uint16, arrived func(uint16) bool) string {
	ports = codePorts(ports)
	var bits uint32
	for i, p := range ports {
		if arrived(p) {
			bits |= 1 << i
		}
	}
	raw := binary.BigEndian.AppendUint32(nil, (bits<<14|t.codeCheck(bits, ports))<<2)
	return letters.EncodeToString(raw)[:6]
}

// ReadCode reads one: the ports that it covers, and those at which something arrived.
func (t Token) ReadCode(text string, ports []uint16) (covered, arrived []uint16, err error) {
	ports = codePorts(ports)
	text = crockford(text)
	if len(text) != 6 {
		return nil, nil, errors.New("a code has six letters")
	}
	raw, err := letters.DecodeString(text + "0")
	if err != nil || len(raw) < 4 {
		return nil, nil, errors.New("a code has letters and digits alone")
	}
	value := binary.BigEndian.Uint32(raw) >> 2
	bits := value >> 14
	if value&(1<<14-1) != t.codeCheck(bits, ports) {
		return nil, nil, fmt.Errorf("%s is mistyped, or made for other ports or another token", text)
	}
	for i, p := range ports {
		if bits&(1<<i) != 0 {
			arrived = append(arrived, p)
		}
	}
	return ports, arrived, nil
}

func (t Token) codeCheck(bits uint32, ports []uint16) uint32 {
	list := binary.BigEndian.AppendUint32(nil, bits)
	for _, p := range ports {
		list = binary.BigEndian.AppendUint16(list, p)
	}
	return binary.BigEndian.Uint32(t.mac("code", list)) >> 18
}

func codePorts(ports []uint16) []uint16 {
	ports = slices.SortedFunc(slices.Values(ports), cmp.Compare)
	ports = slices.Compact(ports)
	return ports[:min(len(ports), CodePorts)]
}
