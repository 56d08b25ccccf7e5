package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// answeredWords are for ports where something accepted the connection: what it said decides.
func (s *Subject) answeredWords() Sentences {
	w := s.spokenWords()
	if sp := s.Port.Speech; sp != nil && sp.FTP != nil && (sp.FTP.Passive == "refused" || sp.FTP.Passive == "no-response") {
		w.Finding += "; data connection fails"
		if w.Next == "" {
			w.Next = fmt.Sprintf("Ask the server's administrator to open the ports for FTP's data (passive mode, such as TCP %d) in the server's firewall.", sp.FTP.Port)
		}
	}
	if w.Next == "" && !s.Verdict.Usable {
		w.Next = "Try the real application; if it fails, ask the server's administrator about " + s.number() + "."
	}
	return w
}

func (s *Subject) spokenWords() Sentences {
	sp := s.Port.Speech
	switch {
	case s.Port.Protocol == evidence.UDP || s.Verdict.Reason == verdict.UDPResponse:
		return s.udpWords()
	case sp == nil:
		return s.silentlyOpen()
	case s.pageWords() != nil:
		return *s.pageWords()
	case slices.Contains(sp.Notes, evidence.NoteTurnedAway):
		return s.turnedAwayWords()
	case sp.Asked == "ssh" && sp.Identified != "ssh" && s.speaks() != "":
		return s.plainWords()
	case sp.TLS != nil && s.upgradeWords() != nil:
		return *s.upgradeWords()
	case sp.TLS != nil && sp.TLS.State == evidence.TLSNotTLS && s.Verdict.Usable && sp.Identified == "":
		return Sentences{"answers in a protocol of its own", "The server answers on this port in a protocol that this test does not know; it is not TLS.", ""}
	case sp.TLS != nil && sp.TLS.State != evidence.TLSNotTried && !(s.Verdict.Usable && (sp.TLS.State == evidence.TLSPlaintext || sp.TLS.State == evidence.TLSNotTLS)):
		return s.tlsWords(sp.TLS)
	}
	return s.plainWords()
}

// pageWords are for a page that is a device's and not the server's; nil where there is none.
func (s *Subject) pageWords() *Sentences {
	sp := s.Port.Speech
	switch {
	case sp == nil || sp.HTTP == nil:
		return nil
	case sp.HTTP.BlockPage == "captive portal":
		return &Sentences{"sign-in page of the network", "The answer is a sign-in page of the network that this computer is in (captive portal), not the server's own.",
			"Open any page in a browser, sign in to the network there, and run the test again."}
	case sp.HTTP.BlockPage != "" && sp.HTTP.Status >= 500:
		page := phrase.Short(sp.HTTP.BlockPage, 50)
		return &Sentences{"error page of " + page, fmt.Sprintf("The answer is an error page (%d) of %s, which stands before the server and gets no good answer from it, or forbids the site.", sp.HTTP.Status, page),
			fmt.Sprintf("Ask whoever runs %s what its log says of this request.", page)}
	case sp.HTTP.BlockPage != "":
		page := phrase.Short(sp.HTTP.BlockPage, 50)
		return &Sentences{"block page of " + page, "The answer is a block or sign-in page of " + page + ", not the server's own.",
			fmt.Sprintf("Open the server in a browser and sign in if asked, or ask whoever runs %s to allow it.", page)}
	case s.Verdict.Reason == verdict.MiddleboxAnswer && sp.Identified == "http":
		return &Sentences{"HTTP, not " + protocolWords(phrase.Clean(sp.Usual)),
			fmt.Sprintf("The port's usual service is %s, but a web server answers: %sa sign-in page (captive portal) or a proxy on the way.", protocolWords(phrase.Clean(sp.Usual)), s.hedge()),
			fmt.Sprintf("Open a page in a browser and sign in if asked, then test again; if it stays, ask the server's administrator whether a web server runs on %s.", s.number())}
	}
	return nil
}

func (s *Subject) udpWords() Sentences {
	if what := s.speaks(); what != "" {
		return Sentences{"answers: " + what, "The server answers on this port with " + what + ".", ""}
	}
	return Sentences{"answers", "The server answers on this port.", ""}
}

// silentlyOpen is for a connection that was accepted without anything being said.
func (s *Subject) silentlyOpen() Sentences {
	w := Sentences{"accepts connections", "The server accepts connections on this port.", ""}
	if sp := s.Port.Speech; sp != nil && slices.Contains(sp.Notes, evidence.NoteListenedOnly) {
		w.Finding = "accepts connections; not asked further"
	} else if s.Verdict.Has(verdict.NothingSpoke) {
		w = Sentences{"accepts connections; said nothing",
			"The server accepts connections on this port but said nothing, as services do that wait for the client to begin.", ""}
	}
	if !s.Verdict.Usable {
		w.Why = "The port accepts connections, but what was asked for did not answer there."
		w.Next = fmt.Sprintf("Ask the server's administrator which service is meant to answer on %s.", s.number())
	}
	return w
}

// plainWords are for what answered without TLS.
func (s *Subject) plainWords() Sentences {
	what := s.speaks()
	if what == "" {
		return s.silentlyOpen()
	}
	w := Sentences{"answers with " + what, "The server answers with " + what + ".", ""}
	if usual := s.contradicted(); usual != "" {
		w.Finding = what + ", not " + usual
		w.Why = fmt.Sprintf("The port's usual service is %s, but what answers is %s.", usual, what)
		w.Next = fmt.Sprintf("Check that %s is the right port for the application.", s.number())
	}
	if !s.Verdict.Usable && s.contradicted() == "" && s.Port.Speech.Asked == "starttls" {
		w.Finding = what + "; no encryption"
		w.Why = fmt.Sprintf("The server answers with %s, but the conversation ended before encryption (STARTTLS) was agreed on.", what)
		w.Next = fmt.Sprintf("Ask the server's administrator what its log says of connections from %s to %s; if nothing, ask your network administrator whether a firewall looks into this protocol.", s.from(), s.number())
		return w
	}
	if !s.Verdict.Usable {
		w.Next = fmt.Sprintf("Use the port for %s, or ask the server's administrator which port has the wanted service.", what)
	}
	return w
}

// turnedAwayWords are for a service that is there and will not talk to this computer.
func (s *Subject) turnedAwayWords() Sentences {
	what := "a service"
	if id := s.Port.Speech.Identified; id != "" {
		what = protocolWords(phrase.Clean(id))
	}
	return Sentences{what + ": turns this computer away",
		fmt.Sprintf("The server answers with %s, but its first words turn this computer away%s.", what, s.refusal()),
		fmt.Sprintf("Ask the server's administrator to let %s in; the server's words and its log say what it objects to.", s.from())}
}

// refusal quotes what a server said instead of a greeting, without the header that MySQL (length, number, error) and VNC
// (version, length) put before it.
func (s *Subject) refusal() string {
	sp := s.Port.Speech
	if sp.Banner == nil {
		return ""
	}
	header := map[string]int{"mysql": 7, "vnc": 16}[sp.Identified]
	line, _, _ := strings.Cut(strings.TrimSpace(string(sp.Banner.Bytes[min(header, len(sp.Banner.Bytes)):])), "\n")
	if line = strings.TrimRight(line, ". \r"); line == "" {
		return ""
	}
	return `: "` + phrase.Short(line, 110) + `"`
}

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
	case 2222, 8000, 8008, 8081, 3128, 9443, 10250:
		return ""
	}
	return protocol
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
