package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// tlsRows are for a port that accepted the connection and was then asked for TLS.
func tlsRows() []row {
	return []row{
		{"tls-completed", (*Subject).handshakeWords}, {"certificate-refused", (*Subject).handshakeWords},
		{"browser-refuses", (*Subject).browserWords}, {"systems-refuse", (*Subject).systemWords},
		{"certificate-refused-unfinished", (*Subject).unfinishedWords}, {"client-certificate-wanted", (*Subject).clientCertificateWords},
		{"tls-alert", (*Subject).alertWords}, {"spoke-tls-alert", (*Subject).alertWords},
		{"tls-faulty", (*Subject).failedWords}, {"spoke-tls-faulty", (*Subject).failedWords},
		{"plain-for-tls", (*Subject).plainForTLS}, {"not-tls", (*Subject).notTLS},
		{"no-tls", (*Subject).noTLSWords}, {"spoke-no-tls", (*Subject).noTLSWords}, {"connected-no-tls", (*Subject).noTLSWords},
	}
}

// unfinishedWords: what ended the handshake is said before the certificate's faults.
func (s *Subject) unfinishedWords() Sentences {
	switch s.Port.Speech.TLS.State {
	case evidence.TLSAlert:
		return s.alertWords()
	case evidence.TLSFailed:
		return s.failedWords()
	}
	return s.noTLSWords()
}

func (s *Subject) plainForTLS() Sentences {
	what := s.speaks()
	if what == "" {
		what = "plain text"
	}
	if to := s.elsewhere(s.Port.Speech.HTTP); to != "" {
		return Sentences{"HTTP, not TLS; sends on to " + phrase.Short(to, 20),
			fmt.Sprintf("The port was asked for encryption (TLS). A web server answers without it. It sends "+
				"browsers on to %s, as sign-in pages of networks do (captive portal).", to),
			fmt.Sprintf("Open a page in a browser and sign in if asked, then test again. "+
				"If it stays, ask the server's administrator which service runs on %s.", s.number())}
	}
	if usual := s.contradicted(); usual != "" {
		return Sentences{what + ", not " + usual, fmt.Sprintf("The port's usual service is %s, but what answers is %s, without TLS.", usual,
			what),
			fmt.Sprintf(
				"Check that %s is the port that the application needs, or ask the server's administrator which port has %s.",
				s.number(),
				usual,
			)}
	}
	if slices.Contains(s.Port.Speech.Notes, evidence.NoteBadRequest) {
		return Sentences{"calls TLS and HTTP malformed (400)",
			"The port was asked for encryption (TLS) and for a page without it (HTTP), and calls both malformed (400).",
			"Ask the server's administrator whether what arrives is what was sent. A balancer may put a " +
				"header before it (PROXY protocol), or TLS may end before it."}
	}
	return s.instead(what, "")
}

// instead says what answers where TLS was asked for; how is what became of TLS, "" where that is the answer.
func (s *Subject) instead(what, how string) Sentences {
	if how != "" {
		how = ", and the try with it was " + how
	}
	return Sentences{what + ", not TLS",
		fmt.Sprintf("The port was asked for encryption (TLS) but answers with %s instead%s.", what, how),
		fmt.Sprintf("Use %s without TLS if the application can, or ask the server's administrator for the port with TLS.", s.number())}
}

func (s *Subject) notTLS() Sentences {
	if s.Port.Speech.Identified != "" {
		return s.plainForTLS()
	}
	return Sentences{"answers, but not with TLS", "The port was asked for encryption (TLS) but answers with something else.",
		fmt.Sprintf("Ask the server's administrator which service answers on %s.", s.number())}
}

// tlsProblem is our own words for a code of the handshake; a technical note is never repeated.
func tlsProblem(t *evidence.TLS) string {
	for _, n := range t.Notes {
		switch n {
		case evidence.NoteStalled:
			return "the server began to answer and stopped, as happens where large packets are lost on the way (MTU)"
		case evidence.NoteCutOff:
			return "the connection ended in the middle"
		case evidence.NoteOldVersion:
			return "the server only knows a version older than TLS 1.0"
		case evidence.NoteCertificateTooLarge:
			return "the server's certificates are larger than programs accept"
		case evidence.NoteBadCertificate:
			return "the server's certificate is malformed"
		case evidence.NoteWeakKey:
			return "the server's key is too small for programs to accept"
		case evidence.NoteUnsupportedKey:
			return "the server's key is of a size or kind that this program can't use"
		}
	}
	return "what the server sends is not valid TLS"
}

