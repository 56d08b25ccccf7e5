package speak

import (
	"strings"

	"whyport/probe/evidence"
)

// upgradeNotes keeps that TLS was not to be had: TLS is then evidence of a question without a handshake.
func (a *asker) upgradeNotes(how upgrade, protocol string) {
	code := ""
	switch how {
	case upgradeRefused:
		code = evidence.NoteStartTLSRefused
	case upgradeNotOffered:
		code = evidence.NoteStartTLSNotOffered
	default:
		return
	}
	a.s.TLS = &evidence.TLS{State: evidence.TLSNotTried, StartTLS: protocol, Notes: []string{code}}
}

// offers reports whether one of the lines is, or begins with, the word; case does not matter.
func offers(lines []string, word string) bool {
	for _, line := range lines {
		for _, field := range strings.Fields(strings.ToUpper(line)) {
			if strings.TrimPrefix(strings.TrimPrefix(field, "250-"), "250") == word || field == word {
				return true
			}
		}
	}
	return false
}

// answered turns the reply to an upgrade command into its end.
func answered(yes bool, offered bool) upgrade {
	switch {
	case yes:
		return upgradeReady
	case offered:
		return upgradeRefused
	}
	return upgradeNotOffered
}

// upgradeSMTP: RFC 3207. The greeting was heard before.
func upgradeSMTP(d *dialogue) upgraded {
	if !reply(firstLine(d.greeting), "220") {
		return upgraded{spoken: true} // turned away before anything could be asked
	}
	_, product := matchSMTP(d.greeting, "smtp")
	out := upgraded{spoken: true, product: product}
	code, lines, err := d.command("EHLO whyport.invalid")
	if err != nil {
		return out
	}
	switch {
	case code == "500" || code == "502" || code == "250" && !offers(lines, "STARTTLS"):
		out.how = upgradeNotOffered
		return out
	case code != "250":
		return out // turned away for who is asking: says nothing of TLS
	}
	if code, _, err = d.command("STARTTLS"); err == nil {
		out.how = answered(code == "220", true)
	}
	return out
}

// upgradeNNTP: RFC 4642.
func upgradeNNTP(d *dialogue) upgraded {
	out := upgraded{spoken: true}
	code, _, err := d.command("STARTTLS")
	switch {
	case err != nil:
	case code == "382":
		out.how = upgradeReady
	case code == "500" || code == "501" || code == "502":
		out.how = upgradeNotOffered
	default:
		out.how = upgradeRefused
	}
	return out
}

// upgradeFTP: RFC 4217. FEAT lists "AUTH TLS", sometimes as "AUTH SSL;TLS"; many old servers have no FEAT.
func upgradeFTP(d *dialogue) upgraded {
	out := upgraded{spoken: true, product: ftpProduct(d.greeting)}
	if !reply(firstLine(d.greeting), "220") {
		return out
	}
	_, lines, err := d.command("FEAT")
	if err != nil {
		return out
	}
	offered := strings.Contains(strings.ToUpper(strings.Join(lines, "\n")), "AUTH ")
	code, _, err := d.command("AUTH TLS")
	if err == nil {
		out.how = answered(code == "234", offered)
	}
	return out
}

// upgradeIMAP: RFC 3501 section 6.2.1. The capabilities may stand in the greeting already.
func upgradeIMAP(d *dialogue) upgraded {
	_, product := matchIMAP(d.greeting, "imap")
	out := upgraded{spoken: true, product: product}
	if !strings.HasPrefix(string(d.greeting), "* OK") {
		return out
	}
	lines, _, err := d.tagged("a1", "CAPABILITY")
	if err != nil {
		return out
	}
	if !offers(lines, "STARTTLS") {
		out.how = upgradeNotOffered
		return out
	}
	if _, ok, err := d.tagged("a2", "STARTTLS"); err == nil {
		out.how = answered(ok, true)
	}
	return out
}

// tagged says an IMAP command and reads up to its tagged answer; ok is the answer's OK.
func (d *dialogue) tagged(tag, command string) (lines []string, ok bool, err error) {
	if err := d.say(tag + " " + command + "\r\n"); err != nil {
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

// upgradePOP3: RFC 2595, with RFC 2449's CAPA, which old servers lack.
func upgradePOP3(d *dialogue) upgraded {
	_, product := matchPOP3(d.greeting, "pop3")
	out := upgraded{spoken: true, product: product}
	if !strings.HasPrefix(string(d.greeting), "+OK") || d.say("CAPA\r\n") != nil {
		return out
	}
	line, err := d.line()
	if err != nil {
		return out
	}
	offered := false
	for i := 0; strings.HasPrefix(line, "+OK"); i++ {
		item, err := d.line()
		if err != nil || i == maxLines {
			return out
		}
		if item == "." {
			break
		}
		offered = offered || strings.EqualFold(strings.TrimSpace(item), "STLS")
	}
	if d.say("STLS\r\n") != nil {
		return out
	}
	if line, err = d.line(); err == nil {
		out.how = answered(strings.HasPrefix(line, "+OK"), offered)
	}
	return out
}
