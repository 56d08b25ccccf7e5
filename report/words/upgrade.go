package words

import (
	"fmt"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// upgradeRows are for a server that was asked to go over to TLS (STARTTLS) and did not.
func upgradeRows() []row {
	return []row{
		{"starttls-failed", (*Subject).upgradeFailed}, {"spoke-starttls-failed", (*Subject).upgradeFailed},
		{"starttls-refused", (*Subject).upgradeRefused}, {"starttls-not-offered", (*Subject).upgradeNotOffered},
		{"tls-unreached", (*Subject).upgradeUnreached},
	}
}

func (s *Subject) upgradeRefused() Sentences {
	if why, next := s.rdpWords(); why != "" {
		return Sentences{"Remote Desktop refuses TLS", "The Remote Desktop server answers and refuses to go over to TLS: " + why, next}
	}
	return Sentences{"encryption offered, then refused",
		"The server offers to go over to encryption (STARTTLS) and then refuses it.",
		fmt.Sprintf(
			"Ask the server's administrator to check the certificate and TLS settings for %s, as its log should say why.",
			s.number(),
		)}
}

func (s *Subject) upgradeNotOffered() Sentences {
	if why, next := s.rdpWords(); why != "" {
		return Sentences{"Remote Desktop without TLS", "The Remote Desktop server answers without TLS: " + why, next}
	}
	if verdict.SMTPMasked(s.Port.Speech) {
		return Sentences{"encryption is hidden by a firewall",
			"A Cisco firewall rewrites the conversation with the mail server and hides the offer of " +
				"encryption (STARTTLS). Its greeting is masked with asterisks.",
			"Ask whoever runs the firewall to switch SMTP inspection off, or to let STARTTLS through it (inspect esmtp: allow-tls)."}
	}
	return Sentences{"encryption is not offered",
		"The server does not offer encryption (STARTTLS): it is off there, or a device on the way removes the offer.",
		fmt.Sprintf(
			"Ask the server's administrator: 1. Is encryption (STARTTLS) on for %s? 2. If it is, which "+
				"device on the way removes it?",
			s.number(),
		)}
}

// upgradeUnreached: the conversation ended before TLS was tried.
func (s *Subject) upgradeUnreached() Sentences {
	what := s.speaks()
	if what == "" || s.contradicted() != "" || s.Port.Speech.Asked != "starttls" {
		return s.plainWords()
	}
	if slices.Contains(s.Port.Speech.Notes, evidence.NoteDomainUnknown) {
		return Sentences{what + "; no encryption for this name",
			fmt.Sprintf(
				"The server answers with %s, but does not serve the name that was asked for. Encryption could "+
					"not be tried.",
				what,
			),
			"Test again with one of the server's own domains, the part of its users' addresses behind the @, with --server-name."}
	}
	return Sentences{what + "; no encryption",
		fmt.Sprintf("The server answers with %s, but the conversation ended before encryption (STARTTLS) was agreed on.", what),
		fmt.Sprintf("Ask the server's administrator what its log says of connections from %s to %s; "+
			"if nothing, ask your network administrator whether a firewall looks into this protocol.", s.from(), s.number())}
}

// upgradeFailed: the server agreed to go over to TLS and did not get there.
func (s *Subject) upgradeFailed() Sentences {
	t := s.Port.Speech.TLS
	then := map[evidence.TLSState]string{
		evidence.TLSReset: "the connection is cut off (reset)", evidence.TLSEOF: "the connection is closed", evidence.TLSNoResponse: "nothing " +
			"more comes",
		evidence.TLSPlaintext: "what comes is not TLS", evidence.TLSNotTLS: "what comes is not TLS",
		evidence.TLSFailed: "it can't be completed, as " + tlsProblem(t),
	}[t.State]
	if slices.Contains(t.Notes, evidence.NoteBigHelloDropped) {
		then += ", except to a smaller greeting of TLS: a device on the way, or old server software, can't handle large ones (post-quantum)"
	}
	return Sentences{s.speaks() + "; STARTTLS fails",
		fmt.Sprintf("The server answers with %s and agrees to go over to encryption (STARTTLS), but then %s.", s.speaks(), then),
		fmt.Sprintf("Ask the server's administrator what its log says of TLS on %s; "+
			"if nothing, ask your network administrator whether a firewall or antivirus looks into this protocol.", s.number())}
}
