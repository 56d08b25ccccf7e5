package protocol

import "strings"

// managesieve: RFC 5804.
func managesieve() *Protocol {
	return &Protocol{
		Name: "managesieve", Ports: []uint16{4190}, First: Server, Bye: "LOGOUT\r\n", Upgrade: upgradeSieve,
		Whole: func(said []byte) bool { return strings.Contains(string(said), "\nOK") },
		Match: func(said []byte, _ bool) (bool, string) {
			product, ok := strings.CutPrefix(firstLine(said), `"IMPLEMENTATION" `)
			return ok, strings.Trim(product, `"`)
		},
	}
}

// upgradeSieve: RFC 5804 section 2.2. The capabilities stand in the greeting.
func upgradeSieve(d *Dialogue) Upgraded {
	out := Upgraded{Spoken: true}
	if !strings.Contains(strings.ToUpper(string(d.Greeting)), `"STARTTLS"`) {
		out.How = UpgradeNotOffered
		return out
	}
	if d.Say("STARTTLS\r\n") != nil {
		return out
	}
	if line, err := d.line(); err == nil {
		out.How = answered(strings.HasPrefix(strings.ToUpper(line), "OK"), true)
	}
	return out
}
