package speak

// postgresSSL is SSLRequest: length 8, code 80877103 (PostgreSQL's documentation, 55.7).
const postgresSSL = "\x00\x00\x00\x08\x04\xd2\x16\x2f"

// upgradePostgreSQL: one byte answers, S for yes, N for no, E begins an error of very old servers.
func upgradePostgreSQL(d *dialogue) upgraded {
	if d.say(postgresSSL) != nil {
		return upgraded{}
	}
	b, err := d.in.ReadByte()
	if err != nil {
		return upgraded{}
	}
	more := d.in.Buffered() // a greeting may begin with the same letter
	switch {
	case b == 'S' && more == 0:
		return upgraded{how: upgradeReady, spoken: true}
	case b == 'N' && more == 0:
		return upgraded{how: upgradeNotOffered, spoken: true}
	}
	return upgraded{}
}
