package local

import (
	"cmp"
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// State is a socket's; UDP has none but Waiting and Established.
type State string

// The states that a person can do something with; others keep the system's name.
const (
	Waiting     State = "listen" // TCP that listens, UDP that is bound and takes from everybody
	Established State = "established"
)

// Socket is one that the system shows.
type Socket struct {
	Protocol evidence.Protocol
	State    State
	Local    netip.AddrPort
	Remote   netip.AddrPort // not valid: none
	Device   string         // the one interface that it is bound to (SO_BINDTODEVICE); "": any
	V6Only   *bool          // of one bound to ::; nil: the system does not tell
	Queue    *Queue         // of one that waits; nil: the system does not tell
	User     string         // whose it is: the socket's own user, or the program's
	Unit     string         // the service manager's name for what made it: ssh.service
	Holders  []Process      // that have it open; none: none may be seen
	Kernel   bool           // no program's: the kernel's own
}

// Queue is what waits at a socket: connections that the program has not taken yet (TCP), or bytes that it has not read (UDP).
type Queue struct {
	Waiting int
	Limit   *int // of connections; nil: the system does not tell, or UDP
}

// Full reports that the kernel turns new connections away: more wait than the limit says (Linux sk_acceptq_is_full).
func (q *Queue) Full() bool { return q != nil && q.Limit != nil && q.Waiting > *q.Limit }

// Process is a program that runs.
type Process struct {
	PID       int
	Name      string
	Path      string // of its file; "" where it may not be seen
	User      string
	Stopped   bool       // by a signal (Ctrl-Z, a debugger): it does nothing
	Container *Container // that it runs in; nil: none that is known
	Forwards  *Forward   // that it exists for; nil: none that is known
}

// Container is a room of a container engine.
type Container struct{ Engine, ID string }

// Forward is where a program such as docker-proxy hands connections on.
type Forward struct {
	Protocol evidence.Protocol
	From, To netip.AddrPort
}

// wildcard reports a socket that is bound to no address of its own.
func (s *Socket) wildcard() bool { return s.Local.Addr().Unmap().IsUnspecified() }

// order is that of a list that people read: by port, protocol, address.
func order(a, b Socket) int {
	return cmp.Or(cmp.Compare(a.Local.Port(), b.Local.Port()), cmp.Compare(a.Protocol, b.Protocol), a.Local.Addr().Compare(b.Local.Addr()),
		a.Remote.Compare(b.Remote), cmp.Compare(a.Device, b.Device), slices.CompareFunc(a.Holders, b.Holders, func(a, b Process) int {
			return cmp.Compare(a.PID, b.PID)
		}))
}
