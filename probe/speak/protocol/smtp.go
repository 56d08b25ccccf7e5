package protocol

import (
	"regexp"
	"strings"
)

// smtp is mail between servers, and its submission.
func smtp() *Protocol {
	return &Protocol{
		Name: "smtp", Ports: []uint16{25, 587, 2525}, Secure: []uint16{465}, First: Server, Impatient: true, Patient: true, Bye: "QUIT\r\n",
		Match: matchSMTP, Refused: refusedReply, Upgrade: upgradeSMTP,
	}
}

func matchSMTP(said []byte, usual bool) (bool, string) {
	line := firstLine(said)
	if !isGreeting(line, "220", "421", "450", "520", "521", "554") {
		return false, ""
	}
	if said, _ := regexp.MatchString(`^[45]\d\d [45]\.\d{1,3}\.\d{1,3} `, line); said { // RFC 3463: only mail has such codes
		return true, productIn(line)
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
