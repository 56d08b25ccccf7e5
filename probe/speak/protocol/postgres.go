package protocol

// postgresSSL is SSLRequest: length 8, code 80877103 (PostgreSQL's documentation, 55.7).
const postgresSSL = "\x00\x00\x00\x08\x04\xd2\x16\x2f"

// upgradePostgreSQL: one byte answers, S for yes, N for no, E begins an error of very old servers.
func upgradePostgreSQL(d *Dialogue) Upgraded {
	if d.Say(postgresSSL) != nil {
		return Upgraded{}
	}
	b, err := d.in.ReadByte()
	if err != nil {
		return Upgraded{}
	}
	more := d.in.Buffered() // a greeting may begin with the same letter
	switch {
	case b == 'S' && more == 0:
		return Upgraded{How: UpgradeReady, Spoken: true}
	case b == 'N' && more == 0:
		return Upgraded{How: UpgradeNotOffered, Spoken: true}
	}
	return Upgraded{}
}

func postgresql() *Protocol {
	return &Protocol{Name: "postgresql", Ports: []uint16{5432, 6432}, Upgrade: upgradePostgreSQL}
}
