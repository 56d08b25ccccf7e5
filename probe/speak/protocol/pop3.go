package protocol

import "strings"

func pop3() *Protocol {
	return &Protocol{
		Name: "pop3", Ports: []uint16{110}, Secure: []uint16{995}, First: Server, Patient: true, Bye: "QUIT\r\n",
		Match: matchPOP3, Upgrade: upgradePOP3,
		Refused: func(said []byte) (refused, busy bool) {
			return strings.HasPrefix(string(said), "-ERR"), crowded(said)
		},
	}
}

func matchPOP3(said []byte, usual bool) (bool, string) {
	line := firstLine(said)
	return strings.HasPrefix(line, "+OK") || usual && strings.HasPrefix(line, "-ERR"), productIn(line)
}

// upgradePOP3: RFC 2595, with RFC 2449's CAPA, which old servers lack.
func upgradePOP3(d *Dialogue) Upgraded {
	_, product := matchPOP3(d.Greeting, true)
	out := Upgraded{Spoken: true, Product: product}
	if !strings.HasPrefix(string(d.Greeting), "+OK") || d.Say("CAPA\r\n") != nil {
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
	if d.Say("STLS\r\n") != nil {
		return out
	}
	if line, err = d.line(); err == nil {
		out.How = answered(strings.HasPrefix(line, "+OK"), offered)
	}
	return out
}
