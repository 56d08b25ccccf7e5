package local

import (
	"slices"

	"whyport/probe/evidence"
)

// NoteCode names what else is worth saying of a socket.
type NoteCode string

// The codes, the gravest first.
const (
	QueueFull     NoteCode = "queue-full"      // new connections are turned away: the program does not take those that wait
	Stopped       NoteCode = "program-stopped" // every program that holds it is stopped
	Shadowed      NoteCode = "shadowed"        // another program has an address of the same port
	Forwarded     NoteCode = "forwarded"       // into a container, at a known address
	Relayed       NoteCode = "relayed"         // into containers, and the program does not show which
	InContainer   NoteCode = "in-container"    // the program runs in one, in this computer's network
	OnDemand      NoteCode = "on-demand"       // the service manager holds it, and starts the program when somebody comes
	KernelHeld    NoteCode = "kernel"          // no program has it open
	PerhapsClient NoteCode = "perhaps-client"  // UDP at a port that the system gives to whoever asks
	Intercepts    NoteCode = "intercepts"      // the program takes other programs' connections
	Unseen        NoteCode = "program-unseen"  // this user may not see it
)

// Note is one of them, with what it is about.
type Note struct {
	Code  NoteCode
	Other *Socket      // of Shadowed
	With  *Process     // of Forwarded, Relayed and InContainer
	By    *Interceptor // of Intercepts
}

// Grave reports a note with which nobody, or not everybody, gets through to the program.
func (n *Note) Grave() bool { return slices.Contains([]NoteCode{QueueFull, Stopped, Shadowed}, n.Code) }

// Notes are what is worth saying of a socket beside its reach.
func (f *Facts) Notes(s *Socket) (out []Note) {
	add := func(is bool, n Note) {
		if is {
			out = append(out, n)
		}
	}
	add(s.Protocol == evidence.TCP && s.Queue.Full(), Note{Code: QueueFull})
	add(len(s.Holders) > 0 && !slices.ContainsFunc(s.Holders, func(p Process) bool { return !p.Stopped }), Note{Code: Stopped})
	if o := f.shadow(s); o != nil {
		out = append(out, Note{Code: Shadowed, Other: o})
	}
	for i := range s.Holders {
		p := &s.Holders[i]
		if n := containerNote(p, s); n.Code != "" {
			out = append(out, n)
			break
		}
	}
	manager := len(s.Holders) == 1 && s.Holders[0].PID == 1 && slices.Contains([]string{"systemd", "launchd"}, s.Holders[0].Name)
	add(manager, Note{Code: OnDemand})
	add(s.Kernel, Note{Code: KernelHeld})
	add(s.Protocol == evidence.UDP && f.Outgoing.Has(s.Local.Port()), Note{Code: PerhapsClient})
	for i := range f.Interceptors {
		by := &f.Interceptors[i]
		add(by.has(s), Note{Code: Intercepts, By: by})
	}
	add(len(s.Holders) == 0 && !s.Kernel, Note{Code: Unseen})
	return out
}

func containerNote(p *Process, s *Socket) Note {
	switch {
	case p.Forwards != nil && p.Forwards.From.Port() == s.Local.Port() && p.Forwards.Protocol == s.Protocol:
		return Note{Code: Forwarded, With: p}
	case RelayFor(p.Name) != "":
		return Note{Code: Relayed, With: p}
	case p.Container != nil:
		return Note{Code: InContainer, With: p}
	}
	return Note{}
}

// shadow is a socket of another program that is bound to one address of the same port: what is sent there does not come to s.
func (f *Facts) shadow(s *Socket) *Socket {
	if !s.wildcard() {
		return nil
	}
	for i := range f.All {
		o := &f.All[i]
		four := o.Local.Addr().Unmap().Is4()
		covered := s.Local.Addr().Is4() == four || s.Local.Addr().Is6() && s.V6Only != nil && !*s.V6Only
		same := o.Protocol == s.Protocol && o.Local.Port() == s.Local.Port()
		if same && !o.wildcard() && covered && !o.Local.Addr().Unmap().IsMulticast() && !sameProgram(o, s) {
			return o
		}
	}
	return nil
}
