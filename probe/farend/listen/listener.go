package listen

import (
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// Port is one that is listened on.
type Port struct {
	Port     uint16
	Protocol evidence.Protocol
}

// Options of a listener.
type Options struct {
	Ports []Port
	Bind  []netip.Addr // none: all addresses
	Token farend.Token
	// Back are ports of their own address that clients with the token may ask to be connected to.
	Back []uint16
	// Peer also tells clients with the token what this computer has on the ports. Those that can't be had are told of all the same.
	Peer bool
	// Event is called for what happens, one call at a time.
	Event func(Event)
}

// MaxPorts are listened on at most.
const MaxPorts = farend.MaxPorts

// How somebody arrived.
const (
	SaidNothing = "silent"
	SaidPlain   = "plain" // something else than TLS and HTTP
	SaidTLS     = "tls"
	SaidHTTP    = "http"
	SaidToken   = "whyport"    // a client with the token
	Datagram    = "datagram"   // of a stranger
	HalfOpen    = "half-open"  // a SYN whose answer is not taken
	Unanswered  = "unanswered" // a SYN on the wire to which nothing left this computer
	Refused     = "refused"    // too many at once
)

// Event is one arrival.
type Event struct {
	At       time.Time
	How      string
	Port     uint16
	Protocol evidence.Protocol
	Source   netip.AddrPort
	Local    netip.AddrPort
	Code     string // with HalfOpen and Unanswered: what a person types at the client where no port works
}

// Listener holds the ports.
type Listener struct {
	options  Options
	tls      *tls.Config
	streams  []net.Listener
	packets  []*net.UDPConn
	held     map[Port]bool
	watched  map[Port]bool // held, or seen by capture alone
	captures *capture      // nil: it may not
	halfOpen bool          // the system tells of them
	book     book
	limits   limits
	nonces   nonces
	own      ownView
	meeting  uint16
	telling  sync.Mutex
	proven   sync.Map // netip.Addr of clients with the token
}

// Watched reports which of the ports are only seen on the wire, since another program has them.
func (l *Listener) Watched() (out []Port) {
	for _, p := range l.options.Ports {
		if l.watched[p] && !l.held[p] {
			out = append(out, p)
		}
	}
	return out
}

// Meeting is the port of a peer that is not one of the command; 0: none.
func (l *Listener) Meeting() uint16 { return l.meeting }

// Holds reports a port that is listened on.
func (l *Listener) Holds(p Port) bool { return l.held[p] }

// Captures reports whether packets are seen before the server's firewall.
func (l *Listener) Captures() bool { return l.captures != nil }

// Turned counts connections and datagrams that were too many.
func (l *Listener) Turned() int { return int(l.limits.turned.Load()) }

// NothingCode is what a person types at the client where nothing has arrived here; "" where a SYN whose answer is lost could not be
// seen: it would say what nobody knows.
func (l *Listener) NothingCode() string {
	if !l.halfOpen && l.captures == nil {
		return ""
	}
	return l.options.Token.Code(l.tcpPorts(), func(uint16) bool { return false })
}

func (l *Listener) tcpPorts() (out []uint16) {
	for _, p := range l.options.Ports {
		if p.Protocol == evidence.TCP {
			out = append(out, p.Port)
		}
	}
	return out
}

// Close gives the ports up.
func (l *Listener) Close() {
	for _, s := range l.streams {
		s.Close()
	}
	for _, p := range l.packets {
		p.Close()
	}
	l.captures.close()
}

// note keeps a SYN, or its answer, that was seen on the wire.
func (l *Listener) note(p wirePacket) {
	port := Port{p.local.Port(), evidence.TCP}
	switch {
	case !l.watched[port]:
	case p.out:
		l.book.answer(port, p.remote)
	default:
		l.book.note(port, p.remote, mark{syn: true, captured: true, local: p.local})
	}
}

func (l *Listener) tell(e Event) {
	if l.options.Event == nil {
		return
	}
	l.telling.Lock()
	defer l.telling.Unlock()
	e.At = time.Now().UTC()
	l.options.Event(e)
}

// sees reports whether it would be known here if a packet arrived.
func (l *Listener) sees(p Port) bool {
	switch {
	case p.Protocol == evidence.TCP && l.captures != nil:
		return l.watched[p]
	case p.Protocol == evidence.TCP:
		return l.held[p] && l.halfOpen
	}
	return l.held[p]
}

// Addresses are those to be called at: the bound ones, else this computer's.
func (l *Listener) Addresses() []netip.Addr {
	if len(l.options.Bind) > 0 {
		return slices.Clone(l.options.Bind)
	}
	return reachable()
}

func own() (out []netip.Addr) {
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
			out = append(out, p.Addr().Unmap())
		}
	}
	return out
}

func reachable() (out []netip.Addr) {
	for _, a := range own() {
		if !a.IsLoopback() {
			out = append(out, a)
		}
	}
	return out
}
