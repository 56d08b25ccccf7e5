package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// openRows are for ports that accepted a connection, or a datagram, and on which TLS is not the matter.
func openRows() []row {
	return []row{
		{"udp-response", (*Subject).udpWords}, {"turned-away", (*Subject).turnedAwayWords},
		{"not-ssh", (*Subject).plainWords},
		{"not-the-protocol", (*Subject).plainWords}, {"spoke", (*Subject).plainWords}, {"own-protocol", (*Subject).ownProtocol},
		{"listened-only", (*Subject).silentlyOpen}, {"connected", (*Subject).silentlyOpen},
		{"cut-off-at-once", (*Subject).hungUp},
	}
}

// addToOpen says what holds of every port that is open: who can't use it wants to know what to do.
func (s *Subject) addToOpen(w *Sentences) {
	if w.Next == "" && !s.Verdict.Usable {
		w.Next = "Try the real application; if it fails, ask the server's administrator about " + s.number() + "."
	}
}

func (s *Subject) ownProtocol() Sentences {
	return Sentences{"answers in a protocol of its own",
		"The server answers on this port in a protocol that this test does not know; it is not TLS.", ""}
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
	if s.listenedOnly() {
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
	if !s.Verdict.Usable {
		w.Next = fmt.Sprintf("Use the port for %s, or ask the server's administrator which port has the wanted service.", what)
	}
	return w
}

// turnedAwayWords are for a service that is there and will not talk to this computer.
func (s *Subject) turnedAwayWords() Sentences {
	if sp := s.Port.Speech; sp.Code != "" && (sp.Banner == nil || sp.Banner.Provoked) { // its answer, not its first words
		return s.udpTurnedAway()
	}
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
	if sp.Code != "" && (sp.Banner == nil || sp.Identified == "vnc" || sp.Identified == "postgresql" || sp.Identified == "ldap") {
		return `: "` + phrase.Short(sp.Code, 110) + `"`
	}
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

// listenedOnly reports that nothing was sent on purpose.
func (s *Subject) listenedOnly() bool {
	sp := s.Port.Speech
	return sp != nil && slices.Contains(sp.Notes, evidence.NoteListenedOnly)
}
