package protocol

import "strings"

func imap() *Protocol {
	return &Protocol{
		Name: "imap", Ports: []uint16{143}, Secure: []uint16{993}, First: Server, Patient: true, Bye: "a9 LOGOUT\r\n",
		Match: matchIMAP, Upgrade: upgradeIMAP,
		Refused: func(said []byte) (refused, busy bool) {
			return strings.HasPrefix(string(said), "* BYE"), crowded(said)
		},
	}
}

func matchIMAP(said []byte, _ bool) (bool, string) {
	line := firstLine(said)
	for _, start := range []string{"* OK", "* PREAUTH", "* BYE"} {
		if strings.HasPrefix(line, start) {
			return true, productIn(line)
		}
	}
	return false, ""
}

// upgradeIMAP: RFC 3501 section 6.2.1. The capabilities may stand in the greeting already.
func upgradeIMAP(d *Dialogue) Upgraded {
	_, product := matchIMAP(d.Greeting, true)
	out := Upgraded{Spoken: true, Product: product}
	if !strings.HasPrefix(string(d.Greeting), "* OK") {
		return out
	}
	lines, _, err := d.tagged("a1", "CAPABILITY")
	if err != nil {
		return out
	}
	if !offers(lines, "STARTTLS") {
		out.How = UpgradeNotOffered
		return out
	}
	if _, ok, err := d.tagged("a2", "STARTTLS"); err == nil {
		out.How = answered(ok, true)
	}
	return out
}

// tagged says an IMAP command and reads up to its tagged answer; ok is the answer's OK.
func (d *Dialogue) tagged(tag, command string) (lines []string, ok bool, err error) {
	if err := d.Say(tag + " " + command + "\r\n"); err != nil {
		return nil, false, err
	}
	for range maxLines {
		line, err := d.line()
		if err != nil {
			return lines, false, err
		}
		if rest, found := strings.CutPrefix(line, tag+" "); found {
			return lines, strings.HasPrefix(strings.ToUpper(rest), "OK"), nil
		}
		lines = append(lines, line)
	}
	return lines, false, errLong
}
