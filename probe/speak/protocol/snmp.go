package protocol

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"
)

// snmp asks first for the engine of version 3, which needs no community (RFC 3414, 4), then with the community "public"
// for sysDescr in versions 2c and 1 (RFC 3416, RFC 1157): agents tell of a wrong community by an alarm. A community that was given
// comes first, and no other is tried.
func snmp() *Protocol {
	return &Protocol{Name: "snmp", UDP: &Datagram{
		Ports: []uint16{161},
		With: func(nonce [16]byte, try int, known Known) []byte {
			if known.Community != "" {
				try++ // 2c, 1, then the engine
			}
			switch try {
			case 1:
				return snmpGet("\x01", cmp.Or(known.Community, "public"), nonce)
			case 2:
				return snmpGet("\x00", cmp.Or(known.Community, "public"), nonce)
			}
			return snmpEngine(nonce)
		},
		Read: readSNMP,
	}}
}

// snmpEngine asks for the number of an engine.
func snmpEngine(nonce [16]byte) []byte {
	id, nothing := derInt(nonce[:4]), der(4)
	return []byte(der(0x30, der(2, "\x03"),
		der(0x30, id, der(2, "\x00\xff\xe3"), der(4, "\x04"), der(2, "\x03")), // reportable, user-based security
		der(4, der(0x30, nothing, der(2, "\x00"), der(2, "\x00"), nothing, nothing, nothing)),
		der(0x30, nothing, nothing, der(0xa0, id, der(2, "\x00"), der(2, "\x00"), der(0x30)))))
}

// snmpGet is a GetRequest for sysDescr.0.
func snmpGet(version, community string, nonce [16]byte) []byte {
	return []byte(der(0x30, der(2, version), der(4, community), der(0xa0, derInt(nonce[:4]), der(2, "\x00"), der(2, "\x00"),
		der(0x30, der(0x30, der(6, sysDescr), der(5))))))
}

const sysDescr = "\x2b\x06\x01\x02\x01\x01\x01\x00" // 1.3.6.1.2.1.1.1.0

func readSNMP(reply, asked []byte) (a Answer, ok bool) {
	message, _, ok := element(reply, 0x30)
	if !ok {
		return a, false
	}
	version, rest, ok := number(message)
	own, _, _ := element(asked, 0x30)
	if was, _, known := number(own); !ok || !known || was != version {
		return a, false
	}
	if version == 3 {
		return readEngine(rest, own)
	}
	_, rest, ok = element(rest, 4)
	pdu, _, isResponse := element(rest, 0xa2)
	if !ok || !isResponse {
		return a, false
	}
	_, mine, _ := element(own[3:], 4)
	question, _, _ := element(mine, 0xa0)
	id, rest, ok := number(pdu)
	if was, _, _ := number(question); !ok || id != was {
		return a, false
	}
	status, _, ok := number(rest)
	if status != 0 {
		a.Code = "error " + strconv.Itoa(status)
	}
	if i := bytes.Index(pdu, []byte("\x06\x08"+sysDescr)); i >= 0 {
		if text, _, is := element(pdu[i+10:], 4); is {
			a.Product = oneLine(text)
		}
	}
	return a, ok
}

// readEngine takes the report of an engine (RFC 3412, 6; RFC 3411, 5: an engine's number begins with its maker's).
func readEngine(message, asked []byte) (a Answer, ok bool) {
	header, rest, ok := element(message, 0x30)
	mine, _, _ := element(asked[3:], 0x30)
	id, _, isNumber := number(header)
	if was, _, _ := number(mine); !ok || !isNumber || id != was {
		return a, false
	}
	security, _, ok := element(rest, 4)
	fields, _, is := element(security, 0x30)
	engine, _, has := element(fields, 4)
	_, rest, ok2 := element(rest, 4)
	scoped, _, ok3 := element(rest, 0x30)
	_, scoped, _ = element(scoped, 4)
	_, scoped, _ = element(scoped, 4)
	if !ok || !is || !has || !ok2 || !ok3 || len(scoped) == 0 || scoped[0] != 0xa8 { // Report-PDU (RFC 3416, 3)
		return a, false
	}
	a.Product = "SNMPv3"
	if len(engine) >= 5 {
		a.Product += ", enterprise " + strconv.Itoa(int(be32(engine)&0x7fffffff))
	}
	return a, true
}

// oneLine is text without what is not printable, and not too long.
func oneLine(b []byte) string {
	s := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return ' '
		}
		return r
	}, string(b[:min(len(b), 120)]))
	return strings.Join(strings.Fields(s), " ")
}
