package words

import (
	"fmt"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// What this computer's own tables say of an address.

func (s *Subject) noHostAddress() Sentences {
	var link *evidence.Link
	if s.Host != nil {
		link = s.Host.Link
	}
	a, is := phrase.Clean(s.Port.Addr.String()), ""
	switch evidence.NoHost(s.Port.Addr, link) {
	case evidence.NoHostGroup:
		is = "the address of a group (multicast)"
	case evidence.NoHostAny:
		is = "the address that means \"any\""
	case evidence.NoHostReserved:
		return Sentences{"a reserved address",
			fmt.Sprintf("%s is a reserved address (class E, 240.0.0.0/4), which hardly any network has in use and most routers drop; nothing came back.", a),
			"Check the address; if a cloud or company uses such addresses inside, test from within that network."}
	case evidence.NoHostNetwork:
		is = "the address of a network itself"
	default:
		is = "a broadcast address"
	}
	if link != nil {
		is += fmt.Sprintf(" (this computer's %s, %s)", phrase.Clean(link.Interface), link.Prefix.Masked())
	}
	return Sentences{"no server's address", fmt.Sprintf("%s is %s, which no server has.", a, is), "Type the address of one server."}
}

func (s *Subject) silentNeighbour() Sentences {
	return Sentences{"dropped by the server's own firewall",
		fmt.Sprintf("%s is on: it has just answered for its address on this computer's own link. "+
			"Nothing came back from this port: probably its own firewall drops the connection; no router is between.", s.to()),
		fmt.Sprintf("Ask the server's administrator to allow %s in the firewall of that computer.", s.flow())}
}

func (s *Subject) neighbourFailed() Sentences {
	return Sentences{"nobody on this network has the address",
		fmt.Sprintf("Nobody on this computer's own link answers for %s (no ARP or neighbor answer): it is off, or not in this network.", s.to()),
		fmt.Sprintf("Check that %s is on, that the address is right, and the network (VLAN, Wi-Fi with client isolation).", s.to())}
}

func (s *Subject) silentInTunnel() Sentences {
	name := phrase.Clean(s.Host.Tunnel)
	return Sentences{"nothing comes back out of the VPN " + name,
		fmt.Sprintf("This computer sends packets for %s into the VPN interface %s, and nothing at all came back out of it.", s.to(), name),
		fmt.Sprintf("See whether the VPN (%s) is connected and meant to lead to %s; if not, disconnect it or correct its routes, else ask "+
			"whoever runs the VPN.", name, s.to())}
}