// unsafe says what is wrong with a method that protects nothing, or nothing any more; "" of others.
func unsafe(suite string) string {
	for _, c := range []struct{ part, is string }{
		{"NULL", "encrypts nothing"}, {"anon", "has no certificate, so that anybody can stand in for the server"},
		{"EXPORT", "everybody can break"}, {"_DES_", "everybody can break"}, {"RC2", "everybody can break"},
	} {
		if strings.Contains(suite, c.part) {
			return c.is
		}
	}
	return ""
}

// failedWords are for a handshake that began and was not completed.
func (s *Subject) failedWords() Sentences {
	t := s.Port.Speech.TLS
	w := Sentences{"TLS fails: the server's part is faulty",
		"Encryption (TLS) begins but can't be completed: " + tlsProblem(t) + ".",
		"Ask the server's administrator to check the TLS settings and certificate of this port."}
	method := ""
	if t.Problem != "" {
		method = ": " + phrase.Clean(t.Problem)
	}
	switch {
	case slices.Contains(t.Notes, evidence.NoteUnsupportedMethod) && unsafe(t.CipherSuite) != "":
		return Sentences{"TLS only without protection",
			fmt.Sprintf("The server answers with %s, but of all methods picks one that %s (%s%s), so today's programs refuse it.",
				tlsVersion(t), unsafe(t.CipherSuite), phrase.Clean(t.CipherSuite), besides(t, "")),
			"Ask the server's administrator to switch such methods off and to allow usual ones (ECDHE with AES-GCM)."}
	case slices.Contains(t.Notes, evidence.NoteUnsupportedMethod):
		return Sentences{"TLS: only by rare methods",
			fmt.Sprintf("The server answers with %s, but picks what this test and many programs don't have%s%s.", tlsVersion(t), method,
				besides(t, "")),
			"Try the real application; if it fails, ask the server's administrator to allow more usual methods (ECDHE with AES-GCM, " +
				"an RSA or " +
				"P-256 certificate)."}
	case slices.Contains(t.Notes, evidence.NoteStalled):
		w.Finding = "TLS begins and stops"
		w.Next = "1. Ask your network administrator whether large packets get through (path MTU, VPN or tunnel on" +
			" the way). 2. Ask the server's administrator whether the service hangs."
	case slices.Contains(t.Notes, evidence.NoteCutOff):
		w.Finding = "TLS begins and is cut off"
		w.Next = "Ask the server's administrator what the server's log says of this connection; if nothing, ask your network " +
			"administrator for " +
			"a filter."
	}
	return w
}

// noTLSWords are for an open port on which TLS brought nothing.
func (s *Subject) noTLSWords() Sentences {
	t := s.Port.Speech.TLS
	how := map[evidence.TLSState]string{
		evidence.TLSReset: "cut off (reset)", evidence.TLSEOF: "closed", evidence.TLSNoResponse: "met with silence",
	}[t.State]
	switch what, sp := s.speaks(), s.Port.Speech; {
	case what != "" && s.Verdict.Usable:
		return s.answersBeside(what, how)
	case what != "":
		return s.instead(what, how)
	case s.Verdict.Usable && t.State == evidence.TLSNoResponse && sp.Banner == nil && sp.HTTP == nil:
		return Sentences{"accepts connections; said nothing",
			"The server accepts connections on this port but said nothing, not even to a try with encryption (TLS).", ""}
	case s.Verdict.Usable:
		return Sentences{"accepts connections; no TLS",
			"The server accepts connections on this port; a try with encryption (TLS) was " + how + ".", ""}
	}
	return Sentences{"accepts connections, but no TLS",
		"The server accepts connections on this port, but the try with encryption (TLS) was " + how + ".",
		fmt.Sprintf("Ask the server's administrator whether TLS is on for %s.", s.number())}
}

// answersBeside is for a port that answered in the open, on another connection than the one on which TLS brought nothing.
func (s *Subject) answersBeside(what, how string) Sentences {
	w := Sentences{"answers with " + what, fmt.Sprintf("The server answers with %s; a try with encryption (TLS) was %s.", what, how), ""}
	if usual := s.contradicted(); usual != "" {
		w.Finding = what + ", not " + usual
		w.Why = fmt.Sprintf("The port's usual service is %s, but what answers is %s; a try with encryption (TLS) was %s.", usual, what, how)
		w.Next = fmt.Sprintf("Check that %s is the right port for the application.", s.number())
	}
	return w
}
