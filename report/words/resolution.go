package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// nameRows are for names that gave no address to test: nothing was sent to the server.
func nameRows() []row {
	return []row{
		{"unresolved", untested}, {"name-interrupted", interrupted},
		{"name-leads-here", leadsHere}, {"name-sinkhole", sinkhole}, {"name-blocked", nameBlocked}, {"name-refused", nameRefused},
		{"name-other-family", otherFamily}, {"name-without-address", withoutAddress}, {"name-not-found", nameNotFound},
		{"name-answer-cut", answerCut}, {"name-family-silent", familySilent}, {"name-server-timeout", serverSilent},
		{"name-server-unreachable", serverUnreachable}, {"name-server-failure", serverFailed},
	}
}

const (
	byAddress = "test the server's IP address instead of its name"
	askDNS    = "ask your network administrator to check the name servers (DNS)."
	allowName = "Ask whoever runs the name server to allow the name."
)

// resolution is what became of the name that the port is asked by.
func (s *Subject) resolution() *evidence.Resolution { return s.Target.ResolutionOf(s.Candidate) }

func leadsHere(s *Subject) Sentences {
	r := s.resolution()
	w := Sentences{
		"leads to this computer",
		fmt.Sprintf("%s leads the name %s to this computer itself (%s), not to a server. Filters do that with names "+
			"that they block; so nothing was sent.", phrase.Capital(decider(r)), s.name(), addressList(r)),
		"",
	}
	if r.HostsFile {
		w.Next = "Remove the name from the hosts file if it should lead to a server; to test this computer, type localhost."
	} else {
		w.Next = "Ask whoever runs the name server where the name should lead; to test this computer, type localhost."
	}
	return w
}

func sinkhole(s *Subject) Sentences {
	r := s.resolution()
	who := decider(r)
	if said := blockedBy(r); said != nil {
		return Sentences{
			"name is blocked",
			fmt.Sprintf("The name server %s blocks the name %s (%s) and answers with %s instead, to which nothing was sent.",
				serverName(said), s.name(), remarks(said), addressList(r)),
			allowName,
		}
	}
	w := Sentences{"name is blocked", fmt.Sprintf("%s blocks the name %s: it leads to %s, where no server can be, so nothing was sent.",
		phrase.Capital(who), s.name(), addressList(r)), allowName}
	if r.HostsFile {
		w.Finding, w.Next = "blocked by the hosts file", "Remove the name from the hosts file if it should work, or ask whoever set "+
			"this computer up."
	}
	return w
}

func nameBlocked(s *Subject) Sentences {
	said := blockedBy(s.resolution())
	how := "refuses the name"
	switch {
	case said == nil: // it said so of a name that is not known here
		return Sentences{"blocked by the name server", fmt.Sprintf("A filter of the name server blocks the name %s.", s.name()), allowName}
	case said.RCode == "NXDOMAIN":
		how = "answers as if there were no name"
	case said.RCode != "REFUSED":
		how = "does not answer for"
	}
	return Sentences{
		"blocked by the name server",
		fmt.Sprintf("The name server %s %s %s: %s.", serverName(said), how, s.name(), remarks(said)),
		allowName,
	}
}

func nameRefused(s *Subject) Sentences {
	r := s.resolution()
	said := saying(r, "REFUSED")
	if slices.ContainsFunc(r.Invented, func(a evidence.NameAnswer) bool { return a.Complete() && a.RCode != "REFUSED" }) {
		return Sentences{
			"refused by the name server",
			fmt.Sprintf("The name server %s refuses to answer for the name %s, but answers for others%s.",
				serverName(said), s.name(), because(said)),
			"Ask whoever runs the name server to allow the name. Or use the name servers that are meant for " +
				"it (company network, VPN).",
		}
	}
	return Sentences{
		"refused by the name server",
		fmt.Sprintf("The name server %s refuses to answer for the name %s%s.", serverName(said), s.name(), because(said)),
		"Check that this computer uses the name servers of its own network (VPN, DHCP). Or ask whoever " +
			"runs that one to let this computer ask.",
	}
}

func otherFamily(s *Subject) Sentences {
	return Sentences{"name has no address", fmt.Sprintf("The name %s exists but has no address of the wanted kind.", s.name()),
		"Check the name and the -4 or -6 option, or ask the server's administrator for its address."}
}

func withoutAddress(s *Subject) Sentences {
	said := saying(s.resolution(), "NOERROR")
	return Sentences{
		"name has no address",
		fmt.Sprintf(
			"The name %s exists, says the name server %s, but it has no address, neither IPv4 nor IPv6%s.",
			s.name(),
			serverName(said),
			because(said),
		),
		"Check the name (is a part in front missing, as www?), or ask the server's administrator for its address.",
	}
}

func nameNotFound(s *Subject) Sentences {
	r := s.resolution()
	says := ""
	if said := saying(r, "NXDOMAIN"); said != nil {
		says = fmt.Sprintf(", says the name server %s%s", serverName(said), because(said))
	} else if r.Server != "" {
		says = ", says the name server"
	}
	why := fmt.Sprintf("The name %s does not exist%s, so nothing could be tested.", s.name(), says)
	return Sentences{
		"name does not exist",
		why,
		"Check the spelling; if it is right, the name may only be known inside a company network or VPN.",
	}
}

