package local

import "slices"

// FirewallState is whether one is at work; the zero value: not known.
type FirewallState string

// The states.
const (
	On      FirewallState = "on"
	Off     FirewallState = "off"
	Unknown FirewallState = "unknown"
)

// Firewall is one of this computer's.
type Firewall struct {
	Name     string
	State    FirewallState
	Evidence string  // what says so: a file, a process
	Ask      string  // the command with which an administrator sees the rules
	Manager  bool    // it writes rules for a filter that is listed beside it
	Rules    Ruleset `json:"-"` // nil: they may not be read
}

// Ruleset says what rules do with new connections from elsewhere.
type Ruleset interface {
	Admits(s *Socket) Gate
}

// Answer is what a firewall does with new connections to a socket; the zero value: there is no firewall to ask.
type Answer string

// The answers.
const (
	LetIn   Answer = "let-in"
	KeptOut Answer = "kept-out"
	Some    Answer = "some"         // let in from some addresses, or on some interfaces
	Unread  Answer = "not-readable" // the rules may not be read
)

// Gate is an answer and the rule that gives it.
type Gate struct {
	Answer   Answer
	Firewall string
	Rule     string // its name or place; "": the default
	Ask      string // of Unread
}

// Gate is what this computer's firewalls do with new connections to a socket from elsewhere.
func (f *Facts) Gate(s *Socket) Gate {
	if !f.Reach(s).Outside() {
		return Gate{}
	}
	var gates []Gate
	filters := slices.ContainsFunc(f.Firewalls, func(w Firewall) bool { return w.Rules != nil && !w.Manager })
	for _, w := range f.Firewalls {
		switch {
		case w.State == Off || w.Manager && filters:
		case w.Rules != nil:
			g := w.Rules.Admits(s)
			g.Firewall = w.Name
			gates = append(gates, g)
		default:
			gates = append(gates, Gate{Answer: Unread, Firewall: w.Name, Ask: w.Ask})
		}
	}
	for _, gravest := range []Answer{KeptOut, Unread, Some, LetIn} {
		if i := slices.IndexFunc(gates, func(g Gate) bool { return g.Answer == gravest }); i >= 0 {
			return gates[i]
		}
	}
	return Gate{}
}
