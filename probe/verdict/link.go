package verdict

import "whyport/probe/evidence"

// What this computer's own tables say of an address: that no host can have it, that somebody on the link has it, that packets
// for it go into a VPN.

// noHostAddress reports that no host has the address, and none spoke. A network's first address and the reserved ones are some
// hosts' all the same (Linux 5.14 and later; clouds): they count only where nothing came back.
func (o *observed) noHostAddress() bool {
	if o.here() || o.connected() || o.best.Outcome == evidence.NotRun || o.best.Outcome == evidence.Interrupted || o.best.Outcome == evidence.NoSocket {
		return false
	}
	switch evidence.NoHost(o.port.Addr, o.host.Link) {
	case "":
		return false
	case evidence.NoHostNetwork, evidence.NoHostReserved:
		return o.silent() || o.local() || o.fromOwn()
	}
	return true
}

func noHostAddress(o *observed) Verdict {
	if evidence.NoHost(o.port.Addr, o.host.Link) == evidence.NoHostReserved {
		return Verdict{State: Unreachable, Reason: NoRoute, Confidence: Likely}
	}
	return atHome(Unreachable, NoRoute)(o)
}

// neighbourFailed: the address is on a link, and nobody there answers for it.
func (o *observed) neighbourFailed() bool {
	return o.silent() && !o.droppedHere() && o.host.Neighbour == evidence.NeighbourFailed && !o.host.Link.Virtual()
}

// silentNeighbour: the address is on a link, and its owner has just said so. It is on, and drops what is sent to this port:
// there is no router between that could.
func (o *observed) silentNeighbour() bool {
	return o.silent() && o.host.Link != nil && o.host.Neighbour == evidence.NeighbourReachable && !o.port.Walk.LastReply().Addr.IsValid()
}

func silentNeighbour(o *observed) Verdict {
	return Verdict{State: Filtered, Reason: NoResponse, Confidence: Likely, Caveats: []Caveat{FullBacklog},
		Where: &Where{Party: Server, Hop: 1, Address: o.port.Addr, Confidence: Likely}}
}

// silentInTunnel: packets go into a VPN, and nothing at all came back out of it.
func (o *observed) silentInTunnel() bool {
	return o.silent() && o.host.Tunnel != "" && o.port.Walk.LastReply().TTL == 0 && o.hostSilent()
}

func silentInTunnel(*observed) Verdict {
	return Verdict{State: Filtered, Reason: NoResponse, Confidence: Likely, Caveats: []Caveat{ReturnPath, HostSilent},
		Where: &Where{Party: PartyUnknown, Confidence: Possible}}
}
