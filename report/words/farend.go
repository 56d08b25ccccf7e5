package words

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// farRows are for what a listener at the server decided.
func farRows() []row {
	return []row{
		{"far-end-answers", (*Subject).listenerWords}, {"far-udp-answers", (*Subject).listenerWords},
		{"far-answer-lost", (*Subject).answerLost}, {"far-unanswered", (*Subject).unansweredThere},
		{"far-keeps-out", (*Subject).serverKeepsOut}, {"far-queue-full", (*Subject).serverQueueFull},
		{"far-not-bound", (*Subject).notBound}, {"far-way-free", (*Subject).wayFree},
		{"far-never-arrived", (*Subject).neverArrived},
		{"far-reset-forged", (*Subject).forgedRefusal}, {"far-answer-forged", (*Subject).forgedAnswer},
	}
}

func (s *Subject) listenerWords() Sentences {
	return Sentences{"answers: whyport listen", "The listener at the server answered on this port, and proved it with the token.", ""}
}

// arrivedAt is when a packet arrived there: " at 10:31:07.2 UTC"; "" for several ports, and where only a code was typed.
func (s *Subject) arrivedAt() string {
	if sight := s.sight(); s.ports == "" && !sight.First.IsZero() {
		return " at " + clock(sight.First)
	}
	return ""
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05.0 UTC") }

func (s *Subject) sight() *evidence.Sight {
	if f := s.Port.FarEnd; f != nil && f.Sight != nil {
		return f.Sight
	}
	return &evidence.Sight{}
}

// packet is what was sent first.
func (s *Subject) packet() string {
	if s.Port.Protocol == evidence.UDP {
		return "packet"
	}
	return "SYN"
}

// seenFrom is the address by which the server knows this computer.
func (s *Subject) seenFrom() string {
	if a := s.sight().Source.Addr(); a.IsValid() {
		return phrase.Clean(a.String())
	}
	return s.from()
}

func (s *Subject) answerLost() Sentences {
	return Sentences{
		"arrives; the answer is lost on the way back",
		fmt.Sprintf("Your %s %sarrived%s; the server's answer was lost on the way back.", s.packet(), s.hedge(), s.arrivedAt()),
		fmt.Sprintf("Ask whoever runs the firewalls between them to let answers of %s pass from %s back to %s. "+
			"Ask, too, whether both directions take the same way: a firewall that sees only one of them drops it.",
			s.number(), s.to(), s.seenFrom()),
	}
}

func (s *Subject) unansweredThere() Sentences {
	return Sentences{
		"arrives at the server, which does not answer",
		fmt.Sprintf("Your %s %sarrived%s, but no answer left the server: its own firewall drops it, or it has no route back.",
			s.packet(), s.hedge(), s.arrivedAt()),
		fmt.Sprintf("Ask the server's administrator: 1. Does its own firewall drop %s from %s? 2. Has it a route back?",
			s.number(), s.seenFrom()),
	}
}

func (s *Subject) neverArrived() Sentences {
	own := ""
	if !s.sight().Captured {
		own = " The server's own firewall may have done that, too."
	}
	w := s.Verdict.Where
	if w == nil || w.Hop == 0 && !w.Address.IsValid() {
		return Sentences{
			"dropped on the way to the server",
			fmt.Sprintf("Nothing %sarrived at the server: the packets are dropped on the way there, and where could not be seen.%s",
				s.hedge(), own),
			fmt.Sprintf("Ask your network administrator whether a firewall drops %s, then the server's administrator.", s.flow()),
		}
	}
	return Sentences{
		"dropped on the way there " + s.shortPlace(),
		fmt.Sprintf("Nothing %sarrived at the server: the packets are dropped on the way there, by %s.%s", s.hedge(), s.place(), own),
		s.allow(),
	}
}

func (s *Subject) forgedRefusal() Sentences {
	return Sentences{
		"refused by something else than the server",
		fmt.Sprintf("The connection was refused (reset) by %s; nothing of it arrived at the listener on the server.", s.place()),
		s.allow(),
	}
}

func (s *Subject) forgedAnswer() Sentences {
	return Sentences{
		"answered by something else than the server",
		fmt.Sprintf("The connection was accepted by %s; nothing of it arrived at the listener on the server.", s.place()),
		fmt.Sprintf("Ask %s what takes %s: a proxy, a filter, or a forwarding to another server.", s.owner(), s.flow()),
	}
}

// farNotes are what the listener told of the way, beside the verdict.
func (s *Subject) farNotes() (out []Note) {
	f := s.Port.FarEnd
	if f == nil {
		if s.Port.FarElsewhere {
			return []Note{Note{"far-untold", "The listener at the server answered on another port, and tells nothing of this one. " +
				"Did its command name this port?"}}
		}
		if s.Port.FarAsked {
			return []Note{Note{"far-unasked", "The listener at the server could not be asked, since it answered on no port. " +
				"Add --code with the six letters that it shows."}}
		}
		return nil
	}
	if f.Proven && f.Own.Addr().IsValid() && f.Source.Addr() != f.Own.Addr() {
		out = append(out, Note{"far-nat", fmt.Sprintf("The server sees %s instead of %s: a NAT is on the way.%s",
			phrase.Clean(f.Source.String()), phrase.Clean(f.Own.String()), mappingWords(f.Mapping))})
	} else if f.Proven && f.Own.Port() != 0 && f.Source.Port() != f.Own.Port() {
		out = append(out, Note{"far-nat", fmt.Sprintf("The server sees source port %d instead of %d: a NAT or proxy is on the way.",
			f.Source.Port(), f.Own.Port())})
	}
	if f.Proven && f.Local.IsValid() && f.To.IsValid() && f.Local != f.To {
		out = append(out, Note{"far-forwarded", fmt.Sprintf("The server was called at %s and got it at %s: a NAT or balancer in front "+
			"passes it on.", phrase.Clean(f.To.String()), phrase.Clean(f.Local.String()))})
	}
	return slices.Concat(out, s.serverNotes(f.Has), changeNotes(f))
}

// mappingWords say of a NAT what two connections from one source port showed (RFC 4787, 4.1), and no more.
func mappingWords(m string) string {
	switch m {
	case evidence.MappingKept:
		return " It keeps the source port towards two ports of the server."
	case evidence.MappingSame:
		return " It makes the same new source port for two ports of the server."
	case evidence.MappingByPort:
		return " It makes another source port for each port of the server (symmetric NAT), which troubles calls and peer-to-peer."
	}
	return ""
}

// changeNotes say what was changed on the way.
func changeNotes(f *evidence.FarEnd) (out []Note) {
	add := func(code, sentence string) { out = append(out, Note{code, sentence}) }
	switch f.TLS {
	case evidence.FarTLSOpened:
		add("far-tls-opened", fmt.Sprintf("Encryption (TLS) is opened on the way: instead of the listener's own certificate one of %s came.",
			phrase.Short(f.Issuer, 60)))
	case evidence.FarTLSOther:
		add("far-tls-other", fmt.Sprintf("With encryption (TLS) something else than the listener answers: a certificate of %s came.",
			phrase.Short(f.Issuer, 60)))
	}
	if len(f.Changed) > 0 {
		c := f.Changed[0]
		add("far-changed", fmt.Sprintf("A device on the way changes what is said: %s arrived as %s. That is an application gateway (ALG) "+
			"or an inspection.", quoted(c.Sent), quoted(c.Arrived)))
	}
	if len(f.Head) > 0 {
		add("far-headers", fmt.Sprintf("A proxy is on the way: requests arrive with %s.", quoted(strings.Join(f.Head, "; "))))
	}
	for _, b := range f.Backs {
		switch {
		case b.Outcome == evidence.NotRun:
			add("far-back", fmt.Sprintf("The listener makes no connection to TCP %d; start it with --connect-back %d.", b.Port, b.Port))
		case b.Outcome == evidence.Connected && b.Arrived:
			add("far-back", fmt.Sprintf("The server can connect back to TCP %d of this computer.", b.Port))
		case b.Outcome == evidence.Connected:
			add("far-back", fmt.Sprintf("The server's connection back to TCP %d was answered, but not by this program.", b.Port))
		case b.Outcome == evidence.Refused:
			add("far-back", fmt.Sprintf("The server's connection back to TCP %d is refused, on the way or by a NAT in front.", b.Port))
		default:
			add("far-back", fmt.Sprintf("The server's connection back to TCP %d gets no answer: a firewall or NAT does not let it in.", b.Port))
		}
	}
	return out
}

func quoted(s string) string {
	if s == "" {
		return "nothing"
	}
	return `"` + phrase.Short(s, 60) + `"`
}
