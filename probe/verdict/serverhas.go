package verdict

import (
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// What the server's own system adds (whyport peer): who waits on the port, at which address, and what the server's firewall does.

// sockets of the server that wait on the port; none where it was not told.
func (o *observed) sockets() []evidence.ServerSocket {
	if h := o.far().Has; h != nil {
		return h.Sockets
	}
	return nil
}

// gotThere: no answer came, and nothing says that the packets did not get as far as the server.
func (o *observed) gotThere() bool {
	return o.silent() && !o.here() && LeftThisComputer(o.port) && !(o.nothingArrived() && o.sight().Captured)
}

// keptOut: the server's own firewall keeps others out of each socket that they could reach.
func (o *observed) keptOut() bool {
	kept := 0
	for _, s := range o.sockets() {
		switch s.Gate {
		case "kept-out":
			kept++
		case "": // bound to loopback, or no firewall
			if s.Scope != "this-computer" {
				return false
			}
		default:
			return false
		}
	}
	return kept > 0
}

func (o *observed) queueFull() bool {
	return !o.udp() && slices.ContainsFunc(o.sockets(), func(s evidence.ServerSocket) bool {
		return !s.Own && slices.Contains(s.Notes, "queue-full")
	})
}

// notBound: programs wait on the port, and none at the address that was called. What a NAT in front made of the address is not
// known, so an address of the server's own decides only against loopback, a family, and addresses that nobody outside can call.
func (o *observed) notBound() bool {
	all := o.sockets()
	if _, byNAT := o.natAnswer(); byNAT {
		return false
	}
	return !o.udp() && len(all) > 0 && o.far().Has.More == 0 &&
		!slices.ContainsFunc(all, func(s evidence.ServerSocket) bool { return !outOfReach(s, o.port.Addr) })
}

func outOfReach(s evidence.ServerSocket, from netip.Addr) bool {
	switch s.Scope {
	case "this-computer", "inside", "address-not-here":
		return true
	case "ipv4-only":
		return from.Unmap().Is6()
	case "ipv6-only":
		return from.Unmap().Is4()
	}
	return false
}

// taken: nothing waited on the port until whyport took it for the test.
func (o *observed) taken() bool {
	all := o.sockets()
	return len(all) > 0 && !slices.ContainsFunc(all, func(s evidence.ServerSocket) bool { return !s.Own })
}

// wayFree: whyport itself answers, in place of a program that is not there.
func wayFree(o *observed) Verdict {
	v := Verdict{State: Open, Reason: SynAck}
	if o.udp() {
		v.Reason = UDPResponse
	}
	return v
}

// keepsOut: the rules that were read say so; that nothing before them dropped it, too, is known where the packets were seen.
func keepsOut(o *observed) Verdict {
	v := unansweredThere(o)
	if !o.sight().Captured || o.sight().Arrived == 0 {
		v.Confidence = Likely
	}
	v.Where.Confidence = v.Confidence
	return v
}

// notBound is what a refusal says, with the server's word for it.
func notBound(o *observed) Verdict {
	v := closed(o)
	v.Caveats = without(v.Caveats, MayBeImitated)
	if v.Confidence == Possible || o.far().Has.Forwards { // its kernel may hand the port on to somebody else, who refuses
		v.Confidence = Likely
	}
	v.Where.Confidence = v.Confidence
	return v
}
