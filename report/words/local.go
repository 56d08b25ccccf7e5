package words

import (
	"fmt"

	"whyport/report/phrase"
)

// localRows are for connections that this computer itself, or its own network, does not let out.
func localRows() []row {
	return []row{
		{"own-reject", (*Subject).rejectedHere},
		{"instant-reset", (*Subject).rejectedHere}, {"imposter-resets-here", (*Subject).rejectedHere},
		{"udp-local-drop", (*Subject).droppedHere}, {"local-drop", (*Subject).droppedHere}, {"local-denied", (*Subject).deniedHere},
		{"virtual-network", (*Subject).insideVirtual}, {"no-host-address", (*Subject).noHostAddress},
		{"silent-neighbour", (*Subject).silentNeighbour}, {"neighbour-failed", (*Subject).neighbourFailed},
		{"silent-in-tunnel", (*Subject).silentInTunnel},
		{"neighbor-unresolved", (*Subject).noNeighbor}, {"never-left", (*Subject).noNeighbor},
		{"wrong-source", (*Subject).noSource}, {"no-route", (*Subject).noRoute},
	}
}

func (s *Subject) rejectedHere() Sentences {
	return Sentences{"rejected by this computer's firewall",
		"A firewall on this computer " + s.hedge() + "rejects the connection" + s.beforeItLeaves() + ".", s.allowHere()}
}

func (s *Subject) droppedHere() Sentences {
	return Sentences{"dropped by this computer's firewall",
		"A firewall on this computer " + s.hedge() + "drops the connection" + s.beforeItLeaves() + ", without a word.", s.allowHere()}
}

func (s *Subject) deniedHere() Sentences {
	return Sentences{"not allowed on this computer",
		"This computer does not allow the connection: " + s.hedge() + "its firewall, antivirus or a policy forbids it.", s.allowHere()}
}

func (s *Subject) allowHere() string {
	return "Ask whoever manages this computer's firewall or antivirus to allow " + s.flow() + "."
}

func (s *Subject) beforeItLeaves() string {
	if s.loopback() {
		return ""
	}
	return " before it leaves"
}

func (s *Subject) noNeighbor() Sentences {
	return Sentences{"the next device does not answer",
		"The next device on the way does not answer on the local network (no ARP or neighbor answer). So" +
			" the packets never left.",
		fmt.Sprintf("Check the cable or Wi-Fi, the network (VLAN) and this computer's gateway; in the same network, check that %s is on.",
			s.to())}
}

func (s *Subject) insideVirtual() Sentences {
	link := s.Host.Link
	return Sentences{"inside this computer's own network " + phrase.Clean(link.Interface),
		fmt.Sprintf("%s is in a virtual network of this computer (%s, %s). Packets for it never leave this computer,"+
			" and nobody there has the address.", s.to(), phrase.Clean(link.Interface), link.Prefix),
		fmt.Sprintf("If the server is elsewhere, give the virtual network another range of addresses, or this computer a route to %s; "+
			"if it is a container or virtual machine here, start it.", s.to())}
}

func (s *Subject) noSource() Sentences {
	return Sentences{"no usable source address",
		"This computer has no address of its own that it could use towards the server.",
		fmt.Sprintf("Check this computer's network settings: it needs an %s address.", s.family())}
}

func (s *Subject) noRoute() Sentences {
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
