package socket

import (
	"encoding/binary"
	"net/netip"
	"syscall"

	"whyport/probe/evidence"
)

// States of include/uapi/linux/neighbour.h.
const (
	nudIncomplete = 0x01
	nudReachable  = 0x02
	nudFailed     = 0x20
	ndaDst        = 1 // attribute: the address
	ndMsgSize     = 12
)

// Neighbour reads what the kernel's neighbour table says of an address, as any user may (RTM_GETNEIGH); "" where it says
// nothing certain. It is asked after a second of silence or more: a question of the kernel's that nobody has answered by then
// has failed.
func (System) Neighbour(a netip.Addr) evidence.Neighbour {
	a = a.Unmap().WithZone("")
	family := syscall.AF_INET
	if a.Is6() {
		family = syscall.AF_INET6
	}
	table, err := syscall.NetlinkRIB(syscall.RTM_GETNEIGH, family)
	if err != nil {
		return ""
	}
	messages, err := syscall.ParseNetlinkMessage(table)
	if err != nil {
		return ""
	}
	for _, m := range messages {
		if m.Header.Type != syscall.RTM_NEWNEIGH || len(m.Data) < ndMsgSize || !isNeighbour(m.Data[ndMsgSize:], a) {
			continue
		}
		switch state := binary.NativeEndian.Uint16(m.Data[8:]); {
		case state&nudReachable != 0:
			return evidence.NeighbourReachable
		case state&(nudFailed|nudIncomplete) != 0:
			return evidence.NeighbourFailed
		}
	}
	return ""
}

// isNeighbour reports that the attributes of a message name an address.
func isNeighbour(attributes []byte, a netip.Addr) bool {
	for len(attributes) >= 4 {
		size, kind := int(binary.NativeEndian.Uint16(attributes)), binary.NativeEndian.Uint16(attributes[2:])
		if size < 4 || size > len(attributes) {
			return false
		}
		if got, ok := netip.AddrFromSlice(attributes[4:size]); kind == ndaDst && ok {
			return got == a
		}
		attributes = attributes[min((size+3)&^3, len(attributes)):]
	}
	return false
}
