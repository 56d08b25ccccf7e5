package protocol

import (
	"strings"
	"time"
)

// smtp is mail between servers, and its submission. Its servers may look callers up, or make them wait (postscreen: 6 s).
func smtp() *Protocol {
	return &Protocol{
		Name: "smtp", Ports: []uint16{25, 587}, Secure: []uint16{465}, First: Server, Impatient: true, Late: 7 * time.Second,
		Match: matchSMTP, Refused: refusedReply, Upgrade: upgradeSMTP,
	}
}

func matchSMTP(said []byte, usual bool) (bool, string) {
	line := firstLine(said)
	if !isReply(line, "220", "421", "450", "520", "521", "554") {
		return false, ""
	}
	upper := strings.ToUpper(line)
	named := strings.Contains(upper, "SMTP") || strings.Contains(upper, "LMTP") || strings.Contains(upper, "MAIL")
	return usual || named && !strings.Contains(upper, "FTPD"), productIn(line)
}

// upgradeSMTP: RFC 3207. The greeting was heard before.
func upgradeSMTP(d *Dialogue) Upgraded {
	if !isReply(firstLine(d.Greeting), "220") {
		return Upgraded{Spoken: true} // turned away before anything could be asked
	}
	_, product := matchSMTP(d.Greeting, true)
	out := Upgraded{Spoken: true, Product: product}
	code, lines, err := d.command("EHLO whyport.invalid")
	if err != nil {
		return out
	}
	switch {
	case code == "500" || code == "502" || code == "250" && !offers(lines, "STARTTLS"):
		out.How = UpgradeNotOffered
		return out
	case code != "250":
		return out // turned away for who is asking: says nothing of TLS
	}
	if code, _, err = d.command("STARTTLS"); err == nil {
		out.How = answered(code == "220", true)
	}
	return out
}
