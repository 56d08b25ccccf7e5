package words

import (
	"fmt"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// packetRows are for answers and silence at the level of packets.
func packetRows() []row {
	return []row{
		{"refused", (*Subject).resetWords}, {"imposter-resets", (*Subject).cutOff}, {"resets-for-nobody", (*Subject).resetForNobody},
		{"udp-refused", (*Subject).unusedUDP}, {"udp-port-unreachable", (*Subject).unusedUDP},
		{"udp-silent", (*Subject).silentUDP}, {"silent", (*Subject).silenceWords}, {"shut-out", (*Subject).shutOutWords},
		{"connection-limit", (*Subject).connectionLimit},
	}
}

func (s *Subject) cutOff() Sentences {
	if s.Verdict.Has(verdict.TooNear) {
		return Sentences{
			"cut off here or " + s.shortPlace(),
			fmt.Sprintf(
				"The connection was %scut off by a firewall on this computer or by %s, not by the server. The "+
					"refusal (reset) was forged.",
				s.hedge(),
				s.place(),
			),
			fmt.Sprintf(
				"1. See whether this computer's firewall or antivirus refuses %s. 2. If not, ask %s to allow it. %s.",
				s.flow(),
				s.owner(),
				s.log(),
			),
		}
	}
	return Sentences{
		"cut off by a device " + s.shortPlace(),
		fmt.Sprintf("The connection was %scut off with a forged refusal (reset) by %s, not by the server.", s.hedge(), s.place()),
		s.allow(),
	}
}

// resetForNobody: the last router found nobody at the address, and still something refused in its name.
func (s *Subject) resetForNobody() Sentences {
	said := Sentences{
		Finding: "refused by a device, no server there",
		Why: "No computer has this address now: the last router searched for it in vain. A device on the way refused the " +
			"connection all the same.",
		Next: fmt.Sprintf("1. Check that the server is on, and has this address. 2. If it is, ask %s to allow %s. %s.", s.owner(), s.flow(),
			s.log()),
	}
	if s.Verdict.Where != nil && s.Verdict.Where.Hop > 0 {
		said.Finding = "refused by a device " + s.shortPlace() + ", no server there"
		said.Why += fmt.Sprintf(" It is %s.", s.place())
	}
	return said
}

func (s *Subject) silentUDP() Sentences {
	said := s.silentUDPItself()
	if w := s.Verdict.Where; w != nil && w.Hop > 0 && w.OrNext {
		said.Why += fmt.Sprintf(" The packets were last seen at %s.", s.place())
	}
	return said
}

func (s *Subject) silentUDPItself() Sentences {
	next := fmt.Sprintf("Try the real application; if it fails, ask the server's administrator whether packets of %s arrive.", s.flow())
	if s.loopback() {
		next = fmt.Sprintf("Try the real application; if it fails, check this computer's firewall for %s, and the program that uses it.",
			s.number())
	}
	if sp := s.Port.Speech; sp != nil && sp.Usual != "" {
		name := protocolWords(phrase.Clean(sp.Usual))
		if slices.Contains(sp.Notes, evidence.NoteSilentByDesign) {
			return Sentences{
				"no answer, as is usual for " + name,
				fmt.Sprintf(
					"No answer came, which says little here: %s servers are silent to those whom they do not know, and a firewall's "+
						"silence looks the same.",
					name,
				),
				next,
			}
		}
		return Sentences{
			"no answer; UDP can't tell why",
			fmt.Sprintf(
				"No answer came to a question that %s servers mostly answer: the packets, or the answers, are dropped on the way, "+
					"or another service "+
					"has the port and stays silent.",
				name,
			),
			next,
		}
	}
	return Sentences{
		"no answer; UDP can't tell why",
		"No answer over UDP. The port may be open or blocked: we can't tell.",
		next,
	}
}

func (s *Subject) unusedUDP() Sentences {
	next := fmt.Sprintf("Ask the server's administrator whether the service runs and uses %s on %s.", s.number(), s.to())
	if s.loopback() {
		next = fmt.Sprintf("Check that the service runs on this computer and uses %s at %s.", s.number(), s.to())
	}
	return Sentences{
		"server: nothing uses this port",
		"The server answered that " + s.hedge() + "nothing uses this port (ICMP port unreachable).",
		next,
	}
}

func (s *Subject) resetWords() Sentences {
	next := fmt.Sprintf("Ask the server's administrator: is the service running on %s at %s?", s.number(), s.to())
	if s.loopback() {
		next = fmt.Sprintf("Check that the service runs on this computer and listens on %s at %s.", s.number(), s.to())
	}
	if s.Verdict.Confidence == verdict.Certain && !s.Verdict.Has(verdict.MayBeImitated) {
		return Sentences{
			"refused: nothing listens there",
			"The server refused the connection: nothing listens on this port, unless its own " +
				"firewall answers like that.",
			next,
		}
	}
	next = fmt.Sprintf(
		"Ask the server's administrator: 1. Is the service running on %s at %s? 2. Does a firewall refuse %s?",
		s.number(),
		s.to(),
		s.from(),
	)
	return Sentences{
		"refused: " + s.hedge() + "nothing listens",
		"The connection was refused: " + s.hedge() + "nothing listens on this port, or a firewall in front of the server imitates that.",
		next,
	}
}

// shutOutWords are for a host that answered at first and then, on no port, any more.
func (s *Subject) shutOutWords() Sentences {
	by := "a device on the way"
	if w := s.Verdict.Where; w != nil && w.Hop > 0 {
		by = s.place()
	}
	return Sentences{
		"the server stopped answering",
		"Answers stopped during the test, even on ports that had answered: the server went down, or this computer is held back " +
			"by " + by + ".",
		fmt.Sprintf("Wait some minutes, then test %s alone, or all ports more slowly (--rate 20). If it stays so, "+
			"ask %s: 1. Does the server run? 2. Has a protection against port scans blocked this computer?", s.number(), s.owner()),
	}
}

func (s *Subject) connectionLimit() Sentences {
	return Sentences{
		"not told: new connections are limited",
		"A port that had answered met the same when it was asked again: so many new connections at once are not allowed, which says " +
			"nothing " +
			"of this port.",
		fmt.Sprintf("Wait a minute, then test %s alone, since one program with one connection is hardly affected; if it stays so, ask %s "+
			"whether new connections are limited.", s.number(), s.owner()),
	}
}

// silenceWords are for packets that vanish.
func (s *Subject) silenceWords() Sentences {
	w := s.Verdict.Where
	capture := fmt.Sprintf("Ask the server's administrator whether %s arrives (packet capture): if it does, "+
		"the server's firewall drops it, if not, a device in front of it.", s.flow())
	switch {
	case s.Verdict.Has(verdict.HostSilent):
		return Sentences{
			"no answer; nor from any other port",
			"Nothing at all came back from this address. The server is off, or everything to it is dropped.",
			fmt.Sprintf("1. Check the address, and that the server is on. 2. Ask %s whether %s is allowed.", s.owner(), s.flow()),
		}
	case s.loopback():
		return Sentences{
			"no answer: dropped without a word",
			"No answer came from this computer itself: its firewall drops the packets, or the program there is too busy.",
			fmt.Sprintf("Check this computer's firewall for %s, and the program that listens there.", s.number()),
		}
	case w == nil || w.Party == verdict.PartyUnknown && w.Hop == 0 && !w.Address.IsValid():
		return Sentences{
			"no answer: dropped without a word",
			"No answer. A firewall probably drops the packets. Where could not be seen.",
			fmt.Sprintf("Ask your network administrator whether a firewall drops %s, then the server's administrator.", s.flow()),
		}
	case w.Party == verdict.Server:
		return Sentences{
			"no answer: dropped at or just before the server",
			fmt.Sprintf(
				"No answer. The packets get close to the server. There a firewall probably drops them: %s or the server's own firewall.",
				s.placeLastBeforeServer(),
			),
			capture,
		}
	case w.Party == verdict.ServerNetwork && !w.Address.IsValid():
		return Sentences{
			"no answer: dropped near the server",
			"No answer. A firewall in the server's network probably drops the packets.",
			capture,
		}
	}
	return Sentences{
		"dropped " + s.shortPlace(),
		fmt.Sprintf("No answer. A firewall probably drops the packets: %s.", s.placed("")),
		s.allow(),
	}
}

// placeLastBeforeServer is the device in front of the server, as far as it is known.
func (s *Subject) placeLastBeforeServer() string {
	if w := s.Verdict.Where; w.Address.IsValid() && !s.isServer(w.Address) {
		return with("the device at "+phrase.Clean(w.Address.String()), fmt.Sprintf("hop %d", w.Hop))
	}
	return "the device in front of it"
}