func answerCut(s *Subject) Sentences {
	said := asked(s.resolution(), func(a *evidence.NameAnswer) bool { return a.Truncated && a.TCP != evidence.Answered })
	return Sentences{
		"answer cut off",
		fmt.Sprintf("The answer for the name %s is too large for one datagram. The name server %s gives none over "+
			"TCP (port 53).",
			s.name(), serverName(said)),
		fmt.Sprintf("Ask whoever runs the firewall to allow TCP 53 to %s, beside UDP 53.", serverName(said)),
	}
}

func familySilent(s *Subject) Sentences {
	said := asked(s.resolution(), func(a *evidence.NameAnswer) bool { return a.End == evidence.Unanswered })
	return Sentences{
		"name server does not answer",
		fmt.Sprintf("The name server %s answers for the name %s, but never when asked for its %s address: "+
			"these questions, or the answers, are dropped.", serverName(said), s.name(), familyName(said.Family)),
		phrase.Capital(byAddress) + ", or " + askDNS,
	}
}

func serverSilent(s *Subject) Sentences {
	who := "The name server"
	if said := asked(s.resolution(), func(a *evidence.NameAnswer) bool { return a.End == evidence.Unanswered }); said != nil {
		who += " " + serverName(said)
	}
	return Sentences{"name server does not answer", fmt.Sprintf("%s did not answer when asked for %s.", who, s.name()),
		"Check the network connection, " + byAddress + ", or " + askDNS}
}

func serverUnreachable(s *Subject) Sentences {
	said := asked(s.resolution(), func(a *evidence.NameAnswer) bool { return a.End == evidence.NotReached })
	return Sentences{
		"name server can't be reached",
		fmt.Sprintf("The name server %s can't be reached: an error comes back at once, so the name %s could not be "+
			"looked up.", serverName(said), s.name()),
		"Check the network connection and this computer's name servers, " + byAddress + ", or " + askDNS,
	}
}

func serverFailed(s *Subject) Sentences {
	r := s.resolution()
	found := asked(r, func(a *evidence.NameAnswer) bool { return a.Complete() && len(a.Addresses) > 0 })
	said := asked(r, func(a *evidence.NameAnswer) bool {
		return a.Complete() && !slices.Contains([]string{"NOERROR", "NXDOMAIN"}, a.RCode)
	})
	why := fmt.Sprintf("The name server can't be reached or could not answer for %s.", s.name())
	switch {
	case found != nil:
		why = fmt.Sprintf(
			"This computer's own resolver failed for the name %s, although the name server %s has an address for it.",
			s.name(),
			serverName(found),
		)
	case said != nil:
		why = fmt.Sprintf(
			"The name server %s could not find out about %s (%s)%s.",
			serverName(said),
			s.name(),
			phrase.Clean(said.RCode),
			because(said),
		)
	}
	next := "Try again, " + byAddress + ", or " + askDNS
	switch {
	case said == nil || found != nil:
	case said.Has(1, 2, 5, 6, 7, 8, 9, 10, 11, 12):
		next = "Ask the administrator of the domain to mend its signatures (DNSSEC); meanwhile, " + byAddress + "."
	case said.Has(22, 23, 24):
		next = "Ask the administrator of the domain to look at its own name servers; meanwhile, " + byAddress + "."
	}
	return Sentences{"name server failed", why, next}
}

// asked is the first answer about the name as it was typed that fits; of any name where none does.
func asked(r *evidence.Resolution, fits func(*evidence.NameAnswer) bool) *evidence.NameAnswer {
	if i := slices.IndexFunc(r.Of(r.Name), fits); i >= 0 {
		return r.Of(r.Name)[i]
	}
	for i := range r.Asked {
		if fits(&r.Asked[i]) {
			return &r.Asked[i]
		}
	}
	return nil
}

func saying(r *evidence.Resolution, rcode string) *evidence.NameAnswer {
	return asked(r, func(a *evidence.NameAnswer) bool { return a.Says(rcode) })
}

// decider is who leads the name to where it leads: the subject of a sentence.
func decider(r *evidence.Resolution) string {
	if r.HostsFile {
		return "the hosts file of this computer"
	}
	if said := asked(r, func(a *evidence.NameAnswer) bool { return a.Shares(r.Withheld) || a.Shares(r.Addresses) }); said != nil {
		return "the name server " + serverName(said)
	}
	return "this computer's resolver, or its name server,"
}

func serverName(a *evidence.NameAnswer) string {
	switch {
	case a == nil:
		return "of this computer"
	case a.Over != "":
		at := a.Server.String()
		if usual := map[string]uint16{evidence.OverTLS: 853, evidence.OverHTTPS: 443}[a.Over]; a.Server.Port() == usual {
			at = strings.TrimSuffix(at, fmt.Sprint(":", usual))
		}
		return phrase.Clean(a.Over + "://" + at)
	case a.Server.Port() == 53:
		return phrase.Clean(a.Server.Addr().String())
	}
	return phrase.Clean(a.Server.String())
}

func addressList(r *evidence.Resolution) string { return someAddresses(r.Withheld) }

func familyName(f evidence.Family) string {
	if f == evidence.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}
