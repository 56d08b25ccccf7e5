package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// smb negotiates a dialect (MS-SMB2, 2.2.3) and goes; nobody signs in. Port 139 begins with a session of NetBIOS for
// "*SMBSERVER" (RFC 1002, 4.3.2). What is silent to that is asked for version 1 (MS-CIFS, 2.2.4.52).
func smb() *Protocol {
	return &Protocol{Name: "smb", Ports: []uint16{445, 139}, Ask: askSMB, Older: askSMB1}
}

func askSMB(d *Dialogue) Answer {
	nonce := fresh()
	head := make([]byte, 64)
	copy(head, "\xfeSMB\x40")
	head[14] = 1 // a credit
	body := "\x24\x00\x05\x00\x01\x00\x00\x00\x00\x00\x00\x00" + string(nonce[:]) + "\x70\x00\x00\x00\x01\x00\x00\x00" +
		"\x02\x02\x10\x02\x00\x03\x02\x03\x11\x03" + "\x00\x00" + // dialects 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1
		"\x01\x00\x16\x00\x00\x00\x00\x00" + "\x01\x00\x10\x00\x01\x00" + string(nonce[:]) // integrity with SHA-512 (2.2.3.1.1)
	return negotiate(d, string(head)+body, func(reply []byte) (a Answer) {
		if len(reply) < 72 || !bytes.HasPrefix(reply, []byte("\xfeSMB\x40\x00")) || binary.LittleEndian.Uint16(reply[12:]) != 0 ||
			reply[16]&1 == 0 {
			return a
		}
		a.Spoken = true
		if status := binary.LittleEndian.Uint32(reply[8:]); status != 0 {
			a.Code = fmt.Sprintf("status %08x", status)
			return a
		}
		version := binary.LittleEndian.Uint16(reply[68:])
		a.Product = "SMB " + map[uint16]string{0x202: "2.0.2", 0x210: "2.1", 0x300: "3.0", 0x302: "3.0.2", 0x311: "3.1.1"}[version]
		if reply[66]&2 != 0 {
			a.Product += ", signing required"
		}
		return a
	})
}

func askSMB1(d *Dialogue) Answer {
	head := make([]byte, 32)
	copy(head, "\xffSMB\x72\x00\x00\x00\x00\x18\x01\x48")
	return negotiate(d, string(head)+"\x00\x0c\x00\x02NT LM 0.12\x00", func(reply []byte) (a Answer) {
		if len(reply) < 36 || !bytes.HasPrefix(reply, []byte("\xffSMB\x72")) || reply[9]&0x80 == 0 {
			return a
		}
		a.Spoken, a.Product = true, "SMB 1 only"
		if reply[32] >= 17 && reply[35]&8 != 0 {
			a.Product += ", signing required"
		}
		return a
	})
}

// negotiate says one message, with the length that NetBIOS and Direct TCP put before it (MS-SMB2, 2.1).
func negotiate(d *Dialogue, message string, read func([]byte) Answer) Answer {
	if d.Port == 139 {
		names := "\x20" + netbiosEncoded("*SMBSERVER") + "\x00\x20" + netbiosEncoded("WHYPORT") + "\x00"
		reply, err := d.exchange([]byte("\x81\x00\x00\x44"+names), 4)
		if err != nil || be16(reply[1:]) > 6 {
			return Answer{}
		}
		if reply[0] == 0x83 && be32(reply) == 0x83000001 { // a refusal with its code, of which there are five (4.3.4)
			code, err := d.read(1)
			return Answer{
				Spoken:  err == nil && (code[0] >= 0x80 && code[0] < 0x84 || code[0] == 0x8f),
				Code:    "session refused",
				Refused: true,
			}
		}
		if be32(reply) != 0x82000000 {
			return Answer{}
		}
	}
	if d.Say(string(sized(4, []byte(message)))) != nil {
		return Answer{}
	}
	reply, err := d.sizedReply(4)
	if err != nil {
		return Answer{}
	}
	return read(reply)
}

// netbiosEncoded is a name's first-level encoding (RFC 1001, 14.1).
func netbiosEncoded(name string) string {
	var b strings.Builder
	for _, c := range []byte(fmt.Sprintf("%-16s", name)) {
		b.Write([]byte{'A' + c>>4, 'A' + c&15})
	}
	return b.String()
}
