package protocol

import (
	"bytes"
	"io"
)

// ldapStartTLS is the ExtendedRequest of RFC 4511 section 4.14, message 1, OID 1.3.6.1.4.1.1466.20037.
const ldapStartTLS = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + "1.3.6.1.4.1.1466.20037"

// upgradeLDAP asks for StartTLS. Result 0 is yes.
func upgradeLDAP(d *Dialogue) Upgraded {
	if d.Say(ldapStartTLS) != nil {
		return Upgraded{}
	}
	message, err := d.ber()
	if err != nil {
		return Upgraded{}
	}
	code, ok := ldapResult(message)
	switch {
	case !ok:
		return Upgraded{}
	case code == 0:
		return Upgraded{How: UpgradeReady, Spoken: true}
	}
	// It was asked, not offered: 2 is "what is that?", 52 a domain controller's word for having no certificate. It serves
	// where it answers a real question.
	got := askLDAP(d)
	return Upgraded{How: UpgradeNotOffered, Spoken: true, Unanswered: !got.Spoken, Code: got.Code, Refused: got.Refused}
}

// ldapSearch asks for the root entry's supportedLDAPVersion, as message 2 and without a sign-in (RFC 4511 section 4.5.1,
// RFC 4512 section 5.1): base "", scope base, no limits, (objectClass=*).
const ldapSearch = "\x30\x3b\x02\x01\x02\x63\x36" + "\x04\x00\x0a\x01\x00\x0a\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00" +
	"\x87\x0bobjectClass" + "\x30\x16\x04\x14supportedLDAPVersion"

// askLDAP asks for the root entry. Any message of the protocol is an answer.
func askLDAP(d *Dialogue) (a Answer) {
	if d.Say(ldapSearch) != nil {
		return a
	}
	body, err := d.ber()
	if err != nil || len(body) < 4 || body[0] != 2 || 2+int(body[1]) >= len(body) {
		return a
	}
	tag := body[2+int(body[1])]
	if code, ok := ldapResult(body); ok {
		a.Code = map[byte]string{51: "busy", 52: "unavailable"}[code] // RFC 4511, 4.1.9
		a.Refused = a.Code != ""
	}
	a.Spoken = body[1] == 1 && body[2] == 2 && (tag == 0x64 || tag == 0x65) || tag == 0x78 // an entry, the end, or a notice
	return a
}

// ber reads one BER sequence of at most 64 KiB, header included.
func (d *Dialogue) ber() ([]byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(d.in, head); err != nil {
		return nil, err
	}
	if head[0] != 0x30 {
		return nil, errLong
	}
	n := int(head[1])
	if n >= 0x80 {
		more := make([]byte, n&0x7f)
		if len(more) == 0 || len(more) > 4 {
			return nil, errLong
		}
		if _, err := io.ReadFull(d.in, more); err != nil {
			return nil, err
		}
		n = 0
		for _, b := range more {
			n = n<<8 | int(b)
		}
	}
	if n < 0 || n > 64<<10 {
		return nil, errLong
	}
	body := make([]byte, n)
	_, err := io.ReadFull(d.in, body)
	return body, err
}

// ldapResult finds the result code of an ExtendedResponse or of a search's end: messageID, then [APPLICATION 24] or 5, whose
// first element is the ENUMERATED code. Lengths are skipped, so both of AD's four-byte kind and short ones do.
func ldapResult(body []byte) (code byte, ok bool) {
	if len(body) < 3 || body[0] != 2 {
		return 0, false
	}
	i := 2 + int(body[1])
	if i >= len(body) || body[i] != 0x78 && body[i] != 0x65 {
		return 0, false
	}
	rest := body[i+1:]
	j := bytes.Index(rest, []byte{0x0a, 0x01})
	if j < 0 || j > 6 || j+2 >= len(rest) {
		return 0, false
	}
	return rest[j+2], true
}

// ldap recognises the notice of disconnection that a server sends before it hangs up on something it can't read: message
// 0, an ExtendedResponse.
func ldap() *Protocol {
	return &Protocol{
		Name: "ldap", Ports: []uint16{389, 3268}, Secure: []uint16{636, 3269}, Upgrade: upgradeLDAP, Ask: askLDAP,
		Match: func(said []byte, _ bool) (bool, string) {
			if len(said) < 8 || said[0] != 0x30 {
				return false, ""
			}
			i := bytes.Index(said, []byte{0x02, 0x01, 0x00, 0x78})
			return i >= 0 && i <= 6, ""
		},
	}
}
