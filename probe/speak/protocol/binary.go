package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"regexp"
	"strings"
)

// iperf3 begins a test and ends it before anything is measured (iperf3's source, iperf_api.h: 9 is "exchange parameters",
// 10 "create streams", 16 "done").
func iperf3() *Protocol {
	return &Protocol{Name: "iperf3", Loose: true, Ports: []uint16{5201}, Bye: "\x10", Ask: func(d *Dialogue) (a Answer) {
		nonce := fresh()
		state, err := d.exchange(fmt.Appendf(nil, "%032x....\x00", nonce[:]), 1)
		if err != nil || d.Unread() > 0 {
			return a
		}
		if state[0] == 9 {
			state, err = d.exchange(sized(4, []byte(`{"tcp":true,"omit":0,"time":1,"parallel":1,"len":1024,"client_version":"3.12"}`)), 1)
			a.Spoken = err == nil && state[0] == 10 && d.Unread() == 0
		}
		return a
	}}
}

// distcc has no question but a job: a file without content (distcc's doc/protocol-1.txt).
func distcc() *Protocol {
	return &Protocol{Name: "distcc", Loose: true, Ports: []uint16{3632}, Ask: func(d *Dialogue) (a Answer) {
		ask := "DIST00000001ARGC00000005"
		for _, word := range []string{"cc", "-c", "w.c", "-o", "w.o"} {
			ask += fmt.Sprintf("ARGV%08x%s", len(word), word)
		}
		reply, err := d.exchange([]byte(ask+"DOTI00000000"), 24)
		a.Spoken = err == nil && bytes.HasPrefix(reply, []byte("DONE00000001STAT"))
		return a
	}}
}

// nrpe is asked for its version (NRPE's docs, "NRPE Protocol": packet version 2, a query, _NRPE_CHECK).
func nrpe() *Protocol {
	return &Protocol{Name: "nrpe", Loose: true, Secure: []uint16{5666}, Ask: func(d *Dialogue) (a Answer) {
		ask := make([]byte, 1036)
		ask[1], ask[3] = 2, 1
		copy(ask[10:], "_NRPE_CHECK")
		binary.BigEndian.PutUint32(ask[4:], crc32.ChecksumIEEE(ask))
		reply, err := d.exchange(ask, 10)
		if err != nil || be16(reply) < 2 || be16(reply) > 4 || be16(reply[2:]) != 2 {
			return a
		}
		rest, err := d.read(1026)
		if err != nil {
			return a
		}
		text, _, _ := bytes.Cut(rest, []byte{0})
		a.Spoken, a.Product = printable(text), oneLine(text)
		return a
	}}
}

// zabbix agents are pinged, servers asked whether they run (Zabbix manual, "Protocols": header, then text or JSON).
func zabbix() *Protocol {
	return &Protocol{Name: "zabbix", Loose: true, Ports: []uint16{10050, 10051}, Ask: func(d *Dialogue) (a Answer) {
		question := "agent.ping"
		if d.Port == 10051 {
			question = `{"request":"status.get","type":"ping"}`
		}
		head := append([]byte("ZBXD\x01"), byte(len(question)), 0, 0, 0, 0, 0, 0, 0)
		reply, err := d.exchange(append(head, question...), 13)
		if err != nil || !bytes.HasPrefix(reply, []byte("ZBXD\x01")) || binary.LittleEndian.Uint32(reply[9:]) != 0 {
			return a
		}
		text, err := d.read(int(min(binary.LittleEndian.Uint32(reply[5:]), maxMessage)))
		a.Spoken = err == nil &&
			(string(text) == "1" || bytes.HasPrefix(text, []byte("ZBX_")) || bytes.Contains(text, []byte(`"response"`)))
		return a
	}}
}

// firebird offers the oldest protocol that all servers know (Firebird's wire protocol documentation, "Identification").
func firebird() *Protocol {
	return &Protocol{Name: "firebird", Loose: true, Ports: []uint16{3050}, Ask: func(d *Dialogue) (a Answer) {
		var ask []byte
		number := func(ns ...uint32) {
			for _, n := range ns {
				ask = binary.BigEndian.AppendUint32(ask, n)
			}
		}
		number(1, 19, 3, 1)            // op_connect, op_attach, CONNECT_VERSION3, arch_generic
		number(0, 2, 0)                // no path, two protocols, nobody
		number(10, 1, 0, 5, 2)         // version 10
		number(0xffff800d, 1, 0, 5, 4) // version 13, Firebird 3
		reply, err := d.exchange(ask, 4)
		if err != nil {
			return a
		}
		switch be32(reply) {
		case 3, 94, 98: // op_accept, op_accept_data, op_cond_accept
			more, err := d.read(12)
			if err != nil || be32(more)&0x7fff < 10 || be32(more)&0x7fff > 40 || be32(more[4:]) > 50 || be32(more[8:])&0xff > 6 {
				return a
			}
			a.Spoken, a.Product = true, fmt.Sprintf("protocol %d", be32(more)&0x7fff)
		case 92: // op_cont_auth: data, a way to sign in, a list of such, keys; texts with their lengths
			for range 4 {
				text, err := d.sizedReply(4)
				if err != nil || len(text) > 1024 {
					return a
				}
				if _, err := d.read(-len(text) & 3); err != nil {
					return a
				}
			}
			a.Spoken, a.Product = d.Unread() == 0, "Firebird 3 or later"
		case 4: // op_reject
			a.Spoken, a.Code = d.Unread() == 0, "protocol refused"
		case 9: // op_response: an error with its number (isc_arg_gds)
			more, err := d.read(20)
			a.Spoken, a.Code = err == nil && be32(more[12:]) == 1 && be32(more[16:])>>16 == 0x1400, "error"
		}
		return a
	}}
}

