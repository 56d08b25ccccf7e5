package words

import (
	"fmt"
	"strings"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// quietRows are for connections that stand, and on which what was asked for gets no word.
func quietRows() []row {
	return []row{
		{"asked-but-mute", (*Subject).muteWords}, {"tls-reset-nearer", (*Subject).muteWords},
		{"inspected-name", (*Subject).nameCutOff}, {"inspected-name-silent", (*Subject).nameDropped},
		{"big-hello-dropped", (*Subject).bigHelloWords}, {"large-packets-lost", (*Subject).largePacketsWords},
	}
}

func (s *Subject) muteWords() Sentences {
	server := s.askAboutTLS()
	if sp := s.Port.Speech; sp != nil && sp.Usual == "ldap" && s.Verdict.Reason == verdict.TLSReset {
		server = fmt.Sprintf(
			"Ask the server's administrator whether the directory has a certificate: a domain controller without one resets %s, and "+
				"its members need only TCP 389.",
			s.number(),
		)
	}
	switch s.Verdict.Reason {
	case verdict.TLSReset:
		return Sentences{"cut off when TLS begins",
			"The connection is accepted, but cut off (reset) as soon as encryption (TLS) begins" + s.atPlace() + ".", server}
	case verdict.TLSEOF:
		return Sentences{"closed when TLS begins",
			"The connection is accepted, but closed without a word as soon as encryption (TLS) begins" + s.atPlace() + ".", server}
	case verdict.TLSNoResponse:
		return Sentences{"accepts, but TLS gets no answer",
			"The connection is accepted, but the start of encryption (TLS) gets no answer" + s.atPlace() + ".", server}
	}
	return s.silentlyOpen()
}

// askAboutTLS is what to do where TLS gets no answer: the server or a filter may be the cause.
func (s *Subject) askAboutTLS() string {
	server := fmt.Sprintf("Ask the server's administrator whether TLS is on for %s; if it is, ask %s whether a filter stops %s.",
		s.number(), s.filterOwner(), s.flow())
	if s.loopback() {
		server = fmt.Sprintf("Check whether the program that listens on %s speaks TLS, and that it is not stuck.", s.number())
	}
	if sp := s.Port.Speech; sp != nil && sp.TLS != nil && sp.TLS.ServerName == "" && s.Verdict.Reason != verdict.TLSNoResponse {
		server = "Test again with the server's name in place of its address, or add --server-name. " +
			"Some servers insist on a name. If that fails, " + phrase.Lower(server)
	}
	return server
}

func (s *Subject) nameCutOff() Sentences {
	return Sentences{"cut off because of the server's name",
		fmt.Sprintf(
			"The connection is cut off when it names %s, but other names pass: %sa filter at %s.",
			s.namedInTLS(),
			s.hedge(),
			s.place(),
		),
		s.askForSite()}
}

func (s *Subject) nameDropped() Sentences {
	return Sentences{"dropped because of the server's name",
		fmt.Sprintf(
			"The connection is dropped when it names %s, but other names pass: %sa filter at %s.",
			s.namedInTLS(),
			s.hedge(),
			s.place(),
		),
		s.askForSite()}
}

func (s *Subject) askForSite() string {
	return fmt.Sprintf("Ask %s to allow the site %s (web or URL filter) for %s.", s.owner(), s.namedInTLS(), s.from())
}

// namedInTLS is the name that was asked for.
func (s *Subject) namedInTLS() string {
	name := ""
	if sp := s.Port.Speech; sp != nil && sp.TLS != nil {
		name = sp.TLS.ServerName
	}
	if name == "" {
		name = s.name()
	}
	return phrase.Short(name, 40)
}

// bigHelloWords: what browsers send since 2024 fills two packets (post-quantum key exchange).
func (s *Subject) bigHelloWords() Sentences {
	how := map[verdict.Reason]string{verdict.TLSReset: "is cut off", verdict.TLSEOF: "is closed without a word"}[s.Verdict.Reason]
	if how == "" {
		how = "gets no answer"
	}
	return Sentences{"large TLS greeting is dropped",
		"A modern, large greeting of encryption (TLS, post-quantum) " + how + " but a small one works: " + s.hedge() + "a device on the way, " +
			"or old server software, can't handle it.",
		"Ask " + s.filterOwner() + " to update the firewall or proxy on the way and to check for lost large packets (MTU); turning " +
			"post-quantum key exchange off in the application helps meanwhile."}
}

// largePacketsWords: a path MTU black hole (RFC 2923, 2.1).
func (s *Subject) largePacketsWords() Sentences {
	return Sentences{"large packets get lost on the way",
		"Encryption (TLS) gets no answer in packets of the usual size, but does in small ones: " + s.hedge() + "a tunnel (VPN) or line on the " +
			"way carries only smaller packets, and the message that says so is filtered.",
		"Ask " + s.filterOwner() + " to let the message \"fragmentation needed\" (IPv6: \"packet too big\") through, or to limit " +
			"TCP's segment " +
			"size (MSS) at the tunnel; a smaller packet size (MTU) on this computer helps meanwhile."}
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
