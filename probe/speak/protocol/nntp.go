package protocol

import "strings"

func nntp() *Protocol {
	return &Protocol{
		Name: "nntp", Ports: []uint16{119}, Secure: []uint16{563}, First: Server, Bye: "QUIT\r\n",
		Refused: refusedReply, Upgrade: upgradeNNTP,
		Match: func(said []byte, usual bool) (bool, string) {
			line := firstLine(said)
			named := strings.Contains(strings.ToUpper(line), "NNTP") || strings.Contains(line, "InterNetNews")
			return isGreeting(line, "200", "201", "400", "502") && (usual || named), productIn(line)
		},
	}
}

// upgradeNNTP: RFC 4642.
func upgradeNNTP(d *Dialogue) Upgraded {
	out := Upgraded{Spoken: true}
	code, _, err := d.command("STARTTLS")
	switch {
	case err != nil:
	case code == "382":
		out.How = UpgradeReady
	case code == "500" || code == "501" || code == "502":
		out.How = UpgradeNotOffered
	default:
		out.How = UpgradeRefused
	}
	return out
}
