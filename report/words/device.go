package words

import (
	"cmp"
	"fmt"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// deviceRows are for answers that are a device's and not the server's.
func deviceRows() []row {
	return []row{
		{"imposter-answers", (*Subject).standIn}, {"answers-every-port", (*Subject).standIn}, {"no-window", (*Subject).standIn},
		{"device-speaks", (*Subject).deviceSpeaks}, {"re-signed-nearer", (*Subject).reSignedNearer},
		{"refused-behind", (*Subject).refusedBehind},
		{"block-page", (*Subject).blockPage}, {"page-too-soon", (*Subject).pageTooSoon},
		{"sent-to-a-private-address", (*Subject).sentToPrivate}, {"sent-to-a-foreign-site", (*Subject).sentAbroad},
		{"foreign-http", (*Subject).foreignHTTP},
	}
}

func (s *Subject) standIn() Sentences {
	if s.onThisComputer() {
		return Sentences{"a program on this computer answers instead",
			"The connection was probably accepted on this computer in the server's place, before the first device on the way: " +
				"an antivirus, a VPN or security client (SASE), Tor or a local proxy.",
			fmt.Sprintf("Ask %s which program takes %s, and to let it pass.", s.owner(), s.flow())}
	}
	return Sentences{
		"a device answers instead of the server",
		fmt.Sprintf(
			"The connection was %saccepted by %s in the server's place, and no service was reached behind it.",
			s.hedge(),
			s.place(),
		),
		fmt.Sprintf("Ask %s to let %s pass without a proxy or application gateway (ALG).", s.owner(), s.flow()),
	}
}

// refusedBehind is for a device that accepts for the server and passes its refusal on.
func (s *Subject) refusedBehind() Sentences {
	return Sentences{"a device accepts; the server behind it refuses",
		"A device on the way accepts every connection (flood protection or a relay). It asked the server" +
			" and then hung up. The server refuses, so nothing listens there, likely.",
		fmt.Sprintf("Ask the server's administrator: 1. Does the service listen on %s? 2. Does the device in front "+
			"of it reach it?", s.number())}
}

// deviceSpeaks is for words that were said before anything got to the server.
func (s *Subject) deviceSpeaks() Sentences {
	if s.onThisComputer() {
		return Sentences{"a program on this computer answers instead",
			fmt.Sprintf(
				"Something on this computer took the connection and spoke in the server's place, before the first device on the way: %s.",
				s.localPrograms(),
			),
			fmt.Sprintf("Ask %s which program takes %s, and to let it pass; nothing of this test reached the server.", s.owner(), s.flow())}
	}
	w := Sentences{"a device speaks instead of the server",
		fmt.Sprintf("%s took the connection and spoke itself, nearer than the server: a sign-in page, a filter or a gateway.",
			phrase.Capital(s.place())),
		fmt.Sprintf("Open any page in a browser and sign in if asked, then test again; if nothing changes, ask %s to let %s pass.",
			s.owner(), s.flow())}
	if what := s.speaks(); what != "" {
		w.Why = fmt.Sprintf("%s took the connection and spoke itself (%s), nearer than the server: a sign-in page, a filter or a gateway.",
			phrase.Capital(s.place()), what)
	}
	return w
}

// pageTooSoon is for a page that the server can't have sent.
func (s *Subject) pageTooSoon() Sentences {
	return Sentences{"a device answers, not the server",
		fmt.Sprintf("The page came in %s, and packets to the server and back take %s. So %s made it, nearer than the server: "+
			"a filter or a sign-in page.", phrase.Duration(s.Port.Speech.HTTP.After), phrase.Duration(s.Host.RTT), s.place()),
		fmt.Sprintf("Open the page in a browser and see what it says, then ask %s to let %s pass.", s.owner(), s.flow())}
}

// reSignedNearer is for TLS that something nearer than the server took, with a certificate that nobody here knows.
func (s *Subject) reSignedNearer() Sentences {
	issuer := "an authority"
	if t := s.Port.Speech.TLS; t.Certificate != nil && t.Certificate.Issuer != "" {
		issuer = phrase.Short(t.Certificate.Issuer, 60) + ","
	}
	who, which := s.place(), "the device that opens it, or the server's through a proxy"
	if s.onThisComputer() {
		who, which = "something on this computer", s.localPrograms()+", or the server's through a proxy"
	}
	return Sentences{"certificate of a device before the server",
		fmt.Sprintf("TLS was taken by %s, nearer than the server, with a certificate from %s which this computer does not know: %s.",
			who, issuer, which),
		fmt.Sprintf("Ask %s what opens TLS for %s, and for its root certificate or an exception.", s.owner(), s.flow())}
}

func (s *Subject) onThisComputer() bool {
	return s.Verdict.Where != nil && s.Verdict.Where.Party == verdict.ThisComputer
}

// localPrograms are the kinds of program that take connections of this computer, as far as the port tells them apart.
func (s *Subject) localPrograms() string {
	if t := s.Port.Speech.TLS; t != nil && t.Inspection.Sure() {
		return phrase.Short(t.Inspection.By, 50)
	}
	switch s.Port.Speech.Usual {
	case "smtp", "smtps", "imap", "imaps", "pop3", "pop3s":
		return "an antivirus that protects mail (mail shield), likely, or a proxy"
	}
	if s.Verdict.Has(verdict.AcceptsEveryPort) {
		return "a VPN or security client that takes all connections (SASE), Tor or a local proxy"
	}
	return "an antivirus, a VPN or security client (SASE), Tor or a local proxy"
}

// blockPage is for a page that is known as a device's.
func (s *Subject) blockPage() Sentences {
	h := s.Port.Speech.HTTP
	page := phrase.Short(h.BlockPage, 50)
	switch {
	case h.BlockPage == "captive portal":
		return Sentences{"sign-in page of the network",
			"The answer is a sign-in page of the network that this computer is in (captive portal), not the server's own.",
			"Open any page in a browser, sign in to the network there, and run the test again."}
	case h.Status >= 500:
		return Sentences{"error page of " + page,
			fmt.Sprintf(
				"The answer is an error page (%d) of %s, which stands before the server. It gets no good answer,"+
					" or forbids the site.",
				h.Status,
				page,
			),
			fmt.Sprintf("Ask whoever runs %s what its log says of this request.", page)}
	}
	return Sentences{"block page of " + page, "The answer is a block or sign-in page of " + page + ", not the server's own.",
		fmt.Sprintf("Open the server in a browser and sign in if asked, or ask whoever runs %s to allow it.", page)}
}

// sentToPrivate is for an answer that sends browsers into a private network.
func (s *Subject) sentToPrivate() Sentences {
	return Sentences{"sign-in page of the network",
		fmt.Sprintf("The answer sends browsers on to %s, a private address, as sign-in pages of networks do (captive portal): "+
			"probably the network's words, not the server's.", phrase.Short(sentTo(s.Port.Speech.HTTP), 60)),
		"Open any page in a browser, sign in to the network there, and run the test again; if nothing asks, tell the server's " +
			"administrator " +
			"that the server sends callers to an address that they can't reach."}
}

// sentAbroad is for a page that sends browsers on to another owner's site by itself.
func (s *Subject) sentAbroad() Sentences {
	return Sentences{"sign-in page of the network",
		fmt.Sprintf("The answer is a page that sends browsers on to %s, another owner's site. Sign-in pages of networks do "+
			"that (captive portal): probably the network's words, not the server's.", phrase.Short(sentTo(s.Port.Speech.HTTP), 60)),
		"Open any page in a browser, sign in to the network there, and run the test again; if nothing asks, the page is the server's own."}
}

func sentTo(h *evidence.HTTP) string { return cmp.Or(h.Refresh, h.Location) }

// foreignHTTP is for a web server on a port of another protocol.
func (s *Subject) foreignHTTP() Sentences {
	usual := protocolWords(phrase.Clean(s.Port.Speech.Usual))
	return Sentences{"HTTP, not " + usual,
		fmt.Sprintf("The port's usual service is %s, but a web server answers: %sa sign-in page (captive portal) or a proxy on the way.",
			usual, s.hedge()),
		fmt.Sprintf("Open a page in a browser and sign in if asked, then test again; "+
			"if it stays, ask the server's administrator whether a web server runs on %s.", s.number())}
}
