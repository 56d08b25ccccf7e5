package words

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// servingRows are for ports behind which something answers, or accepts, and nothing serves.
func servingRows() []row {
	return []row{
		{"hung-up", (*Subject).hungUp},
		{"ended-when-spoken-to", (*Subject).endedWhenSpokenTo},
		{"request-unanswered", (*Subject).requestUnanswered}, {"promised-but-mute", (*Subject).promisedButMute},
		{"inspected-host", (*Subject).hostFiltered}, {"greeting-unfinished", (*Subject).greetingUnfinished},
		{"tls-only", (*Subject).tlsOnly}, {"starttls-instead", (*Subject).startTLSInstead}, {"not-http", (*Subject).notHTTP},
		{"gateway-alone", (*Subject).gatewayAlone}, {"unanswered-inside", (*Subject).unansweredInside},
		{"question-unanswered", (*Subject).questionUnanswered}, {"data-connection-fails", (*Subject).dataFails},
		{"udp-turned-away", (*Subject).udpTurnedAway}, {"opportunistic-tls", (*Subject).opportunistic},
	}
}

// waited writes how long something took: ", after 12 s"; "" where it is not worth a word.
func waited(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf(", after %.0f s", d.Seconds())
	case d >= 20*time.Millisecond:
		return fmt.Sprintf(", after %d ms", d.Milliseconds())
	}
	return ""
}

func (s *Subject) hungUp() Sentences {
	how, after := "cut off (reset)", ""
	if sp := s.Port.Speech; sp != nil && sp.Listened() != nil { // else it was cut off with the answer to the SYN
		m := sp.Listened()
		how = map[string]string{evidence.EndReset: "cut off (reset)", evidence.EndEOF: "closed"}[m.End]
		after = waited(m.After)
	}
	return Sentences{"hangs up before anything is said",
		"The connection is accepted and then " + how + " before a word is said" + after + ", whatever the application is: a " +
			"balancer or relay without a " +
			"working server behind it, or an access list without this computer.",
		fmt.Sprintf("Ask the server's administrator whether the service behind %s runs, and whether it lets %s in.", s.number(), s.from())}
}

func (s *Subject) requestUnanswered() Sentences {
	log := fmt.Sprintf("Ask the server's administrator what its log says of requests from %s to %s; "+
		"if nothing, ask your network administrator whether a filter cuts them off.", s.from(), s.number())
	switch s.Verdict.Reason {
	case verdict.HTTPReset:
		return Sentences{"accepts, but requests are cut off",
			"The connection is accepted, but a request for a page (HTTP) is cut off (reset).", log}
	case verdict.HTTPEOF:
		return Sentences{"accepts, but requests are hung up on",
			"The connection is accepted, but closed without a word when a page (HTTP) is requested.", log}
	}
	return Sentences{"accepts, but requests get no answer",
		"The connection is accepted, but a request for a page (HTTP) gets no answer: the program behind it hangs, or does not take " +
			"the connection.",
		fmt.Sprintf("Ask the server's administrator to look at the program that serves %s, and to restart it if it hangs.", s.number())}
}

// endings is how the other side ended conversations in which it said nothing; "" where it did not.
func (s *Subject) endings() string {
	ends := make([]string, 0, len(s.Port.Speech.Mute)+1)
	for _, m := range s.Port.Speech.Mute {
		ends = append(ends, m.End)
	}
	if t := s.Port.Speech.TLS; t != nil {
		ends = append(ends, map[evidence.TLSState]string{evidence.TLSReset: evidence.EndReset, evidence.TLSEOF: evidence.EndEOF}[t.State])
	}
	switch {
	case slices.Contains(ends, evidence.EndReset):
		return "cut off (reset)"
	case slices.Contains(ends, evidence.EndEOF):
		return "closed"
	}
	return ""
}

// endedWhenSpokenTo: nothing tells a gone server from one that only takes its own protocol.
func (s *Subject) endedWhenSpokenTo() Sentences {
	return Sentences{"ends the connection when spoken to",
		"The connection is accepted and " + s.endings() + " as soon as something is said, in whatever way this test speaks. A" +
			" balancer or relay without a working server does that. So does a service that only takes its " +
			"own protocol.",
		fmt.Sprintf("Try the real application; if it fails, ask the server's administrator whether the service behind %s runs, and "+
			"whether it lets %s in.", s.number(), s.from())}
}

func (s *Subject) promisedButMute() Sentences {
	usual := protocolWords(phrase.Clean(s.Port.Speech.Usual))
	if how := s.endings(); how != "" {
		return Sentences{"accepts, but hangs up when spoken to",
			fmt.Sprintf("The connection is accepted, but %s before %s, the port's usual service, says what it must.", how, usual),
			fmt.Sprintf("Ask the server's administrator whether the service behind %s runs, and whether it lets %s in.", s.number(), s.from())}
	}
	return Sentences{"accepts connections; " + usual + " says nothing",
		fmt.Sprintf("The connection is accepted, but %s, the port's usual service, does not say what it must.", usual),
		fmt.Sprintf(
			"Ask the server's administrator whether the service behind %s hangs, or whether another one listens there.",
			s.number(),
		)}
}

func (s *Subject) hostFiltered() Sentences {
	how := map[verdict.Reason]string{verdict.HostReset: "cut off"}[s.Verdict.Reason]
	if how == "" {
		how = "dropped"
	}
	return Sentences{how + " because of the site's name",
		fmt.Sprintf("A request for a page (HTTP) is %s when it names %s, but one with another name passes: %sa filter at %s.",
			how, s.namedInTLS(), s.hedge(), s.place()),
		s.askForSite()}
}

