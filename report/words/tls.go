package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// tlsWords are for a port that accepted the connection and was then asked for TLS.
func (s *Subject) tlsWords(t *evidence.TLS) Sentences {
	switch t.State {
	case evidence.TLSOK, evidence.TLSUntrusted:
		return s.handshakeWords(t)
	case evidence.TLSPlaintext:
		what := s.speaks()
		if what == "" {
			what = "plain text"
		}
		if to := s.elsewhere(s.Port.Speech.HTTP); to != "" {
			return Sentences{"HTTP, not TLS; sends on to " + phrase.Short(to, 20), fmt.Sprintf("The port was asked for encryption (TLS) but a web server answers without it and sends browsers on to %s, as sign-in pages of networks do (captive portal).", to),
				fmt.Sprintf("Open a page in a browser and sign in if asked, then test again; if it stays, ask the server's administrator which service runs on %s.", s.number())}
		}
		if usual := s.contradicted(); usual != "" {
			return Sentences{what + ", not " + usual, fmt.Sprintf("The port's usual service is %s, but what answers is %s, without TLS.", usual, what),
				fmt.Sprintf("Check that %s is the port that the application needs, or ask the server's administrator which port has %s.", s.number(), usual)}
		}
		return Sentences{"no TLS: answers with " + what, "The port was asked for encryption (TLS) but answers with " + what + " instead.",
			fmt.Sprintf("Use %s without TLS if the application can, or ask the server's administrator for the port with TLS.", s.number())}
	case evidence.TLSAlert:
		return s.alertWords(t)
	case evidence.TLSReset, evidence.TLSEOF, evidence.TLSNoResponse:
		return s.noTLSWords(t)
	case evidence.TLSFailed:
		return s.failedWords(t)
	}
	return Sentences{"answers, but not with TLS", "The port was asked for encryption (TLS) but answers with something else.",
		fmt.Sprintf("Ask the server's administrator which service answers on %s.", s.number())}
}

