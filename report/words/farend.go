package words

import (
	"fmt"
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
		fmt.Sprintf("Your %s %sarrived%s; the server's answer was lost on the way back.%s", s.packet(), s.hedge(), s.arrivedAt(), s.atTheServer()),
		fmt.Sprintf("Ask whoever runs the firewalls between them to let answers of %s pass from %s back to %s. "+
			"Ask, too, whether both directions take the same way: a firewall that sees only one of them drops it.",
			s.number(), s.to(), s.seenFrom()),
	}
}

// unansweredThere names no missing route: the listener said so over another port, so there is a way back. A queue that is full is another
// program's: the listener's own is emptied at once.
func (s *Subject) unansweredThere() Sentences {
	cause, ask := "", fmt.Sprintf("Ask the server's administrator whether its own firewall drops %s from %s.", s.number(), s.seenFrom())
	if !s.sight().Held {
		cause = ", or the program's queue is full"
		ask = fmt.Sprintf("Ask the server's administrator: 1. Does its own firewall drop %s from %s? 2. Does the program there still take "+
			"connections (ss -ltn shows its queue)?", s.number(), s.seenFrom())
	}
	return Sentences{
		"arrives at the server, which does not answer",
		fmt.Sprintf("Your %s %sarrived%s, but no answer left the server: its own firewall drops it%s.", s.packet(), s.hedge(), s.arrivedAt(), cause),
		ask,
	}
}

// atTheServer is what would look alike where only the listener's socket was looked at. Who typed a code does not know of a way back; else
// the listener's answer came on one.
func (s *Subject) atTheServer() string {
	switch {
	case s.sight().Captured:
		return ""
	case s.sight().Code:
		return " The server's own firewall, or a missing route back there, would look alike."
	}
	return " The server's own firewall may have done that, too."
}

// alsoThere asks the server's administrator what only a code leaves open.
func (s *Subject) alsoThere() string {
	if !s.sight().Code {
		return ""
	}
	return fmt.Sprintf(" Ask the server's administrator, too: does its own firewall drop it, and has it a route back to %s?", s.seenFrom())
}

func (s *Subject) neverArrived() Sentences {
	nothing, w := "Nothing", s.Verdict.Where
	if hedge := s.hedge(); hedge != "" {
		nothing = phrase.Capital(hedge) + "nothing"
	}
	if w == nil || w.Hop == 0 && !w.Address.IsValid() {
		return Sentences{
			"dropped on the way to the server",
			fmt.Sprintf("%s arrived at the server: the packets are dropped on the way there, and where could not be seen.%s",
				nothing, s.atTheServer()),
			fmt.Sprintf("Ask your network administrator whether a firewall drops %s, then the server's administrator.", s.flow()) + s.alsoThere(),
		}
	}
	return Sentences{
		"dropped on the way there " + s.shortPlace(),
		fmt.Sprintf("%s arrived at the server: the packets are dropped on the way there, by %s.%s", nothing, s.place(), s.atTheServer()),
		s.allow() + s.alsoThere(),
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