func (s *Subject) greetingUnfinished() Sentences {
	return Sentences{s.speaks() + ": its greeting does not end",
		fmt.Sprintf("The server begins to greet (%s) and does not come to an end, so no application gets further.", s.speaks()),
		fmt.Sprintf(
			"Ask the server's administrator what holds the service behind %s up; some hold strangers up on purpose (tarpit).",
			s.number(),
		)}
}

func (s *Subject) tlsOnly() Sentences {
	return Sentences{"speaks TLS only: use https://",
		"The port speaks encryption (TLS) only, so a link that begins with http:// gets no page.",
		fmt.Sprintf("Use https:// in place of http:// for %s.", s.number())}
}

func (s *Subject) startTLSInstead() Sentences {
	return Sentences{"begins in the clear: STARTTLS, not TLS",
		fmt.Sprintf(
			"The server answers with %s in the clear and goes over to encryption on request (STARTTLS). TLS "+
				"from the start was asked for.",
			s.speaks(),
		),
		"Choose STARTTLS in the application's settings, or ask the server's administrator for the port with TLS from the start."}
}

func (s *Subject) notHTTP() Sentences {
	what := s.speaks()
	if what == "" {
		what = "something else"
	}
	return Sentences{"no HTTP: answers with " + what, "The link is for a page (HTTP), but the port answers with " + what + ".",
		"Check the number of the port in the link, or ask the server's administrator which port has the page."}
}

func (s *Subject) gatewayAlone() Sentences {
	h := s.Port.Speech.HTTP
	who := "a gateway"
	if h.Gateway != who {
		who = "a gateway (" + phrase.Short(h.Gateway, 40) + ")"
	}
	return Sentences{fmt.Sprintf("the service behind the gateway is down (%d)", h.Status),
		fmt.Sprintf("What answers is %s, which says that the service behind it does not (%d).", who, h.Status),
		"Ask the server's administrator whether the service behind the gateway runs and can be reached from there."}
}

func (s *Subject) unansweredInside() Sentences {
	m := s.Port.Speech.Unanswered()
	how := map[string]string{evidence.EndReset: "the connection is cut off (reset)", evidence.EndEOF: "the connection is closed"}[m.End]
	if how == "" {
		how = "nothing comes"
	}
	what := "the service's greeting is due"
	switch {
	case m.Said == evidence.MuteRequest:
		what = "a page is requested"
	case m.Said != "":
		what = protocolWords(phrase.Clean(m.Said)) + " is asked"
	}
	return Sentences{"TLS works; the service behind it does not",
		fmt.Sprintf("Encryption (TLS) works, but then %s when %s%s: what stands behind it is gone, or hangs.", how, what, waited(m.After)),
		fmt.Sprintf(
			"Ask the server's administrator whether the service behind %s runs. A relay such as stunnel or a"+
				" balancer may stand before it.",
			s.number(),
		)}
}

func (s *Subject) questionUnanswered() Sentences {
	return Sentences{s.speaks() + ": questions get no answer",
		fmt.Sprintf("The server answers with %s, but a question that it must answer gets none.", s.speaks()),
		fmt.Sprintf("Ask the server's administrator what holds the service behind %s up.", s.number())}
}

func (s *Subject) dataFails() Sentences {
	f := s.Port.Speech.FTP
	w := Sentences{Finding: "answers with " + s.speaks() + "; data connection fails"}
	data := fmt.Sprintf("its second connection, for data (passive mode, TCP %d),", f.Port)
	how := map[string]string{"refused": "is refused", "no-response": "gets no answer", "ok": ""}[f.Passive]
	switch {
	case f.Passive == "ok":
		w.Why = fmt.Sprintf("The server answers with %s, but names %s for %s which is not its address, so many programs' transfers fail.",
			s.speaks(), phrase.Short(f.Told, 40), data)
		w.Next = "Ask the server's administrator to make it name its public address for passive mode."
		return w
	case how == "":
		how = "does not get through"
	}
	w.Why = fmt.Sprintf("The server answers with %s, but %s %s.", s.speaks(), data, how)
	w.Next = fmt.Sprintf("1. Run the test again with -p %d to see where data is stopped. 2. Ask for FTP's data ports "+
		"(passive mode) to be let through there.", f.Port)
	if s.Verdict.Where != nil && f.Data != nil {
		w.Why = fmt.Sprintf("The server answers with %s, but %s %s: it is dropped at %s.", s.speaks(), data, how, s.place())
		w.Next = fmt.Sprintf("Ask %s to let FTP's data ports (passive mode) through there; the server's administrator knows which they are.",
			s.owner())
	}
	return w
}

func (s *Subject) udpTurnedAway() Sentences {
	what, code := s.speaks(), ""
	if c := s.Port.Speech.Code; c != "" {
		code = " (" + phrase.Short(c, 40) + ")"
	}
	return Sentences{what + ": refuses" + code,
		fmt.Sprintf("The server answers on this port with %s, but refuses to serve%s.", what, code),
		fmt.Sprintf("Ask the server's administrator whether it serves %s, and what its log says.", s.from())}
}

// opportunistic: programs that take encryption as it comes connect all the same.
func (s *Subject) opportunistic() Sentences {
	w := s.handshakeWords()
	return Sentences{s.speaks() + "; " + w.Finding,
		strings.TrimSuffix(strings.Replace(w.Why, ", so programs will refuse it", "", 1), ".") +
			"; programs that take encryption as it comes (STARTTLS) connect all the same, those that check the certificate don't.",
		w.Next}
}