// tlsProblem is our own words for a code of the handshake; a technical note is never repeated.
func (s *Subject) tlsProblem(t *evidence.TLS) string {
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

// failedWords are for a handshake that began and was not completed.
func (s *Subject) failedWords(t *evidence.TLS) Sentences {
	w := Sentences{"TLS fails: the server's part is faulty",
		"Encryption (TLS) begins but can't be completed: " + s.tlsProblem(t) + ".",
		"Ask the server's administrator to check the TLS settings and certificate of this port."}
	method := ""
	if t.Problem != "" {
		method = ": " + phrase.Clean(t.Problem)
	}
	switch {
	case slices.Contains(t.Notes, evidence.NoteUnsupportedMethod):
		return Sentences{"TLS: only by rare methods",
			fmt.Sprintf("The server answers with %s, but picks what this test and many programs don't have%s%s.", tlsVersion(t), method, besides(t, "")),
			"Try the real application; if it fails, ask the server's administrator to allow more usual methods (ECDHE with AES-GCM, an RSA or P-256 certificate)."}
	case slices.Contains(t.Notes, evidence.NoteStalled):
		w.Finding = "TLS begins and stops"
		w.Next = "Ask your network administrator whether large packets get through (path MTU, VPN or tunnel on the way), then the server's administrator whether the service hangs."
	case slices.Contains(t.Notes, evidence.NoteCutOff):
		w.Finding = "TLS begins and is cut off"
		w.Next = "Ask the server's administrator what the server's log says of this connection; if nothing, ask your network administrator for a filter."
	}
	return w
}

const installClientCertificate = "Install the client certificate that the server's operator hands out, or ask the operator for one."

// alertWords are for a refusal that was said in TLS itself.
func (s *Subject) alertWords(t *evidence.TLS) Sentences {
	name := phrase.Short(t.Alert, 40)
	asked := phrase.Short(t.ServerName, 50)
	switch {
	case t.ClientCert || t.Alert == "certificate_required":
		return Sentences{"TLS wants a client certificate", "The server answers with TLS and wants a certificate from the client, which this test has not.",
			installClientCertificate}
	case t.ServerName == "" && (t.Alert == "unrecognized_name" || t.Alert == "handshake_failure" || t.Alert == "internal_error"):
		return Sentences{"TLS refused without a name: " + name,
			fmt.Sprintf("The server answers with TLS but refuses the connection (%s); no server name was sent, since an address was given, and many servers insist on one.", name),
			"Test again with the server's name in place of its address, or add --server-name with the name."}
	case t.Alert == "unrecognized_name":
		return Sentences{"TLS: name not known to the server", fmt.Sprintf("The server answers with TLS but does not know the name %s.", asked),
			"Check the server's name, or ask the server's administrator to serve it there."}
	case t.ServerName != "" && completedWithout(t, "no-name"):
		return Sentences{"TLS: this name is refused", fmt.Sprintf("TLS for the name %s is refused (%s), but works without a name: the server does not serve that name, or a device on the way forbids it.", asked, name),
			"Check the server's name, then ask the server's administrator whether it is served there; if it is, ask your network administrator for a web filter."}
	case t.Alert == "protocol_version" || t.Alert == "handshake_failure" || t.Alert == "insufficient_security":
		offered := "every version and cipher offered"
		if refused(t, "every-method") {
			offered += ", rare and old ones included"
		}
		return Sentences{"TLS refused: " + name, fmt.Sprintf("The server answers with TLS but refuses %s (%s).", offered, name),
			"Ask the server's administrator which TLS versions and ciphers the port accepts."}
	}
	if name == "" {
		name = "no reason given"
	}
	return Sentences{"TLS refused: " + name, fmt.Sprintf("The server answers with TLS but refuses the connection (%s).", name),
		"Ask the server's administrator to look for this refusal in the server's log."}
}

// refused reports whether a handshake that differed in one thing was refused, too.
func refused(t *evidence.TLS, kind string) bool {
	return slices.ContainsFunc(t.Variants, func(v evidence.TLSVariant) bool { return v.Kind == kind && v.State == evidence.TLSAlert })
}

// completedWithout reports whether a handshake that differed in one thing worked.
func completedWithout(t *evidence.TLS, kind string) bool {
	return slices.ContainsFunc(t.Variants, func(v evidence.TLSVariant) bool {
		return v.Kind == kind && (v.State == evidence.TLSOK || v.State == evidence.TLSUntrusted)
	})
}

// noTLSWords are for an open port on which TLS brought nothing.
func (s *Subject) noTLSWords(t *evidence.TLS) Sentences {
	how := map[evidence.TLSState]string{
		evidence.TLSReset: "cut off (reset)", evidence.TLSEOF: "closed", evidence.TLSNoResponse: "met with silence",
	}[t.State]
	if sp := s.Port.Speech; s.Verdict.Usable && t.State == evidence.TLSNoResponse && sp.Banner == nil && sp.HTTP == nil {
		return Sentences{"accepts connections; said nothing",
			"The server accepts connections on this port but said nothing, not even to a try with encryption (TLS).", ""}
	}
	if s.Verdict.Usable {
		return Sentences{"accepts connections; no TLS",
			"The server accepts connections on this port; a try with encryption (TLS) was " + how + ".", ""}
	}
	return Sentences{"accepts connections, but no TLS",
		"The server accepts connections on this port, but the try with encryption (TLS) was " + how + ".",
		fmt.Sprintf("Ask the server's administrator whether TLS is on for %s.", s.number())}
}

// tlsFailureWords are for reasons that name TLS: the connection stands and TLS does not.
func (s *Subject) tlsFailureWords() Sentences {
	name := ""
	if t := s.Port.Speech; t != nil && t.TLS != nil {
		name = t.TLS.ServerName
	}
	if name == "" {
		name = s.name()
	}
	name = phrase.Short(name, 40)
	filter := fmt.Sprintf("Ask %s to allow the site %s (web or URL filter) for %s.", s.owner(), name, s.from())
	server := fmt.Sprintf("Ask the server's administrator whether TLS is on for %s; if it is, ask %s whether a filter stops %s.",
		s.number(), s.filterOwner(), s.flow())
	if s.loopback() {
		server = fmt.Sprintf("Check whether the program that listens on %s speaks TLS, and that it is not stuck.", s.number())
	}
	if sp := s.Port.Speech; sp != nil && sp.TLS != nil && sp.TLS.ServerName == "" && s.Verdict.Reason != verdict.TLSNoResponse {
		server = "Test again with the server's name in place of its address, or add --server-name, since some servers insist on a name; if that fails, " + phrase.Lower(server)
	}
	if slices.Contains(s.tlsNotes(), evidence.NoteBigHelloDropped) {
		return s.bigHelloWords()
	}
	if slices.Contains(s.tlsNotes(), evidence.NoteLargePacketsLost) {
		return s.largePacketsWords()
	}
	switch s.Verdict.Reason {
	case verdict.SNIReset:
		return Sentences{"cut off because of the server's name",
			fmt.Sprintf("The connection is cut off when it names %s, but other names pass: %sa filter at %s.", name, s.hedge(), s.place()), filter}
	case verdict.SNINoResponse:
		return Sentences{"dropped because of the server's name",
			fmt.Sprintf("The connection is dropped when it names %s, but other names pass: %sa filter at %s.", name, s.hedge(), s.place()), filter}
	case verdict.TLSReset:
		return Sentences{"cut off when TLS begins", "The connection is accepted, but cut off (reset) as soon as encryption (TLS) begins" + s.atPlace() + ".", server}
	case verdict.TLSEOF:
		return Sentences{"closed when TLS begins", "The connection is accepted, but closed without a word as soon as encryption (TLS) begins" + s.atPlace() + ".", server}
	}
	return Sentences{"accepts, but TLS gets no answer", "The connection is accepted, but the start of encryption (TLS) gets no answer" + s.atPlace() + ".", server}
}

// bigHelloWords: what browsers send since 2024 fills two packets (post-quantum key exchange).
func (s *Subject) bigHelloWords() Sentences {
	how := map[verdict.Reason]string{verdict.TLSReset: "is cut off", verdict.TLSEOF: "is closed without a word"}[s.Verdict.Reason]
	if how == "" {
		how = "gets no answer"
	}
	return Sentences{"large TLS greeting is dropped",
		"A modern, large greeting of encryption (TLS, post-quantum) " + how + " but a small one works: " + s.hedge() + "a device on the way, or old server software, can't handle it.",
		"Ask " + s.filterOwner() + " to update the firewall or proxy on the way and to check for lost large packets (MTU); turning post-quantum key exchange off in the application helps meanwhile."}
}

// largePacketsWords: a path MTU black hole (RFC 2923, 2.1).
func (s *Subject) largePacketsWords() Sentences {
	return Sentences{"large packets get lost on the way",
		"Encryption (TLS) gets no answer in packets of the usual size, but does in small ones: " + s.hedge() + "a tunnel (VPN) or line on the way carries only smaller packets, and the message that says so is filtered.",
		"Ask " + s.filterOwner() + " to let the message \"fragmentation needed\" (IPv6: \"packet too big\") through, or to limit TCP's segment size (MSS) at the tunnel; a smaller packet size (MTU) on this computer helps meanwhile."}
}

func (s *Subject) tlsNotes() []string {
	if sp := s.Port.Speech; sp != nil && sp.TLS != nil {
		return sp.TLS.Notes
	}
	return nil
}

// atPlace is where it happened, if that is known.
func (s *Subject) atPlace() string {
	if w := s.Verdict.Where; w == nil || w.Party == verdict.PartyUnknown && !w.Address.IsValid() && w.Hop == 0 {
		return ""
	}
	if p := s.Verdict.Where.Party; p == verdict.Server {
		return ", " + with("by the server", sure(s.Verdict.Where.Confidence))
	}
	return ", by " + s.place()
}

// filterOwner is whom to ask about a filter where the server may be the cause, too.
func (s *Subject) filterOwner() string {
	if w := s.Verdict.Where; w != nil && w.Party != verdict.Server && w.Party != verdict.PartyUnknown {
		return strings.TrimSuffix(s.owner(), ",")
	}
	return "your network administrator"
}
