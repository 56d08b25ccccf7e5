package protocol

import (
	"slices"
	"strconv"
)

// kerberos asks for a ticket in a realm that nobody has (RFC 4120, 5.4.1): no name of a client, so nobody signs in. Over
// TCP the length comes first (7.2.2).
func kerberos() *Protocol {
	udp := &Datagram{
		Ports: []uint16{88},
		Ask: func(nonce [16]byte, _ uint16) []byte {
			return []byte(der(0x6a, der(0x30, der(0xa1, der(2, "\x05")), der(0xa2, der(2, "\x0a")), der(0xa4, der(0x30,
				der(0xa0, der(3, "\x00\x00\x00\x00\x00")),                                            // kdc-options
				der(0xa2, der(0x1b, noRealm)),                                                        // realm
				der(0xa3, principal("krbtgt", noRealm)),                                              // sname
				der(0xa5, der(0x18, "19700101000000Z")),                                              // till: as long as may be
				der(0xa7, derInt(nonce[:4])),                                                         // nonce
				der(0xa8, der(0x30, der(2, "\x12"), der(2, "\x11"), der(2, "\x14"), der(2, "\x17"))), // etype: AES, RC4
			)))))
		},
		Read: func(reply, _ []byte) (Answer, bool) { return readKerberos(reply) },
	}
	return &Protocol{Name: "kerberos", Ports: []uint16{88}, Ask: udp.overTCP(4), UDP: udp}
}

const noRealm = "WHYPORT.INVALID"

// principal is a PrincipalName of type NT-SRV-INST (RFC 4120, 5.2.2).
func principal(names ...string) string {
	list := ""
	for _, n := range names {
		list += der(0x1b, n)
	}
	return der(0x30, der(0xa0, der(2, "\x02")), der(0xa1, der(0x30, list)))
}

// readKerberos takes a KRB-ERROR (RFC 4120, 5.9.1): what is asked for does not exist, so there is no other answer.
func readKerberos(reply []byte) (a Answer, ok bool) {
	body, rest, ok := element(reply, 0x7e)
	if !ok || len(rest) > 0 {
		return a, false
	}
	fields, _, ok := element(body, 0x30)
	if !ok {
		return a, false
	}
	code, version, kind := -1, 0, 0
	for tag := byte(0xa0); tag <= 0xac; tag++ {
		content, after, ok := element(fields, tag)
		if !ok {
			continue
		}
		fields = after
		switch tag {
		case 0xa0:
			version, _, _ = number(content)
		case 0xa1:
			kind, _, _ = number(content)
		case 0xa6:
			code, _, _ = number(content)
		case 0xa9:
			if realm, _, ok := element(content, 0x1b); ok && printable(realm) && string(realm) != noRealm && len(realm) > 0 {
				a.Product = "realm " + string(realm)
			}
		}
	}
	if version != 5 || kind != 30 || code < 0 || len(fields) > 0 {
		return a, false
	}
	// The client, the server or the realm is unknown (6, 7, 68), or a proof of identity is needed first (25): as it should be.
	if !slices.Contains([]int{6, 7, 25, 68}, code) {
		a.Code = "error " + strconv.Itoa(code)
	}
	return a, true
}
