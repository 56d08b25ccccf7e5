package words

import (
	"strings"

	"whyport/report/phrase"
)

// speaks is what identified itself: "SSH (OpenSSH_9.2p1)".
func (s *Subject) speaks() string {
	sp := s.Port.Speech
	if sp == nil || sp.Identified == "" {
		return s.firstWords()
	}
	what := protocolWords(phrase.Clean(sp.Identified))
	if sp.Product != "" {
		return what + " (" + phrase.Short(sp.Product, 40) + ")"
	}
	if sp.HTTP != nil && sp.HTTP.Server != "" {
		return what + " (" + phrase.Short(sp.HTTP.Server, 40) + ")"
	}
	return what
}

// firstWords is a banner that nobody recognised.
func (s *Subject) firstWords() string {
	sp := s.Port.Speech
	if sp == nil || sp.Banner == nil || len(sp.Banner.Bytes) == 0 {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(sp.Banner.Bytes)), "\n")
	if line == "" {
		return "an empty line"
	}
	return `"` + phrase.Short(strings.TrimSpace(line), 40) + `"`
}

// contradicted is the port's usual service where something else identified itself; "" where they agree
// or where the numbers' names say nothing.
func (s *Subject) contradicted() string {
	sp := s.Port.Speech
	if sp == nil || sp.Identified == "" {
		return ""
	}
	usual := usualName(s.Port.Port, sp.Usual)
	if usual == "" || strings.TrimSuffix(usual, "s") == strings.TrimSuffix(sp.Identified, "s") {
		return ""
	}
	return protocolWords(usual)
}

// usualName is a port's usual protocol as people name it: with TLS from the beginning it has an S. The numbers are those
// of the registry whose protocol says so itself; elsewhere a mismatch proves nothing.
func usualName(port uint16, protocol string) string {
	switch port {
	case 465, 563, 636, 990, 993, 995, 3269:
		return protocol + "s"
	case 2222, 9443, 10250:
		return ""
	}
	if protocol == "http" && port != 80 && port != 8080 { // frequent, and others are there, too
		return ""
	}
	return protocol
}
