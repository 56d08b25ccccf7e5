package report

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// answeredWords are for ports where something accepted the connection: what it said decides.
func (s *subject) answeredWords() words {
	w := s.spokenWords()
	if w.next == "" && !s.verdict.Usable {
		w.next = "Try the real application; if it fails, ask the server's administrator about " + s.number() + "."
	}
	return w
}

func (s *subject) spokenWords() words {
	sp := s.port.Speech
	switch {
	case s.port.Protocol == evidence.UDP || s.verdict.Reason == verdict.UDPResponse:
		return s.udpWords()
	case sp == nil:
		return s.silentlyOpen()
	case sp.HTTP != nil && sp.HTTP.BlockPage != "":
		page := short(sp.HTTP.BlockPage, 50)
		return words{"block page of " + page, "The answer is a block or sign-in page of " + page + ", not the server's own.",
			fmt.Sprintf("Open the server in a browser and sign in if asked, or ask whoever runs %s to allow it.", page)}
	case sp.TLS != nil && s.upgradeWords() != nil:
		return *s.upgradeWords()
	case sp.TLS != nil && sp.TLS.State != evidence.TLSNotTried && !(sp.TLS.State == evidence.TLSPlaintext && s.verdict.Usable):
		return s.tlsWords(sp.TLS)
	}
	return s.plainWords()
}

func (s *subject) udpWords() words {
	if what := s.speaks(); what != "" {
		return words{"answers: " + what, "The server answers on this port with " + what + ".", ""}
	}
	return words{"answers", "The server answers on this port.", ""}
}

// silentlyOpen is for a connection that was accepted without anything being said.
func (s *subject) silentlyOpen() words {
	w := words{"accepts connections", "The server accepts connections on this port.", ""}
	if s.verdict.Has(verdict.NothingSpoke) {
		w = words{"accepts connections; said nothing",
			"The server accepts connections on this port but said nothing, as services do that wait for the client to begin.", ""}
	}
	if !s.verdict.Usable {
		w.why = "The port accepts connections, but what was asked for did not answer there."
		w.next = fmt.Sprintf("Ask the server's administrator which service is meant to answer on %s.", s.number())
	}
	return w
}

// plainWords are for what answered without TLS.
func (s *subject) plainWords() words {
	what := s.speaks()
	if what == "" {
		return s.silentlyOpen()
	}
	w := words{"answers with " + what, "The server answers with " + what + ".", ""}
	if usual := s.contradicted(); usual != "" {
		w.finding = what + ", not " + usual
		w.why = fmt.Sprintf("The port's usual service is %s, but what answers is %s.", usual, what)
		w.next = fmt.Sprintf("Check that %s is the right port for the application.", s.number())
	}
	if !s.verdict.Usable {
		w.next = fmt.Sprintf("Use the port for %s, or ask the server's administrator which port has the wanted service.", what)
	}
	return w
}

// speaks is what identified itself: "SSH (OpenSSH_9.2p1)".
func (s *subject) speaks() string {
	sp := s.port.Speech
	if sp == nil || sp.Identified == "" {
		return s.firstWords()
	}
	what := protocolWords(clean(sp.Identified))
	if sp.Product != "" {
		return what + " (" + short(sp.Product, 40) + ")"
	}
	if sp.HTTP != nil && sp.HTTP.Server != "" {
		return what + " (" + short(sp.HTTP.Server, 40) + ")"
	}
	return what
}

// firstWords is a banner that nobody recognised.
func (s *subject) firstWords() string {
	sp := s.port.Speech
	if sp == nil || sp.Banner == nil || len(sp.Banner.Bytes) == 0 {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(sp.Banner.Bytes)), "\n")
	return `"` + short(strings.TrimSpace(line), 40) + `"`
}

// contradicted is the port's usual service where something else identified itself; "" where they agree
// or where the numbers' names say nothing.
func (s *subject) contradicted() string {
	sp := s.port.Speech
	if sp == nil || sp.Identified == "" {
		return ""
	}
	usual := map[uint16]string{
		21: "ftp", 22: "ssh", 25: "smtp", 80: "http", 110: "pop3", 143: "imap", 443: "https", 465: "smtps",
		587: "smtp", 636: "ldaps", 993: "imaps", 995: "pop3s", 3306: "mysql", 3389: "rdp", 5432: "postgresql",
	}[s.port.Port]
	if usual == "" || strings.TrimSuffix(usual, "s") == strings.TrimSuffix(sp.Identified, "s") {
		return ""
	}
	return protocolWords(usual)
}

// protocolWords writes a protocol's code as people do.
func protocolWords(code string) string {
	switch code {
	case "mysql":
		return "MySQL"
	case "postgresql":
		return "PostgreSQL"
	case "daytime", "telnet", "rsync", "redis", "chargen", "time":
		return code
	case "https", "imaps", "ldaps", "smtps", "pop3s", "ftps":
		return strings.ToUpper(code[:len(code)-1]) + "S"
	}
	if len(code) <= 6 {
		return strings.ToUpper(code)
	}
	return code
}
