package protocol

import (
	"io"

	"whyport/probe/evidence"
)

// rdpRequest is an X.224 connection request in TPKT with RDP_NEG_REQ for TLS and CredSSP
// (MS-RDPBCGR 2.2.1.1).
const rdpRequest = "\x03\x00\x00\x13" + "\x0e\xe0\x00\x00\x00\x00\x00" + "\x01\x00\x08\x00\x03\x00\x00\x00"

// upgradeRDP: the confirm carries RDP_NEG_RSP with the protocol (0 is RDP's own encryption),
// RDP_NEG_FAILURE with a reason, or nothing from servers that know no TLS.
func upgradeRDP(d *Dialogue) Upgraded {
	if d.Say(rdpRequest) != nil {
		return Upgraded{}
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(d.in, head); err != nil || head[0] != 3 || head[1] != 0 {
		return Upgraded{}
	}
	n := int(head[2])<<8 | int(head[3])
	if n < 11 || n > 512 {
		return Upgraded{}
	}
	body := make([]byte, n-4)
	if _, err := io.ReadFull(d.in, body); err != nil || body[1]&0xf0 != 0xd0 {
		return Upgraded{}
	}
	out := Upgraded{Spoken: true, How: UpgradeNotOffered}
	if len(body) < 15 {
		return out
	}
	negotiation := body[7:]
	switch {
	case negotiation[0] == 2 && negotiation[4]&0x0b != 0: // TLS, CredSSP or CredSSP with early user
		out.How = UpgradeReady
	case negotiation[0] == 3:
		out.Code = rdpFailure(negotiation[4])
		if negotiation[4] != 2 { // SSL_NOT_ALLOWED_BY_SERVER: it speaks RDP's own encryption
			out.How = UpgradeRefused
		}
	}
	return out
}

// rdpFailure is a failureCode of RDP_NEG_FAILURE (MS-RDPBCGR 2.2.1.2.2); "" for none that is known.
func rdpFailure(code byte) string {
	names := []string{
		1: "ssl-required",
		2: "ssl-not-allowed",
		3: "no-certificate",
		4: "inconsistent-flags",
		5: "nla-required",
		6: "user-certificate-required",
	}
	if int(code) >= len(names) || names[code] == "" {
		return ""
	}
	return evidence.RDPFailure + names[code]
}

func rdp() *Protocol { return &Protocol{Name: "rdp", Ports: []uint16{3389}, Upgrade: upgradeRDP} }
