package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// What the server's own system says of its port (whyport peer).

func (s *Subject) serverKeepsOut() Sentences {
	return Sentences{
		"dropped by the server's own firewall",
		fmt.Sprintf("The server's own firewall (%s) keeps others out of this port, and no answer came.", firewallName(s.socket("kept-out"))),
		fmt.Sprintf("Ask the server's administrator to allow %s in the server's own firewall.", s.flow()),
	}
}

func (s *Subject) serverQueueFull() Sentences {
	return Sentences{
		"the program at the server takes no connections",
		fmt.Sprintf("At the server %s waits on this port, and its queue is full: it takes no connections.", s.program("queue-full")),
		fmt.Sprintf("Ask the server's administrator to look at %s: it hangs, or has too much to do.", s.program("queue-full")),
	}
}

func (s *Subject) wayFree() Sentences {
	return Sentences{
		"the way is free; nothing waits at the server",
		"The way to this port is free, and nothing waits on it at the server: only whyport peer answered, for this test.",
		fmt.Sprintf("Ask the server's administrator to start the service on %s.", s.number()),
	}
}

func (s *Subject) notBound() Sentences {
	return Sentences{
		"closed: the program waits at another address",
		fmt.Sprintf("Refused: at the server %s waits on this port %s.", s.program(""), scopeWords(s.firstSocket())),
		fmt.Sprintf("Ask the server's administrator to let %s wait on %s at %s, too.", s.program(""), s.number(), s.to()),
	}
}

func (s *Subject) serverSockets() []evidence.ServerSocket {
	if f := s.Port.FarEnd; f != nil && f.Has != nil {
		return f.Has.Sockets
	}
	return nil
}

func (s *Subject) firstSocket() *evidence.ServerSocket { return s.socket("") }

// socket is the first with a gate or note of this code, else the first.
func (s *Subject) socket(code string) *evidence.ServerSocket {
	all := s.serverSockets()
	if i := slices.IndexFunc(all, func(k evidence.ServerSocket) bool { return k.Gate == code || slices.Contains(k.Notes, code) }); i >= 0 {
		return &all[i]
	}
	if len(all) > 0 {
		return &all[0]
	}
	return &evidence.ServerSocket{}
}

func (s *Subject) program(code string) string { return programOf(s.socket(code)) }

func programOf(k *evidence.ServerSocket) string {
	switch {
	case k.Program != "":
		return phrase.Short(k.Program, 40)
	case k.User != "":
		return "a program of " + phrase.Short(k.User, 40)
	}
	return "a program"
}

func firewallName(k *evidence.ServerSocket) string {
	if k.Firewall == "" {
		return "not known which"
	}
	return phrase.Short(k.Firewall, 30)
}

// scopeWords say from where a socket can be reached, after "waits on this port".
func scopeWords(k *evidence.ServerSocket) string {
	address := phrase.Clean(k.At.Addr().Unmap().String())
	switch k.Scope {
	case "this-computer":
		return "only at " + address + ", where nobody outside can reach it"
	case "all-addresses":
		return "at all addresses"
	case "ipv4-only":
		return "by IPv4 only"
	case "ipv6-only":
		return "by IPv6 only"
	case "ipv6-surely":
		return "at all IPv6 addresses, perhaps by IPv4, too"
	case "one-interface":
		return "on one interface"
	case "link-local":
		return "only for neighbours, at " + address
	case "inside":
		return "only for containers and virtual machines of that computer"
	case "address-not-here":
		return "at " + address + ", which the server has no longer"
	}
	return "only at " + address
}

// serverNotes leave out what the verdict's own sentence says.
func (s *Subject) serverNotes(h *evidence.ServerHas) []Note {
	if said := []string{"far-not-bound", "far-queue-full", "far-way-free"}; slices.Contains(said, s.Verdict.Rule) && (len(h.Sockets) == 1 || h.Sockets[0].Own) {
		return nil
	}
	return serverNote(h)
}

// ServerHas are sentences on what a server has on a port.
func ServerHas(h *evidence.ServerHas) (out []string) {
	for _, n := range serverNote(h) {
		out = append(out, strings.TrimPrefix(n.Sentence, atTheServer))
	}
	return out
}

const atTheServer = "At the server "

// serverNote says what the server has on the port, beside what was seen from here.
func serverNote(h *evidence.ServerHas) []Note {
	if h == nil {
		return nil
	}
	add := func(text string) []Note { return []Note{Note{"far-has", atTheServer + text}} }
	var out []Note
	for i := range h.Sockets {
		k := &h.Sockets[i]
		if k.Own {
			return add("nothing waited on this port; whyport took it for this test" + gateWords(k) + ".")
		}
		text := fmt.Sprintf("%s waits on this port %s%s%s.", programOf(k), scopeWords(k), graveWords(k), gateWords(k))
		if n := add(text); !slices.Contains(out, n[0]) {
			out = append(out, n...)
		}
	}
	switch {
	case out != nil:
		return out
	case h.Hidden:
		return add("no program that whyport may see waits on this port; as root it sees all.")
	case h.Forwards:
		return add("no program waits on this port; whether its kernel forwards it by rules was not looked at.")
	}
	return add("nothing waits on this port.")
}

func graveWords(k *evidence.ServerSocket) string {
	for _, n := range k.Notes {
		switch n {
		case "queue-full":
			return "; its queue is full"
		case "program-stopped":
			return "; the program is stopped (by a signal)"
		case "shadowed":
			return "; one address of it goes to another program"
		}
	}
	return ""
}

func gateWords(k *evidence.ServerSocket) string {
	by := phrase.Short(k.Firewall, 30)
	switch k.Gate {
	case "let-in":
		return "; " + by + " lets it in"
	case "kept-out":
		return "; " + by + " keeps others out"
	case "some":
		return "; " + by + " lets only some in"
	case "not-readable":
		return "; the rules of " + by + " may not be read"
	}
	return ""
}
