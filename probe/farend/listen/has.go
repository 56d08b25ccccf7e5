package listen

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/local"
)

// ownView is what this computer's system says, looked at no more often than every viewFor: looking costs more than asking.
type ownView struct {
	mu    sync.Mutex
	at    time.Time
	facts *local.Facts
}

const viewFor = 2 * time.Second

func (v *ownView) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.facts = nil
}

func (v *ownView) look(ctx context.Context) *local.Facts {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.facts == nil || time.Since(v.at) > viewFor {
		if f, err := local.Look(ctx, local.Request{}); err == nil && !f.Interrupted {
			v.facts, v.at = f, time.Now()
		}
	}
	return v.facts
}

// Has is what this computer has on the ports of the command; nil where the system tells nothing.
func (l *Listener) Has(ctx context.Context) []farend.PortHas {
	facts := l.own.look(ctx)
	if facts == nil {
		return nil
	}
	var out []farend.PortHas
	for _, p := range l.options.Ports {
		out = append(out, farend.PortHas{Port: p.Port, Protocol: p.Protocol, Has: serverHas(facts, p, l.held[p])})
	}
	return out
}

// has is the part of it that was asked for. Ports that the command does not name are nobody's business.
func (l *Listener) has(ctx context.Context, asked []farend.PortAsked) (out []farend.PortHas) {
	for _, h := range l.Has(ctx) {
		if slices.ContainsFunc(asked, func(a farend.PortAsked) bool { return a.Port == h.Port && a.Protocol == h.Protocol }) {
			out = append(out, h)
		}
	}
	return out[:min(len(out), farend.MaxHas)]
}

// serverHas is what the system says of a port; taken: this program has it.
func serverHas(f *local.Facts, p Port, taken bool) (out evidence.ServerHas) {
	out.Hidden = f.Hidden()
	out.Forwards = slices.ContainsFunc(f.Firewalls, func(w local.Firewall) bool { return w.Name == "nftables" && w.State != local.Off })
	for i := range f.All {
		s := &f.All[i]
		if s.Local.Port() != p.Port || s.Protocol != p.Protocol {
			continue
		}
		if len(out.Sockets) == farend.MaxSockets {
			out.More++
			continue
		}
		out.Sockets = append(out.Sockets, serverSocket(f, s, taken))
	}
	return out
}

func serverSocket(f *local.Facts, s *local.Socket, taken bool) evidence.ServerSocket {
	gate := f.Gate(s)
	out := evidence.ServerSocket{
		At: s.Local, User: cut(s.User), Scope: string(f.Reach(s).Scope), Gate: string(gate.Answer),
		Firewall: cut(gate.Firewall), Rule: cut(gate.Rule), Ask: cut(gate.Ask),
	}
	if len(s.Holders) > 0 {
		out.Program, out.Own = cut(s.Holders[0].Name), taken && s.Holders[0].PID == os.Getpid()
	}
	for _, n := range f.Notes(s) {
		if n.Grave() {
			out.Notes = append(out.Notes, string(n.Code))
		}
	}
	return out
}

func cut(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s[:min(len(s), farend.MaxText)], ""))
}
