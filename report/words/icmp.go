package words

import (
	"fmt"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// icmpRows are for refusals that name their sender (ICMP error messages).
func icmpRows() []row {
	return []row{
		{"admin-prohibited", prohibited("administratively prohibited")},
		{"host-prohibited", prohibited("host prohibited")},
		{"net-prohibited", prohibited("network prohibited")},
		{"port-unreachable", (*Subject).portUnreachable},
		{"protocol-unreachable", (*Subject).protocolUnreachable},
		{"host-unreachable", (*Subject).hostUnreachable}, {"other-icmp", (*Subject).hostUnreachable},
		{"net-unreachable", (*Subject).netUnreachable},
		{"ttl-exceeded", (*Subject).loop},
		{"failed", (*Subject).sameReason}, {"held-back", (*Subject).sameReason},
	}
}

// sameReason is for rules that take the reason over: from the system's error, or from the answer for another port.
func (s *Subject) sameReason() Sentences {
	rule := map[verdict.Reason]string{
		verdict.ICMPAdminProhibited: "admin-prohibited", verdict.ICMPHostProhibited: "host-prohibited",
		verdict.ICMPNetProhibited:   "net-prohibited",
		verdict.ICMPPortUnreachable: "port-unreachable", verdict.ICMPProtocolUnreachable: "protocol-unreachable",
		verdict.ICMPHostUnreachable: "host-unreachable", verdict.ICMPNetUnreachable: "net-unreachable", verdict.TTLExceeded: "ttl-exceeded",
	}[s.Verdict.Reason]
	for _, r := range icmpRows() {
		if r.rule == rule {
			return r.say(s)
		}
	}
	return s.silenceWords()
}

func prohibited(says string) func(*Subject) Sentences {
	return func(s *Subject) Sentences {
		return Sentences{
			"forbidden by a rule " + s.shortPlace(),
			fmt.Sprintf("The connection is forbidden by a rule of %s, which says so (%s).", s.place(), says),
			s.allow(),
		}
	}
}

func (s *Subject) portUnreachable() Sentences {
	return Sentences{
		"rejected " + s.shortPlace(),
		fmt.Sprintf("The connection was rejected by %s (ICMP port unreachable), as firewalls do.", s.place()),
		s.allow(),
	}
}

func (s *Subject) protocolUnreachable() Sentences {
	protocol := "TCP"
	if s.Port.Protocol == "udp" {
		protocol = "UDP"
	}
	return Sentences{
		"protocol refused " + s.shortPlace(),
		fmt.Sprintf("%s does not accept %s at all (ICMP protocol unreachable).", phrase.Capital(s.place()), protocol),
		fmt.Sprintf("Ask %s whether %s is really the server, and to allow %s.", s.owner(), s.to(), s.flow()),
	}
}

func (s *Subject) hostUnreachable() Sentences {
	if s.Verdict.State == verdict.Blocked {
		return s.unreachableForOne("that the server can't be reached")
	}
	return Sentences{
		"unreachable, says a device " + s.shortPlace(),
		fmt.Sprintf("The server can't be reached, says %s: it is off, its address is wrong, or a firewall says so.", s.place()),
		fmt.Sprintf("Check the address and that the server is on, then ask %s why %s has no answer.", s.owner(), s.to()),
	}
}

func (s *Subject) netUnreachable() Sentences {
	if s.Verdict.State == verdict.Blocked {
		return s.unreachableForOne("that there is no way to the server's network")
	}
	return Sentences{
		"no way to the server's network",
		fmt.Sprintf("There is no way to the server's network (ICMP network unreachable), says %s.", s.place()),
		fmt.Sprintf("Check the address, then ask %s to check the route to %s.", s.owner(), s.to()),
	}
}

// unreachableForOne: a device says so of the whole server, and other ports of it answer.
func (s *Subject) unreachableForOne(says string) Sentences {
	return Sentences{
		"rejected " + s.shortPlace(),
		fmt.Sprintf("%s says %s; but other ports answer, so that is a firewall's way to refuse this one.", phrase.Capital(s.place()), says),
		s.allow(),
	}
}

func (s *Subject) loop() Sentences {
	return Sentences{
		"lost in a routing loop",
		fmt.Sprintf("The packets went in circles until %s dropped them (TTL exceeded): a routing loop.", s.place()),
		fmt.Sprintf("Ask %s to check the route to %s.", s.owner(), s.to()),
	}
}
