package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// partyWords is whose a place is, in plain words.
func partyWords(p verdict.Party) string {
	switch p {
	case verdict.ThisComputer:
		return "this computer"
	case verdict.LocalNetwork:
		return "your own network"
	case verdict.Provider:
		return "an Internet provider"
	case verdict.ServerNetwork:
		return "the server's network"
	case verdict.Server:
		return "the server"
	case verdict.Proxy:
		return "the proxy"
	}
	return "owner not known"
}

// whose is that of a place; the addresses of a provider's NAT say so themselves (RFC 6598).
func whose(w *verdict.Where) string {
	if w.Party == verdict.Provider && verdict.CarrierNAT(w.Address) {
		return "your Internet provider's carrier-grade NAT"
	}
	return partyWords(w.Party)
}

// sure is how sure we are: "" for certain.
func sure(c verdict.Confidence) string {
	switch c {
	case verdict.Certain:
		return ""
	case verdict.Likely:
		return "likely"
	}
	return "possibly"
}

// hedge is the adverb before a claim that is not certain, with a space behind it.
func (s *Subject) hedge() string {
	switch s.Verdict.Confidence {
	case verdict.Certain:
		return ""
	case verdict.Likely:
		return "probably "
	}
	return "possibly "
}

// place names where the connection stopped: "the device at 10.0.0.1 (hop 2, your own network, likely)".
func (s *Subject) place() string { return s.placed("the device at ") }

// placed is place with other words before an address.
func (s *Subject) placed(before string) string {
	w := s.Verdict.Where
	if w == nil {
		return "a device on the way"
	}
	switch {
	case w.Party == verdict.ThisComputer:
		return with("this computer", sure(w.Confidence))
	case w.Party == verdict.Server:
		return with("the server", sure(w.Confidence))
	case w.Party == verdict.Proxy && !w.Address.IsValid():
		return with("the proxy", sure(w.Confidence))
	}
	var details []string
	device := "a device"
	if w.Address.IsValid() {
		device = before + phrase.Clean(w.Address.String())
		if w.Hop > 0 {
			details = append(details, fmt.Sprintf("hop %d", w.Hop))
		}
	} else if w.Hop > 0 {
		device = fmt.Sprintf("the device at hop %d", w.Hop)
	}
	details = append(details, whose(w))
	if c := sure(w.Confidence); c != "" && w.Party != verdict.PartyUnknown && w.Party != "" {
		details = append(details, c)
	}
	device = with(device, strings.Join(details, ", "))
	if w.OrNext {
		device += s.orNext()
	}
	return device
}

// orNext says what may be meant beside the place: the next device, or the server if that was the last one before it.
func (s *Subject) orNext() string {
	next := s.Verdict.Where.Hop + 1
	router := func(w *evidence.Walk) bool { i := w.At(next).ICMP; return i != nil && i.TimeExceeded() }
	if s.Host != nil && s.Host.Reference.Distance() == next && !slices.ContainsFunc(s.Host.Others, router) {
		return " or the server itself"
	}
	return " or the next device"
}

func with(what, detail string) string {
	if detail == "" {
		return what
	}
	return what + " (" + detail + ")"
}

// shortPlace is the place for a table's cell: "hop 2, 10.0.0.1".
func (s *Subject) shortPlace() string {
	w := s.Verdict.Where
	if w == nil {
		return "on the way"
	}
	after := ""
	if w.OrNext {
		after = " or next"
	}
	switch {
	case w.Party == verdict.ThisComputer, w.Party == verdict.Server:
		return "at " + partyWords(w.Party)
	case w.Hop > 0 && w.Address.IsValid():
		return fmt.Sprintf("at %s (hop %d%s)", phrase.Clean(w.Address.String()), w.Hop, after)
	case w.Address.IsValid():
		return "at " + phrase.Clean(w.Address.String())
	case w.Hop > 0:
		return fmt.Sprintf("at hop %d%s", w.Hop, after)
	case w.Party == verdict.PartyUnknown || w.Party == "":
		return "on the way"
	}
	return "at " + partyWords(w.Party)
}

// owner is whom to ask about the place.
func (s *Subject) owner() string {
	w := s.Verdict.Where
	if w == nil {
		return "your network administrator"
	}
	who := "your network administrator"
	if w.Address.IsValid() {
		who = "whoever runs the network at that place"
	}
	switch w.Party {
	case verdict.ThisComputer:
		return "whoever manages this computer's firewall or antivirus"
	case verdict.LocalNetwork:
		who = "whoever runs your own network's firewall"
	case verdict.Provider:
		who = "your Internet provider"
	case verdict.ServerNetwork:
		who = "whoever runs the firewall in front of the server"
	case verdict.Server:
		return "the server's administrator"
	case verdict.Proxy:
		who = "whoever runs the proxy"
	}
	if w.Address.IsValid() && !s.isServer(w.Address) {
		who += ", device " + phrase.Clean(w.Address.String())
		if w.OrNext {
			who += s.orNext()
		}
		who += ","
	}
	return who
}

// allow asks the owner of the place for a rule.
func (s *Subject) allow() string {
	return fmt.Sprintf("Ask %s to allow %s. %s.", s.owner(), s.flow(), s.log())
}