// git asks for a repository that is not there (gitprotocol-pack(5), "Git Transport").
func git() *Protocol {
	return &Protocol{Name: "git", Loose: true, Ports: []uint16{9418}, Ask: func(d *Dialogue) (a Answer) {
		host := d.Name
		if host == "" {
			host = "whyport.invalid"
		}
		request := "git-upload-pack /whyport\x00host=" + host + "\x00"
		reply, err := d.exchange(fmt.Appendf(nil, "%04x%s", len(request)+4, request), 8)
		a.Spoken = err == nil && (string(reply[4:]) == "ERR " && strings.Trim(string(reply[:4]), "0123456789abcdef") == "")
		return a
	}}
}

// cassandra is asked for its options (CQL binary protocol v4, 4.1.3): no log-in.
func cassandra() *Protocol {
	return &Protocol{Name: "cassandra", Ports: []uint16{9042}, Secure: []uint16{9142}, Ask: func(d *Dialogue) (a Answer) {
		nonce := fresh()
		stream := string([]byte{nonce[0] & 0x7f, nonce[1]})
		head, err := d.exchange([]byte("\x04\x00"+stream+"\x05\x00\x00\x00\x00"), 9)
		if err != nil || head[0] < 0x81 || head[0] > 0x86 || head[1] > 31 || head[5] != 0 || be16(head[5:]) > 0 {
			return a
		}
		switch {
		case head[4] == 6 && string(head[2:4]) == stream: // SUPPORTED
			a.Spoken = true
			if body, err := d.read(be16(head[7:])); err == nil {
				if _, rest, ok := bytes.Cut(body, []byte("CQL_VERSION\x00\x01\x00")); ok && len(rest) > 0 && int(rest[0]) < len(rest) {
					a.Product = "CQL " + oneLine(rest[1:1+int(rest[0])])
				}
			}
		case head[4] == 0: // ERROR with its number: 0x000a is "protocol"
			if body, err := d.read(be16(head[7:])); err == nil && len(body) >= 6 {
				a.Spoken, a.Code = be32(body) < 0x2600 && be16(body[4:]) == len(body)-6, fmt.Sprintf("error %04x", be32(body))
			}
		}
		return a
	}}
}

// amqp begins a connection; RabbitMQ and others say who they are before anybody signs in (AMQP 0-9-1, 4.2.2 and 1.4.2.1).
func amqp() *Protocol {
	return &Protocol{
		Name: "amqp", Ports: []uint16{5672}, Secure: []uint16{5671}, Match: matching(`^AMQP[\x00-\x03][\x00-\x09][\x00-\x09][\x00-\x09]$`),
		Ask: func(d *Dialogue) (a Answer) {
			head, err := d.exchange([]byte("AMQP\x00\x00\x09\x01"), 8)
			switch {
			case err != nil:
				return a
			case string(head[:4]) == "AMQP": // another version: the one that it has
				a.Spoken, a.Product = head[4] < 4 && head[5] < 10 && head[6] < 10 &&
					string(head[4:]) != "\x00\x00\x09\x01", fmt.Sprintf(
					"AMQP %d.%d.%d",
					head[5],
					head[6],
					head[7],
				)
				return a
			case head[0] != 1 || be16(head[1:]) != 0:
				return a
			}
			body, err := d.read(int(min(be32(head[3:]), maxMessage)))
			if err != nil || len(body) < 12 || head[7] != 0 { // connection.start is 10, 10
				return a
			}
			body = append([]byte{head[7]}, body[:len(body)-1]...)
			if be32(body) != 10<<16|10 || body[4] > 1 {
				return a
			}
			a.Spoken, a.Product = true, strings.TrimSpace(longString(body, "product")+" "+longString(body, "version"))
			return a
		},
	}
}

// longString is a text in a field table (AMQP 0-9-1, 4.2.5.5).
func longString(table []byte, key string) string {
	i := bytes.Index(table, append([]byte{byte(len(key))}, key+"S"...))
	if i < 0 || i+len(key)+6 > len(table) {
		return ""
	}
	rest := table[i+len(key)+2:]
	if n := be32(rest); n < 60 && int(n)+4 <= len(rest) && printable(rest[4:4+n]) {
		return string(rest[4 : 4+n])
	}
	return ""
}

