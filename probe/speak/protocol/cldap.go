package protocol

// cldap asks a domain controller for its root entry over UDP, as computers do that look for one (MS-ADTS, 3.1.1.3.1.10; the
// message is RFC 4511's, 4.5.1, without a sign-in): base "", (objectClass=*), supportedLDAPVersion.
func cldap() *Protocol {
	return &Protocol{Name: "cldap", UDP: &Datagram{
		Ports: []uint16{389, 3268},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			zero := der(2, "\x00")
			return []byte(der(0x30, derInt(nonce[:4]), der(0x63, der(4), der(10, "\x00"), der(10, "\x00"), zero, zero, der(1, "\x00"),
				der(0x87, "objectClass"), der(0x30, der(4, "supportedLDAPVersion")))))
		},
		Read: func(reply, asked []byte) (a Answer, ok bool) {
			own, _, _ := element(asked, 0x30)
			was, _, _ := number(own)
			message, _, ok := element(reply, 0x30)
			if !ok {
				return a, false
			}
			id, rest, ok := number(message)
			if !ok || id != was || len(rest) == 0 {
				return a, false
			}
			return a, rest[0] == 0x64 || rest[0] == 0x65 // SearchResultEntry, SearchResultDone
		},
	}}
}
