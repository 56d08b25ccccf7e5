package services

import (
	_ "embed"
	"iter"
	"strings"
)

// table is IANA's registry, made by gen from the registry's XML. It is searched as it lies in the
// program, so that it costs nothing before the first look-up. Numbers are little-endian:
//
//	head     6 x uint32  records for TCP, UDP, SCTP, DCCP and any protocol; entries
//	records  4 bytes     first port uint16, entry uint16; by port, preferred name first
//	entries  8 bytes     text offset uint32, length of the name uint8, status uint8,
//	                     ports beyond the first uint16; one more entry marks the end of the text
//	text                 for each entry its name, then its description, printable ASCII
//
//go:generate go run ./gen
//go:embed iana.bin
var table string

const (
	headSize   = 24
	recordSize = 4
	entrySize  = 8
	entryCount = 5 // index in the head
)

// The table's parts, by index in its head.
const (
	tcp = iota
	udp
	sctp
	dccp
	anyProtocol
	noProtocol = -1
)

var protocolNames = [...]string{"tcp", "udp", "sctp", "dccp", AnyProtocol}

// protocolIndex returns a part of the table, or noProtocol.
func protocolIndex(protocol string) int {
	for i, name := range protocolNames[:anyProtocol] {
		if protocol == name || strings.EqualFold(protocol, name) {
			return i
		}
	}
	return noProtocol
}

func u16(at int) int { return int(table[at]) | int(table[at+1])<<8 }

func u32(at int) int { return u16(at) | u16(at+2)<<16 }

// part returns the half-open range of a protocol's records.
func part(protocol int) (begin, end int) {
	for i := range protocol {
		begin += u32(4 * i)
	}
	return begin, begin + u32(4*protocol)
}

func recordPort(i int) int { return u16(headSize + recordSize*i) }

// find returns the protocol's first record that covers the port, or -1.
func find(port uint16, protocol int) int {
	begin, end := part(protocol)
	lo, hi := begin, end // the first record beyond the port
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if recordPort(mid) <= int(port) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == begin {
		return -1
	}
	i := lo - 1
	for i > begin && recordPort(i-1) == recordPort(i) {
		i--
	}
	// A one-port row may stand before a range with the same first port.
	for ; i < lo; i++ {
		if s := rowAt(i, protocol); s.Last >= port {
			return i
		}
	}
	return -1
}

// rowAt returns record i as a service; its strings point into the table.
func rowAt(i, protocol int) Service {
	at := headSize + recordSize*i
	_, records := part(anyProtocol)
	entries := headSize + recordSize*records
	text := entries + entrySize*(u32(4*entryCount)+1)
	e := entries + entrySize*u16(at+2)
	begin, end := text+u32(e), text+u32(e+entrySize)
	name := begin + int(table[e+4])
	first := u16(at)
	return Service{
		Name: table[begin:name], Port: uint16(first), Last: uint16(first + u16(e+6)),
		Protocol: protocolNames[protocol], Description: table[name:end],
		Status: tableStatus[table[e+5]], Source: SourceIANA,
	}
}

// tableStatus is indexed by the table's status byte.
var tableStatus = [...]Status{Assigned, Unassigned, Reserved}

// rowsAt yields the registry's records that cover a port, with the table's part each stands in.
func rowsAt(port uint16, protocol int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for _, section := range [...]int{protocol, anyProtocol} {
			i := find(port, section)
			if i < 0 {
				continue
			}
			_, end := part(section)
			for first := recordPort(i); i < end && recordPort(i) == first; i++ {
				if !yield(i, section) {
					return
				}
			}
		}
	}
}
