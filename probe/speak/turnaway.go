package speak

import (
	"bytes"
	"strings"
)

// turnedAway reports whether a greeting is a refusal to talk: an address that is not allowed, a block list, too many
// connections. It is only meant for words that nothing provoked.
func turnedAway(protocol string, said []byte) bool {
	line := firstLine(said)
	switch protocol {
	case "smtp", "ftp", "nntp": // 4yz and 5yz (RFC 5321 section 4.2.1, RFC 959, RFC 3977 section 3.2)
		return strings.HasPrefix(line, "4") || strings.HasPrefix(line, "5")
	case "imap":
		return strings.HasPrefix(line, "* BYE")
	case "pop3":
		return strings.HasPrefix(line, "-ERR")
	case "mysql":
		return len(said) > 4 && said[4] == 0xff
	case "redis":
		return strings.HasPrefix(line, "-DENIED")
	case "vnc":
		return strings.HasPrefix(line, "RFB 000.000") // a reason follows
	case "ssh":
		return !bytes.Contains(said, []byte("SSH-"))
	}
	return false
}

// busy reports whether a refusal is for now only: temporary by its code (4yz), or too many connections at once.
func busy(protocol string, said []byte) bool {
	line := strings.ToLower(firstLine(said))
	switch protocol {
	case "smtp", "ftp", "nntp":
		return strings.HasPrefix(line, "4")
	}
	return line == "exceeded maxstartups" || strings.Contains(line, "too many connections")
}

// sshRefusal reports whether a line is what OpenSSH says instead of its version where it will not talk.
func sshRefusal(line string) bool {
	return line == "Exceeded MaxStartups" || line == "Not allowed at this time"
}
