// Package local says what probe/local found: as text for people, as JSON for scripts.
package local

import (
	"fmt"
	"strings"

	"whyport/probe/local"
	"whyport/report/phrase"
)

// reach says who can reach a socket.
func reach(s *local.Socket, r local.Reach) string {
	on := ""
	if r.Interface != "" {
		on = " on " + phrase.Short(r.Interface, 40)
	}
	address := s.Local.Addr().Unmap().String()
	switch r.Scope {
	case local.ThisComputer:
		if s.Local.Addr().IsUnspecified() {
			return "only this computer: nobody outside can reach it"
		}
		return "only " + phrase.Clean(address) + ": nobody outside can reach it"
	case local.Everywhere:
		return "all addresses"
	case local.IPv4Only:
		return "all IPv4 addresses; nobody reaches it by IPv6"
	case local.IPv6Only:
		return "IPv6 only: nobody reaches it by IPv4"
	case local.IPv6Surely:
		return "all IPv6 addresses; by IPv4 if the program takes it, too"
	case local.OneAddress:
		return "only at this address" + on
	case local.OneInterface:
		return "only what comes in" + on
	case local.Neighbours:
		return "only neighbours" + on + ": no router passes this address on"
	case local.Inside:
		return "only containers and virtual machines of this computer" + on
	case local.Group:
		return "what is sent to this group" + on
	case local.AddressGone:
		return "no interface has this address now: nobody can reach it"
	}
	return "not known"
}

// note says what else is worth saying, as part of a cell.
func note(n *local.Note, s *local.Socket) string {
	switch n.Code {
	case local.QueueFull:
		return fmt.Sprintf("the queue is full (%d wait, the limit is %d): the program does not take connections", s.Queue.Waiting,
			*s.Queue.Limit)
	case local.Stopped:
		return "the program is stopped: it takes no connections"
	case local.Shadowed:
		return fmt.Sprintf("what is sent to %s goes to %s instead", phrase.Clean(n.Other.Local.Addr().Unmap().String()), someProgram(n.Other))
	case local.Forwarded:
		return fmt.Sprintf("in a container: forwarded by %s to %s", programName(n.With), n.With.Forwards.To)
	case local.Relayed:
		return fmt.Sprintf("in a container or virtual machine: forwarded by %s (%s)", programName(n.With), local.RelayFor(n.With.Name))
	case local.InContainer:
		in := n.With.Container
		return fmt.Sprintf("in a container (%s %s), in this computer's own network", phrase.Clean(in.Engine), phrase.Short(in.ID, 12))
	case local.OnDemand:
		return "the service manager waits, and starts the program when somebody comes"
	case local.KernelHeld:
		return "no program has it open: the kernel's own, such as NFS or WireGuard"
	case local.PerhapsClient:
		return "perhaps only a client's: its port is one that the system gives to whoever asks"
	case local.Intercepts:
		return n.By.Product + ": " + kind(n.By.Kind)
	}
	return "" // what Unseen means stands below the table
}

// kind says how a program comes between others and the network.
func kind(k local.Kind) string {
	switch k {
	case local.Protection:
		return "protection that can read connections and cut them"
	case local.VPN:
		return "takes packets into a tunnel"
	case local.Proxy:
		return "takes what programs that are set to it send"
	case local.Debugger:
		return "a proxy that opens TLS for developers"
	}
	return "comes between programs and the network"
}

// gate says what this computer's firewall does; "" where it has nothing to do with the socket, or may not be read.
func gate(g local.Gate) string {
	by := ""
	if g.Rule != "" {
		by = " (" + phrase.Short(g.Rule, 80) + ")"
	}
	name := phrase.Clean(g.Firewall)
	switch g.Answer {
	case local.LetIn:
		return name + " lets it in" + by
	case local.KeptOut:
		return name + " keeps others out" + by
	case local.Some:
		return name + " lets only some in" + by
	}
	return ""
}

// meaning is all of it: who can reach a socket, and what else is worth saying, the gravest first.
func meaning(f *local.Facts, s *local.Socket) string {
	var grave, light []string
	for _, n := range f.Notes(s) {
		switch text := note(&n, s); {
		case text == "":
		case n.Grave():
			grave = append(grave, text)
		default:
			light = append(light, text)
		}
	}
	parts := append(grave, reach(s, f.Reach(s)))
	if text := gate(f.Gate(s)); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(append(parts, light...), "; ")
}

func programName(p *local.Process) string {
	if p.Name == "" {
		return fmt.Sprintf("process %d", p.PID)
	}
	return phrase.Short(p.Name, 40)
}

// someProgram is a socket's first program, or what is known instead.
func someProgram(s *local.Socket) string {
	switch {
	case len(s.Holders) > 0:
		return programName(&s.Holders[0])
	case s.Unit != "":
		return phrase.Short(s.Unit, 40)
	}
	return "another program"
}

// firewall is a line on one of this computer's.
func firewall(w *local.Firewall) string {
	text := phrase.Clean(w.Name) + ": "
	switch w.State {
	case local.On:
		text += "on"
	case local.Off:
		text += "off"
	default:
		text += "can't tell"
	}
	if w.Evidence != "" {
		text += " (" + phrase.Short(w.Evidence, 120) + ")"
	}
	if w.State != local.Off && w.Rules == nil && w.Ask != "" {
		text += "; its rules: " + w.Ask
	}
	return text
}
