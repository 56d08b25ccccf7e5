package report

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// tlsWords are for a port that accepted the connection and was then asked for TLS.
func (s *subject) tlsWords(t *evidence.TLS) words {
	switch t.State {
	case evidence.TLSOK, evidence.TLSUntrusted:
		return s.handshakeWords(t)
	case evidence.TLSPlaintext:
		what := s.speaks()
		if what == "" {
			what = "plain text"
		}
		if usual := s.contradicted(); usual != "" {
			return words{what + ", not " + usual, fmt.Sprintf("The port's usual service is %s, but what answers is %s, without TLS.", usual, what),
				fmt.Sprintf("Check that %s is the port that the application needs, or ask the server's administrator which port has %s.", s.number(), usual)}
		}
		return words{"no TLS: answers with " + what, "The port was asked for encryption (TLS) but answers with " + what + " instead.",
			fmt.Sprintf("Use %s without TLS if the application can, or ask the server's administrator for the port with TLS.", s.number())}
	case evidence.TLSAlert:
		return s.alertWords(t)
	case evidence.TLSReset, evidence.TLSEOF, evidence.TLSNoResponse:
		return s.noTLSWords(t)
	case evidence.TLSFailed:
		return words{"TLS fails: the server's part is faulty",
			"Encryption (TLS) begins but can't be completed: " + s.tlsProblem(t) + ".",
			"Ask the server's administrator to check the TLS settings and certificate of this port."}
	}
	return words{"answers, but not with TLS", "The port was asked for encryption (TLS) but answers with something else.",
		fmt.Sprintf("Ask the server's administrator which service answers on %s.", s.number())}
}

// tlsProblem is our own words for a code of the handshake; a technical note is never repeated.
func (s *subject) tlsProblem(t *evidence.TLS) string {
	for _, n := range t.Notes {
		switch n {
		case "stalled":
			return "the server began to answer and stopped"
		case "cut-off":
			return "the connection ended in the middle"
		case "old-version":
			return "the server only knows a version older than TLS 1.0"
		case "certificate-too-large":
			return "the server's certificates are larger than programs accept"
		case "bad-certificate":
			return "the server's certificate is malformed"
		case "weak-key":
			return "the server's key is of a size or kind that programs refuse"
		}
	}
	return "what the server sends is not valid TLS"
}

// alertWords are for a refusal that was said in TLS itself.
func (s *subject) alertWords(t *evidence.TLS) words {
	name := short(t.Alert, 40)
	switch {
	case t.ClientCert || t.Alert == "certificate_required":
		return words{"TLS wants a client certificate", "The server answers with TLS and wants a certificate from the client, which this test has not.",
			"Install the client certificate that the server's operator hands out, or ask the operator for one."}
	case t.Alert == "unrecognized_name":
		return words{"TLS: name not known to the server", fmt.Sprintf("The server answers with TLS but does not know the name %s.", short(t.ServerName, 50)),
			"Check the server's name, or ask the server's administrator to serve it there."}
	case t.Alert == "protocol_version" || t.Alert == "handshake_failure" || t.Alert == "insufficient_security":
		return words{"TLS refused: " + name, fmt.Sprintf("The server answers with TLS but refuses every version and cipher offered (%s).", name),
			"Ask the server's administrator which TLS versions and ciphers the port accepts."}
	}
	if name == "" {
		name = "no reason given"
	}
	return words{"TLS refused: " + name, fmt.Sprintf("The server answers with TLS but refuses the connection (%s).", name),
		"Ask the server's administrator to look for this refusal in the server's log."}
}

// noTLSWords are for an open port on which TLS brought nothing.
func (s *subject) noTLSWords(t *evidence.TLS) words {
	how := map[evidence.TLSState]string{
		evidence.TLSReset: "cut off (reset)", evidence.TLSEOF: "closed", evidence.TLSNoResponse: "met with silence",
	}[t.State]
	if s.verdict.Usable {
		return words{"accepts connections; no TLS",
			"The server accepts connections on this port; a try with encryption (TLS) was " + how + ".", ""}
	}
	return words{"accepts connections, but no TLS",
		"The server accepts connections on this port, but the try with encryption (TLS) was " + how + ".",
		fmt.Sprintf("Ask the server's administrator whether TLS is on for %s.", s.number())}
}

// tlsFailureWords are for reasons that name TLS: the connection stands and TLS does not.
func (s *subject) tlsFailureWords() words {
	name := ""
	if t := s.port.Speech; t != nil && t.TLS != nil {
		name = t.TLS.ServerName
	}
	if name == "" {
		name = s.name()
	}
	name = short(name, 40)
	filter := fmt.Sprintf("Ask %s to allow the site %s (web or URL filter) for %s.", s.owner(), name, s.from())
	server := fmt.Sprintf("Ask the server's administrator whether TLS is on for %s; if it is, ask %s whether a filter stops %s.",
		s.number(), s.filterOwner(), s.flow())
	if s.loopback() {
		server = fmt.Sprintf("Check whether the program that listens on %s speaks TLS, and that it is not stuck.", s.number())
	}
	switch s.verdict.Reason {
	case verdict.SNIReset:
		return words{"cut off because of the server's name",
			fmt.Sprintf("The connection is cut off when it names %s, but other names pass: %sa filter at %s.", name, s.hedge(), s.place()), filter}
	case verdict.SNINoResponse:
		return words{"dropped because of the server's name",
			fmt.Sprintf("The connection is dropped when it names %s, but other names pass: %sa filter at %s.", name, s.hedge(), s.place()), filter}
	case verdict.TLSReset:
		return words{"cut off when TLS begins", "The connection is accepted, but cut off (reset) as soon as encryption (TLS) begins" + s.atPlace() + ".", server}
	case verdict.TLSEOF:
		return words{"closed when TLS begins", "The connection is accepted, but closed without a word as soon as encryption (TLS) begins" + s.atPlace() + ".", server}
	}
	if slices.Contains(s.tlsNotes(), "big-hello-dropped") {
		return words{"large TLS greeting is dropped",
			"Encryption (TLS) gets no answer to a modern, large greeting but does to a small one: a device on the way can't handle it.",
			"Ask " + s.filterOwner() + " to update the firewall, or turn post-quantum key exchange off in the application."}
	}
	return words{"accepts, but TLS gets no answer", "The connection is accepted, but the start of encryption (TLS) gets no answer" + s.atPlace() + ".", server}
}

func (s *subject) tlsNotes() []string {
	if sp := s.port.Speech; sp != nil && sp.TLS != nil {
		return sp.TLS.Notes
	}
	return nil
}

// atPlace is where it happened, if that is known.
func (s *subject) atPlace() string {
	if w := s.verdict.Where; w == nil || w.Party == verdict.PartyUnknown && !w.Address.IsValid() && w.Hop == 0 {
		return ""
	}
	if p := s.verdict.Where.Party; p == verdict.Server {
		return ", " + with("by the server", sure(s.verdict.Where.Confidence))
	}
	return ", by " + s.place()
}

// filterOwner is whom to ask about a filter where the server may be the cause, too.
func (s *subject) filterOwner() string {
	if w := s.verdict.Where; w != nil && w.Party != verdict.Server && w.Party != verdict.PartyUnknown {
		return strings.TrimSuffix(s.owner(), ",")
	}
	return "your network administrator"
}
