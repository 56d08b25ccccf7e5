package words

import (
	"fmt"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// Caveats are the verdict's caveats with a sentence each.
func (s *Subject) Caveats() []Note {
	out := []Note{}
	for _, c := range s.Verdict.Caveats {
		if c == verdict.ReturnPath && s.loopback() {
			continue // there and back are the same computer
		}
		out = append(out, Note{Code: string(c), Sentence: s.caveat(c)})
	}
	return out
}

// caveat says what the evidence does not exclude, and what would settle it.
func (s *Subject) caveat(c verdict.Caveat) string {
	switch c {
	case verdict.ReturnPath:
		return "We can't see which direction is blocked. A packet capture on the server will show it."
	case verdict.FullBacklog:
		return "A server that is too busy to take connections looks the same; its load, or a test at a quiet time, settles it."
	case verdict.EqualCostPaths:
		return "There may be several paths. Test again: is it the same device?"
	case verdict.MayBeImitated:
		if best := s.Port.Best(); best != nil && best.ICMP != nil {
			return "A firewall can send the same message; whoever runs the device that sent it can tell."
		}
		return "A firewall can send the same refusal in the server's name; looking on the server for what listens on the port settles it."
	case verdict.Lossy:
		return s.lossySentence()
	case verdict.RateLimited:
		return "Devices limit how many refusals they send, so this port's own was not seen; other ports met the same rule."
	case verdict.AcceptsEveryPort:
		return "Ports that nobody uses are answered, too, so a device on the way answers for the server."
	case verdict.TransparentProxy:
		return "The connection was answered nearer than the server, yet the service answers: a transparent proxy stands between, which " +
			"says nothing of this address's other ports."
	case verdict.HostSilent:
		return "No other port of this address answered either, so a server that is off looks the same."
	case verdict.HopsSilent:
		return "Some devices on the way never answer, so the place may be a few hops further."
	case verdict.Disagreed:
		return "Attempts ended differently; repeat the test to see what stays."
	case verdict.NothingSpoke:
		return "The connection was accepted but nothing was said, so that the right service is there is not proven; try the real " +
			"application."
	case verdict.PlaceUnproven:
		return "No port of this server answered to compare with, so the place is a guess."
	case verdict.Forwarded:
		return "This address passes other ports on to other devices (NAT). The answer may be that device's, not" +
			" the server's."
	case verdict.NoWindow:
		return "The connection was accepted without room for data (window 0), as devices do that answer for servers."
	case verdict.TooNear:
		return "The first device is too near to tell its answer from one of this computer's own firewall or antivirus."
	case verdict.SameRule:
		return "We found the place with another port that has the same problem."
	case verdict.UnusedRefused:
		return "The server refuses UDP ports that nobody uses, and did not refuse this one: so it is open, or a firewall drops its packets."
	case verdict.GetsClose:
		return "Its packets pass every device that is known on the way, up to the last one before the server."
	case verdict.CutShort:
		return "The time-out (--timeout) was over before the path could be looked at; a longer one tells more."
	case verdict.Starved:
		return "This computer was so busy that the program hardly ran, so answers may have been missed. Test again when it has time."
	case verdict.NeedsPermission:
		return "This Mac may have kept the program off the local network, for want of permission. Allow the terminal's program in " +
			"System Settings, Privacy & Security, Local Network."
	}
	return "There is a doubt that this version has no words for: " + phrase.Clean(string(c)) + "."
}

func (s *Subject) lossySentence() string {
	if s.Port.Answered() == 0 {
		return "Some packets were lost: ports that were silent at first have answered since, or ever fewer answer. Test again."
	}
	if s.Host != nil && s.Host.SYNLimit > 0 && s.Port.Protocol != evidence.UDP {
		return fmt.Sprintf("%d of %d attempts were answered, since new connections are limited; a single connection is hardly affected.",
			s.Port.Answered(), len(s.Port.Attempts))
	}
	if n := len(s.Port.Attempts); n > 0 {
		return fmt.Sprintf("Packets are lost on the way, or one of several paths drops them: %d of %d attempts were answered; "+
			"repeat the test, and measure the loss with a longer ping.", s.Port.Answered(), n)
	}
	return "Packets are lost on the way, or one of several paths drops them; repeat the test, and measure the loss with a longer ping."
}
