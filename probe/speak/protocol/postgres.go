package protocol

import "strings"

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
	return &Protocol{Name: "postgresql", Ports: []uint16{5432, 6432}, Upgrade: upgradePostgreSQL, Admits: admitsPostgreSQL}
}

// postgresStart is a StartupMessage, version 3.0, of a user that nobody has (PostgreSQL's documentation, 55.7). It is no log-in:
// the server answers with how it would have the user prove himself, or with an error, and nothing more is said.
const postgresStart = "\x00\x00\x00\x28\x00\x03\x00\x00" + "user\x00whyport\x00database\x00postgres\x00\x00"

// admitsPostgreSQL: an error of the classes 53 and 57 (it has no room, it does not serve) holds for everybody; 28000 is
// pg_hba.conf's, which may have an entry for another user or database.
func admitsPostgreSQL(d *Dialogue) (a Answer) {
	if d.Say(postgresStart) != nil {
		return a
	}
	head, err := d.read(5)
	if err != nil || head[0] != 'E' && head[0] != 'R' {
		return a
	}
	a.Spoken = true
	n := int(head[1])<<24 | int(head[2])<<16 | int(head[3])<<8 | int(head[4])
	if head[0] == 'R' || n < 5 || n > 2048 {
		return a
	}
	body, err := d.read(n - 4)
	if err != nil {
		return a
	}
	state, message := "", ""
	for field := range strings.SplitSeq(string(body), "\x00") {
		switch {
		case strings.HasPrefix(field, "C"):
			state = field[1:]
		case strings.HasPrefix(field, "M") && printable([]byte(field)):
			message = field[1:]
		}
	}
	switch {
	case strings.HasPrefix(state, "53"), strings.HasPrefix(state, "57"):
		a.Code, a.Refused = message, true
	case strings.Contains(message, "pg_hba.conf"):
		a.Unlisted = true
	}
	return a
}
