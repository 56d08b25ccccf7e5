package listen

import (
	"encoding/binary"
	"net/netip"
)

// wirePacket is a SYN that came in, or an answer (SYN-ACK or RST) that went out.
type wirePacket struct {
	local, remote netip.AddrPort
	out           bool
}

// Flags of TCP (RFC 9293, 3.1).
const (
	flagSYN = 0x02
	flagRST = 0x04
	flagACK = 0x10
)

// readSYN reads an IP packet; false where it is no SYN in, and no SYN-ACK or RST out.
func readSYN(b []byte, out bool) (p wirePacket, ok bool) {
	var from, to netip.Addr
	switch {
	case len(b) >= 20 && b[0]>>4 == 4 && b[9] == 6 && binary.BigEndian.Uint16(b[6:])&0x1fff == 0: // no later fragment
		from, to = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
		b = b[min(len(b), int(b[0]&15)*4):]
	case len(b) >= 40 && b[0]>>4 == 6 && b[6] == 6:
		from, to = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
		b = b[40:]
	default:
		return p, false
	}
	if len(b) < 20 {
		return p, false
	}
	syn, ack, rst := b[13]&flagSYN != 0, b[13]&flagACK != 0, b[13]&flagRST != 0
	if out && !(syn && ack || rst) || !out && (!syn || ack) {
		return p, false
	}
	source, destination := netip.AddrPortFrom(from, binary.BigEndian.Uint16(b)), netip.AddrPortFrom(to, binary.BigEndian.Uint16(b[2:]))
	if out {
		return wirePacket{local: source, remote: destination, out: true}, true
	}
	return wirePacket{local: destination, remote: source}, true
}
