package protocol

import (
	"bytes"
	"regexp"
	"strings"
)

// firstLine without its end; all of it where no line ended.
func firstLine(b []byte) string {
	s := string(b)
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = s[:i]
	}
	return s
}

func prefixed(start string) func([]byte, bool) (bool, string) {
	return func(said []byte, _ bool) (bool, string) {
		if !strings.HasPrefix(string(said), start) {
			return false, ""
		}
		return true, strings.TrimSpace(firstLine(said))
	}
}

func printable(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

// Replies with three digits: RFC 959 and its family (SMTP, FTP, NNTP).

// isReply reports whether a line is one of the numbered replies.
func isReply(line string, codes ...string) bool {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return false
	}
	for _, c := range codes {
		if line[:3] == c {
			return true
		}
	}
	return false
}

// isGreeting reports whether a line is one of the numbered replies with the words that a greeting has (RFC 5321, 4.2; RFC 959,
// 4.2): a bare number is anybody's.
func isGreeting(line string, codes ...string) bool {
	return isReply(line, codes...) && strings.TrimSpace(line[3:]) != ""
}

// refusedReply: 4yz is "not now", 5yz is "no" (RFC 5321 section 4.2.1, RFC 959, RFC 3977 section 3.2).
func refusedReply(said []byte) (refused, busy bool) {
	line := firstLine(said)
	later := strings.HasPrefix(line, "4")
	return later || strings.HasPrefix(line, "5"), later
}

// crowded reports whether a refusal is for too many connections.
func crowded(said []byte) bool {
	return strings.Contains(strings.ToLower(firstLine(said)), "too many connections")
}

// productIn picks the name of a known mail or news server out of a greeting; "" where it keeps silent.
func productIn(line string) string {
	line = line[:min(len(line), 512)] // the longest greeting of a line (RFC 5321, 4.5.3.1.5)
	lower := lowerASCII(line)
	for _, name := range []string{
		"Postfix", "Exim", "Sendmail", "Dovecot", "Courier", "Cyrus", "Microsoft ESMTP", "Microsoft Exchange",
		"Haraka", "qmail", "OpenSMTPD", "Kerio", "MDaemon", "hMailServer", "Zimbra", "Gimap", "InterNetNews",
		"Proton", "CommuniGate",
	} {
		if i := strings.Index(lower, lowerASCII(name)); i >= 0 {
			rest := line[i+len(name):]
			return line[i:i+len(name)] + version(rest)
		}
	}
	return ""
}

// lowerASCII keeps what is no ASCII, and with it every letter's place: strings.ToLower does not, least of all in invalid UTF-8.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// version is " 4.96" where a version number follows a product's name.
func version(rest string) string {
	return regexp.MustCompile(`^[ /]v?\d[\w.+-]*`).FindString(rest)
}

// Refusal reports whether first words of a protocol that is not known are a refusal: a numbered reply, or a sentence of
// servers with an access list (LPD: RFC 1179 has no words for it).
func Refusal(said []byte) (refused, busy bool) {
	line := strings.ToLower(firstLine(said))
	if ok, _ := regexp.MatchString(`^[45]\d\d([ -]|$)`, line); ok {
		return refusedReply(said)
	}
	for _, words := range []string{"access denied", "permission denied", "no connect permission", "not allowed",
		"not authorized", "connection refused"} {
		if strings.Contains(line, words) {
			return true, false
		}
	}
	return crowded(said), crowded(said)
}
