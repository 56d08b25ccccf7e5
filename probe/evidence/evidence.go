// Package evidence holds what the probes saw, and nothing else: facts, no interpretation, no
// I/O. Its types are what the judge (probe/verdict) reads and what a recorded case in testdata
// contains, so every fact that a system could not establish is absent (zero or nil), never false.
package evidence

import (
	"net/netip"
	"slices"
	"time"
)

// Protocol is the transport of a probe; the zero value is "not set".
type Protocol string

// The transports that are probed.
const (
	TCP Protocol = "tcp"
	UDP Protocol = "udp"
)

// Outcome is how one attempt ended, in the kernel's words; the zero value is "not run".
type Outcome string

// The ways an attempt ends.
const (
	NotRun      Outcome = ""
	Connected   Outcome = "connected"   // TCP: the handshake completed; UDP: a datagram came back
	Refused     Outcome = "refused"     // ECONNREFUSED: a RST, or an ICMP error if ICMP is set
	Failed      Outcome = "failed"      // another error; Errno names it, ICMP where it came from
	Silent      Outcome = "silent"      // nothing came back until the attempt was given up
	NoSocket    Outcome = "no-socket"   // out of descriptors, ports or buffers: says nothing of the path
	Interrupted Outcome = "interrupted" // given up before its time
	Unheard     Outcome = "unheard"     // never sent for want of a place, or this program did not run when an answer was due
)

// Answered reports whether a packet from the network ended the attempt.
func (o Outcome) Answered() bool { return o == Connected || o == Refused || o == Failed }

// Attempt is one SYN (or one datagram) from a socket of its own.
type Attempt struct {
	Source  netip.AddrPort `json:"source,omitzero"`
	Started time.Duration  `json:"started_ns"`           // since the port's first attempt
	Elapsed time.Duration  `json:"elapsed_ns,omitempty"` // from send to outcome
	TTL     uint8          `json:"ttl,omitempty"`        // hop limit it was sent with; 0: the system's default
	MinTTL  uint8          `json:"min_ttl,omitempty"`    // answers with a lower TTL were ignored; 0: none were
	Outcome Outcome        `json:"outcome"`
	Errno   string         `json:"errno,omitempty"` // symbolic name on every system: "EHOSTUNREACH"
	// Cut is set with Connected where the connection was reset before anything could be said on it: there is none to use.
	Cut bool `json:"cut,omitempty"`
	// Local is set when the kernel refused before sending anything (no route, prohibited, wrong source).
	Local bool `json:"local,omitempty"`
	// Unattributed is set with Refused where the system reports some ICMP errors (port unreachable, administratively
	// prohibited) as ECONNREFUSED too and nothing told which it was: it need not have been a RST (macOS, BSD).
	Unattributed bool `json:"unattributed,omitempty"`
	// Later is set where the answer was not there yet when the system call that sent the SYN returned: this computer's own kernel
	// answers before that (Linux; other systems do not tell).
	Later bool `json:"later,omitempty"`
	// Through is set where it is a proxy's word that the connection stands.
	Through bool     `json:"through,omitempty"`
	ICMP    *ICMP    `json:"icmp,omitempty"`
	TCP     *TCPInfo `json:"tcp,omitempty"`
}

// ICMP is the error that answered a SYN or datagram.
type ICMP struct {
	Type uint8      `json:"type"`
	Code uint8      `json:"code"`
	From netip.Addr `json:"from"`
	TTL  uint8      `json:"ttl,omitempty"` // with which it arrived; 0: not known
	MTU  uint32     `json:"mtu,omitempty"` // the largest packet that the sender's link takes; 0: it did not say
}

// V6 reports whether the numbers are ICMPv6's.
func (i ICMP) V6() bool { return i.From.Is6() && !i.From.Is4In6() }

// TimeExceeded reports whether a router dropped the packet because its TTL ran out.
func (i ICMP) TimeExceeded() bool {
	if i.V6() {
		return i.Type == 3
	}
	return i.Type == 11
}

// HopGuess is the distance of the sender by the TTL that its error arrived with, if it started at 64, 128 or 255
// and came back as many hops as it is away; 0 where the TTL is not known.
func (i ICMP) HopGuess() uint8 { return HopGuess(i.TTL) }

// HopGuess is that of any packet.
func HopGuess(ttl uint8) uint8 {
	for _, start := range []uint8{64, 128, 255} {
		if ttl > 0 && ttl <= start && start-ttl < 30 {
			return start - ttl + 1
		}
	}
	return 0
}

// TCPInfo is the part of the kernel's TCP_INFO that says what became of a SYN.
type TCPInfo struct {
	Retransmits  uint32        `json:"retransmits"`   // consecutive unanswered time-outs
	TotalRetrans uint32        `json:"total_retrans"` // segments sent again in all
	Retrans      uint32        `json:"retrans"`       // of those, still out
	SegsIn       uint32        `json:"segs_in"`
	SndWnd       uint32        `json:"snd_wnd"`
	HasSndWnd    bool          `json:"has_snd_wnd,omitempty"` // Linux 5.4 and later
	RTT          time.Duration `json:"rtt_ns,omitempty"`
	PMTU         uint32        `json:"pmtu,omitempty"`
}

