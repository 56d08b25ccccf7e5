package report

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// FarEnd is what a listener at the server (whyport listen) told of the port.
type FarEnd struct {
	Answered bool    `json:"answered"` // on this port, with the token
	Source   *string `json:"source"`   // this computer's end as seen there; null: nothing arrived, or only a code was typed
	Local    *string `json:"local"`    // the server's end as seen there; null: it did not answer here
	// SYNs counts connections whose first packet arrived (datagrams over UDP), and Answers those that were answered; null: the
	// listener can't see them.
	SYNs     *int        `json:"syns_arrived"`
	Answers  *int        `json:"answers_sent"`
	First    *string     `json:"first_arrived"` // by the server's clock
	Captured *bool       `json:"captured"`      // read from the wire, before the server's own firewall
	ByCode   bool        `json:"by_code,omitempty"`
	Mapping  *string     `json:"nat_mapping,omitempty"`
	TLS      *string     `json:"tls,omitempty"`
	Changed  []FarChange `json:"changed,omitempty"`
	Head     []string    `json:"headers_added,omitempty"`
	Backs    []FarBack   `json:"connected_back,omitempty"`
	Server   *ServerSide `json:"server,omitempty"` // whyport peer told it
}

// ServerSide is what the server has on the port.
type ServerSide struct {
	Waiting []ServerSocket `json:"waiting"`          // empty: nothing that may be seen
	More    int            `json:"more,omitempty"`   // beyond those
	Hidden  bool           `json:"programs_hidden"`  // of other users
	Forward bool           `json:"may_be_forwarded"` // by the kernel's rules, with nothing waiting
}

// ServerSocket waits on a port of the server. The codes are those of whyport local --json.
type ServerSocket struct {
	Address  string      `json:"address"`
	Whyport  bool        `json:"whyport"` // took the port for the test
	Program  *string     `json:"program"`
	User     *string     `json:"user"`
	Scope    string      `json:"scope"`
	Notes    []string    `json:"notes"`
	Firewall *ServerGate `json:"firewall"` // null: none is known
}

// ServerGate is what the server's own firewall does with new connections from elsewhere.
type ServerGate struct {
	Name   string  `json:"name"`
	Answer string  `json:"answer"`
	Rule   *string `json:"rule"`
}

// FarChange is a line that arrived as another.
type FarChange struct {
	Sent    string `json:"sent"`
	Arrived string `json:"arrived"`
}

// FarBack is a connection from the server to this computer.
type FarBack struct {
	Port    uint16  `json:"port"`
	Outcome *string `json:"outcome"` // null: the listener makes none, or it was not tried
	Arrived bool    `json:"arrived"`
	Untried string  `json:"untried,omitempty"` // why not
}

// Asked is a field that is absent where nobody asked, and null where that came to nothing.
type Asked[T any] struct {
	Was   bool
	Value *T
}

// IsZero leaves the field away.
func (a Asked[T]) IsZero() bool { return !a.Was }

// MarshalJSON implements json.Marshaler.
func (a Asked[T]) MarshalJSON() ([]byte, error) { return json.Marshal(a.Value) }

// UnmarshalJSON implements json.Unmarshaler.
func (a *Asked[T]) UnmarshalJSON(b []byte) error {
	a.Was = true
	return json.Unmarshal(b, &a.Value)
}

func farOf(p *evidence.Port) Asked[FarEnd] {
	f := p.FarEnd
	if f == nil {
		return Asked[FarEnd]{Was: p.FarAsked}
	}
	out := &FarEnd{
		Answered: f.Proven, Source: endpoint(f.Source), Local: endpoint(f.Local), Mapping: text(f.Mapping), TLS: text(f.TLS),
	}
	if s := f.Sight; s != nil {
		out.SYNs, out.Answers, out.Captured, out.ByCode = new(s.Arrived), new(s.Answered), new(s.Captured), s.Code
		if !s.First.IsZero() {
			out.First = new(timestamp(s.First))
		}
		if out.Source == nil {
			out.Source = endpoint(s.Source)
		}
	}
	for _, c := range f.Changed {
		out.Changed = append(out.Changed, FarChange{Sent: phrase.Clean(c.Sent), Arrived: phrase.Clean(c.Arrived)})
	}
	for _, h := range f.Head {
		out.Head = append(out.Head, phrase.Clean(h))
	}
	for _, b := range f.Backs {
		out.Backs = append(out.Backs, FarBack{Port: b.Port, Outcome: text(string(b.Outcome)), Arrived: b.Arrived, Untried: b.Untried})
	}
	out.Server = ServerSideOf(f.Has)
	return Asked[FarEnd]{Was: true, Value: out}
}

// ServerSideOf is what the server has on a port; nil: it was not told.
func ServerSideOf(h *evidence.ServerHas) *ServerSide {
	if h == nil {
		return nil
	}
	out := &ServerSide{Waiting: []ServerSocket{}, More: h.More, Hidden: h.Hidden, Forward: h.Forwards}
	for _, s := range h.Sockets {
		k := ServerSocket{
			Address: phrase.Clean(s.At.Addr().String()), Whyport: s.Own, Program: text(phrase.Clean(s.Program)), User: text(phrase.Clean(s.User)),
			Scope: phrase.Clean(s.Scope), Notes: []string{},
		}
		for _, n := range s.Notes {
			k.Notes = append(k.Notes, phrase.Clean(n))
		}
		if s.Gate != "" {
			k.Firewall = &ServerGate{Name: phrase.Clean(s.Firewall), Answer: phrase.Clean(s.Gate), Rule: text(phrase.Clean(s.Rule))}
		}
		out.Waiting = append(out.Waiting, k)
	}
	return out
}

// farEvidence has lines for what the listener told.
func farEvidence(f *evidence.FarEnd) (out []Evidence) {
	if f == nil {
		return nil
	}
	if f.Proven {
		out = append(out, Evidence{"far-end", "answered", "the listener saw " + seenAs(f.Source) + ", reached at " + seenAs(f.Local)})
	}
	if s := f.Sight; s != nil {
		how := "at the listener's socket"
		switch {
		case s.Captured:
			how = "on the server's wire"
		case s.Code:
			how = "as the code says"
		}
		signal := "arrived"
		if s.Arrived == 0 {
			signal = "nothing-arrived"
		}
		out = append(out, Evidence{"far-end", signal, fmt.Sprintf("%d arrived, %d answered, %s", s.Arrived, s.Answered, how)})
	}
	return out
}

func seenAs(a netip.AddrPort) string { return phrase.Clean(a.String()) }
