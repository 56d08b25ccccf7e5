package words

import (
	"fmt"

	"whyport/probe/verdict"
)

// localWords are for connections that this computer itself, or its own network, does not let out.
func (s *Subject) localWords() Sentences {
	owner := "Ask whoever manages this computer's firewall or antivirus to allow " + s.flow() + "."
	before := " before it leaves"
	if s.loopback() {
		before = ""
	}
	switch s.Verdict.Reason {
	case verdict.LocalFirewallReject:
		return Sentences{"rejected by this computer's firewall",
			"A firewall on this computer " + s.hedge() + "rejects the connection" + before + ".", owner}
	case verdict.LocalFirewallDrop:
		return Sentences{"dropped by this computer's firewall",
			"A firewall on this computer " + s.hedge() + "drops the connection" + before + ", without a word.", owner}
	case verdict.LocalDenied:
		return Sentences{"not allowed on this computer",
			"This computer does not allow the connection: " + s.hedge() + "its firewall, antivirus or a policy forbids it.", owner}
	case verdict.NeighborUnresolved:
		return Sentences{"the next device does not answer",
			"The next device on the way does not answer on the local network, so the packets never left (no ARP or neighbor answer).",
			fmt.Sprintf("Check the cable or Wi-Fi, the network (VLAN) and this computer's gateway; in the same network, check that %s is on.", s.to())}
	case verdict.AddressUnavailable:
		return Sentences{"no usable source address",
			"This computer has no address of its own that it could use towards the server.",
			fmt.Sprintf("Check this computer's network settings: it needs an %s address.", s.family())}
	}
	return Sentences{"this computer knows no way there",
		"This computer knows no way (route) to the server's address.",
		fmt.Sprintf("Check that this computer is on the network and has %s, then its routes or VPN.", s.family())}
}

func (s *Subject) family() string {
	if s.Port.Addr.Is6() && !s.Port.Addr.Is4In6() {
		return "IPv6"
	}
	return "IPv4"
}