// RoundTrip is how long the answer took: that of the SYN which was answered, where the kernel had to send it again.
func (a *Attempt) RoundTrip() time.Duration {
	if i := a.TCP; i != nil && i.TotalRetrans > 0 && i.RTT > 0 {
		return min(a.Elapsed, i.RTT)
	}
	return a.Elapsed
}

// Port is all that was seen of one port of one address.
type Port struct {
	Addr     netip.Addr `json:"addr"`
	Port     uint16     `json:"port"`
	Protocol Protocol   `json:"protocol"`
	// Attempts are the connection attempts at full TTL, oldest first.
	Attempts []Attempt `json:"attempts,omitempty"`
	// Connections are those that the port accepted of this run, whatever they were for: what its service has seen.
	Connections int `json:"connections,omitempty"`
	// Speech is what answered after the connection; nil where nothing was asked.
	Speech *Speech `json:"speech,omitempty"`
	// Entry is a SYN to an open port that reaches the first router at most (TTL 1), unless the address is on a link of this
	// computer; nil: not asked. Where TCP answered it, that was made by this computer, or at the first router.
	Entry *Attempt `json:"entry,omitempty"`
	// Referred are the addresses that the server sends its clients to, as they were tested.
	Referred []Referral `json:"referred,omitempty"`
	// Origin is what was found out of who sent the answer; nil where it was not asked.
	Origin *Origin `json:"origin,omitempty"`
	// Walk is the TTL walk towards this port, or to another one; Place says which.
	Walk  *Walk `json:"walk,omitempty"`
	Place Place `json:"place,omitempty"`
	// Proxied is set where the port was asked for through a proxy, never direct.
	Proxied *Proxied `json:"proxied,omitempty"`
	// Samples are connections from many source ports; nil: none were asked for, or all failed alike.
	Samples *Samples `json:"samples,omitempty"`
	// Tried are connections with extras; empty: none were asked for.
	Tried []Tried `json:"tried,omitempty"`
	// Hold is what became of idle connections; nil: none was kept.
	Hold *Hold `json:"hold,omitempty"`
	// FarEnd is what a listener at the server tells; nil: it was not asked, or could not be, which FarAsked tells apart.
	FarEnd   *FarEnd `json:"far_end,omitempty"`
	FarAsked bool    `json:"far_asked,omitempty"`
	// FarElsewhere is set where the listener answered on another port of the address, and told nothing of this one.
	FarElsewhere bool `json:"far_elsewhere,omitempty"`
	// FarBeyondCode is set where a person typed a code, and it does not tell of this port.
	FarBeyondCode bool `json:"far_beyond_code,omitempty"`
	// BesideControl is set where a UDP port stayed silent although the host's UDPControl, asked right behind it, was answered.
	BesideControl bool `json:"beside_control,omitempty"`
	// CutShort is set where the user's time-out ended the looks that follow the first one.
	CutShort bool `json:"cut_short,omitempty"`
	// Elapsed is the time from the first packet to the last fact.
	Elapsed time.Duration `json:"elapsed_ns,omitempty"`
}

// Place says how a silent port's walk is known to be its own; the zero value is "no walk, or its own".
type Place string

// How a walk belongs to a port.
const (
	PlaceOwn     Place = "own"     // it was walked
	PlaceChecked Place = "checked" // another port was walked, and two probes of this one agreed
	PlaceAssumed Place = "assumed" // another silent port of the address was walked
)

// Lost reports whether SYNs went unanswered although the port answers; the kernel's own retransmits count, too. One
// that was not waited for as long as the answer took need not be lost.
func (p *Port) Lost() bool {
	best := p.Best()
	if best == nil || !best.Outcome.Answered() {
		return false
	}
	took := best.RoundTrip()
	if i := best.TCP; best.Outcome == Connected && i != nil && i.TotalRetrans > 0 && took < best.Elapsed*9/10 {
		return true
	}
	return slices.ContainsFunc(p.Attempts, func(a Attempt) bool { return a.Outcome == Silent && (a.Elapsed == 0 || a.Elapsed > took) })
}

// Best is the attempt that says most: a connection, the sooner one that stood, then any answer, then a local error, then
// silence.
// It is nil where nothing was tried.
func (p *Port) Best() *Attempt {
	rank := func(a Attempt) int {
		switch a.Outcome {
		case Connected:
			if a.Cut {
				return 5
			}
			return 6
		case Refused, Failed:
			return 4
		case Silent:
			return 3
		case NoSocket:
			return 2
		case Interrupted, Unheard:
			return 1
		default:
			return 0
		}
	}
	var best *Attempt
	for i := range p.Attempts {
		if a := &p.Attempts[i]; best == nil || rank(*a) > rank(*best) {
			best = a
		}
	}
	return best
}

// Answered counts the attempts that a packet from the network ended.
func (p *Port) Answered() (n int) {
	for _, a := range p.Attempts {
		if a.Outcome.Answered() && !a.Local {
			n++
		}
	}
	return n
}
