package words

import (
	"fmt"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// icmpWords are for refusals that name their sender (ICMP error messages).
func (s *Subject) icmpWords() Sentences {
	switch s.Verdict.Reason {
	case verdict.ICMPAdminProhibited:
		return s.prohibited("administratively prohibited")
	case verdict.ICMPHostProhibited:
		return s.prohibited("host prohibited")
	case verdict.ICMPNetProhibited:
		return s.prohibited("network prohibited")
	case verdict.ICMPPortUnreachable:
		return Sentences{
			"rejected " + s.shortPlace(),
			fmt.Sprintf("The connection was rejected by %s (ICMP port unreachable), as firewalls do.", s.place()),
			s.allow(),
		}
	case verdict.ICMPHostUnreachable, verdict.ICMPNetUnreachable:
		if s.Verdict.State == verdict.Blocked { // other ports of the address answer
			says := "that the server can't be reached"
			if s.Verdict.Reason == verdict.ICMPNetUnreachable {
				says = "that there is no way to the server's network"
			}
			return Sentences{
				"rejected " + s.shortPlace(),
				fmt.Sprintf("%s says %s; but other ports answer, so that is a firewall's way to refuse this one.", phrase.Capital(s.place()), says),
				s.allow(),
			}
		}
		return s.unreachableWords()
	}
	return Sentences{
		"protocol refused " + s.shortPlace(),
		fmt.Sprintf("%s does not accept %s at all (ICMP protocol unreachable).", phrase.Capital(s.place()), s.protocolName()),
		fmt.Sprintf("Ask %s whether %s is really the server, and to allow %s.", s.owner(), s.to(), s.flow()),
	}
}

// unreachableWords: a device says so of the whole server.
func (s *Subject) unreachableWords() Sentences {
	if s.Verdict.Reason == verdict.ICMPHostUnreachable {
		return Sentences{
			"unreachable, says a device " + s.shortPlace(),
			fmt.Sprintf("The server can't be reached, says %s: it is off, its address is wrong, or a firewall says so.", s.place()),
			fmt.Sprintf("Check the address and that the server is on, then ask %s why %s has no answer.", s.owner(), s.to()),
		}
	}
	return Sentences{
		"no way to the server's network",
		fmt.Sprintf("There is no way to the server's network (ICMP network unreachable), says %s.", s.place()),
		fmt.Sprintf("Check the address, then ask %s to check the route to %s.", s.owner(), s.to()),
	}
}

func (s *Subject) protocolName() string {
	if s.Port.Protocol == "udp" {
		return "UDP"
	}
	return "TCP"
}

func (s *Subject) prohibited(says string) Sentences {
	return Sentences{
		"forbidden by a rule " + s.shortPlace(),
		fmt.Sprintf("The connection is forbidden by a rule of %s, which says so (%s).", s.place(), says),
		s.allow(),
	}
}
