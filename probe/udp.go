package probe

import "encoding/binary"

// udpQuestion is a small, harmless request of the port's usual protocol.
func udpQuestion(port uint16) (payload []byte, protocol string) {
	switch port {
	case 53, 5353: // DNS: who serves the root? (RFC 1035, 4)
		return []byte{0x77, 0x70, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1}, "dns"
	case 123: // NTP version 4, client (RFC 5905, 7.3)
		return append([]byte{0x23}, make([]byte, 47)...), "ntp"
	case 3478, 3479, 3480, 3481, 19302, 19303, 19304, 19305, 19306, 19307, 19308, 19309: // STUN binding request (RFC 8489, 5)
		return append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, []byte("whyport-ping")...), "stun"
	case 500, 4500: // IKEv2 SA_INIT header without payloads (RFC 7296, 3.1): answered with a notification, if at all
		ike := append([]byte("whyport1"), make([]byte, 8)...)
		ike = append(ike, 0, 0x20, 34, 0x08)
		ike = binary.BigEndian.AppendUint32(ike, 0)
		ike = binary.BigEndian.AppendUint32(ike, 28)
		if port == 4500 {
			ike = append(make([]byte, 4), ike...) // non-ESP marker (RFC 3948, 2.2)
		}
		return ike, "ike"
	case 69: // TFTP read request (RFC 1350, 5)
		return []byte("\x00\x01whyport\x00octet\x00"), "tftp"
	case 1434: // SQL Server Browser: list the instances (MC-SQLR 2.2.1)
		return []byte{3}, "sql-browser"
	}
	return []byte{0}, ""
}