// iscsi begins the negotiation that comes before a log-in (RFC 7143, 11.12), for a list of targets, and stays there.
func iscsi() *Protocol {
	return &Protocol{Name: "iscsi", Loose: true, Ports: []uint16{3260}, Ask: func(d *Dialogue) (a Answer) {
		keys := "InitiatorName=iqn.2026-01.invalid.whyport:test\x00SessionType=Discovery\x00AuthMethod=None\x00"
		nonce := fresh()
		head := make([]byte, 48)
		head[0], head[7] = 0x43, byte(len(keys))
		copy(head[8:], "\x80"+string(nonce[:5])) // a random session number
		copy(head[16:], nonce[5:9])              // task
		for len(keys)%4 != 0 {
			keys += "\x00"
		}
		reply, err := d.exchange(append(head, keys...), 48)
		if err != nil || reply[0]&0x3f != 0x23 || !bytes.Equal(reply[16:20], nonce[5:9]) {
			return a
		}
		a.Spoken = true
		if reply[36] > 1 { // status class (11.13.5)
			a.Code = fmt.Sprintf("status %02x%02x", reply[36], reply[37])
		}
		return a
	}}
}

// x11 asks for a connection without a key (X Window System Protocol, 8): most displays refuse, with a reason.
func x11() *Protocol {
	return &Protocol{Name: "x11", Loose: true, Ports: []uint16{6000, 6001, 6002, 6003, 6004, 6005}, Ask: func(d *Dialogue) (a Answer) {
		head, err := d.exchange([]byte("l\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 8)
		if err != nil || head[0] > 1 || binary.LittleEndian.Uint16(head[2:]) != 11 {
			return a
		}
		body, err := d.read(min(4*int(binary.LittleEndian.Uint16(head[6:])), maxMessage))
		if err != nil || head[0] == 1 && len(body) < 40 || head[0] == 0 && int(head[1]) > len(body) {
			return a
		}
		if head[0] == 0 {
			reason := bytes.TrimRight(body[:head[1]], "\n\x00")
			return Answer{Spoken: len(reason) > 0 && printable(reason), Code: oneLine(reason), Refused: true}
		}
		if n := int(binary.LittleEndian.Uint16(body[16:])); 32+n <= len(body) && printable(body[32:32+n]) {
			a.Spoken, a.Product = true, string(body[32:32+n])
		}
		return a
	}}
}

// adb introduces itself (Android's adb protocol.txt, CONNECT); a device answers with its name or asks for a key.
func adb() *Protocol {
	return &Protocol{Name: "adb", Loose: true, Ports: []uint16{5555}, Ask: func(d *Dialogue) (a Answer) {
		name := "host::\x00"
		sum := uint32(0)
		for _, c := range []byte(name) {
			sum += uint32(c)
		}
		var ask []byte
		for _, n := range []uint32{0x4e584e43, 0x01000000, 4096, uint32(len(name)), sum, 0x4e584e43 ^ 0xffffffff} {
			ask = binary.LittleEndian.AppendUint32(ask, n)
		}
		reply, err := d.exchange(append(ask, name...), 24)
		if err != nil {
			return a
		}
		command := binary.LittleEndian.Uint32(reply)
		payload, n := "", binary.LittleEndian.Uint32(reply[12:])
		if body, err := d.read(int(min(n, maxMessage))); err == nil {
			payload = string(body)
		}
		switch {
		case binary.LittleEndian.Uint32(reply[20:]) != command^0xffffffff:
		case command == 0x4e584e43: // CNXN: "device::ro.product..."
			kind, about, ok := strings.Cut(payload, ":")
			a.Spoken, a.Product = ok &&
				regexp.MustCompile(`^(device|recovery|bootloader|sideload|rescue)$`).MatchString(kind), oneLine(
				[]byte(about),
			)
		case command == 0x48545541: // AUTH: a token to be signed
			a.Spoken, a.Code = n == 20 && reply[4] == 1, "a key is needed"
		case command == 0x534c5453: // STLS
			a.Spoken, a.Code = n == 0, "TLS is needed"
		}
		return a
	}}
}

// ajp is pinged as a front end does (AJPv13 extensions, "CPing/CPong").
func ajp() *Protocol {
	return &Protocol{Name: "ajp", Loose: true, Ports: []uint16{8009}, Ask: func(d *Dialogue) (a Answer) {
		reply, err := d.exchange([]byte{0x12, 0x34, 0, 1, 10}, 5)
		a.Spoken = err == nil && string(reply) == "AB\x00\x01\x09"
		return a
	}}
}

// bolt offers versions of Neo4j's protocol (Bolt protocol, "Handshake"); the answer is the one that is taken.
func bolt() *Protocol {
	return &Protocol{Name: "bolt", Loose: true, Ports: []uint16{7687}, Ask: func(d *Dialogue) (a Answer) {
		reply, err := d.exchange([]byte("\x60\x60\xb0\x17\x00\x04\x04\x05\x00\x02\x04\x04\x00\x00\x01\x04\x00\x00\x00\x03"), 4)
		if err != nil || reply[0] != 0 || reply[1] != 0 || reply[3] < 3 || reply[3] > 5 || d.Unread() > 0 {
			return a
		}
		a.Spoken, a.Product = true, fmt.Sprintf("Bolt %d.%d", reply[3], reply[2])
		return a
	}}
}
