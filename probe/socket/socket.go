// Package socket opens connections of its own and reads from the kernel what became of them. It
// is the operating system's part of the probe: facts in the types of probe/evidence, no retries,
// no opinion. What a system can't tell is absent.
package socket

import (
	"context"
	"net"
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// Request is one SYN, or one datagram.
type Request struct {
	To   netip.AddrPort
	From netip.Addr // source address; zero: the kernel chooses
	// FromPort is the source port; 0: the kernel chooses.
	FromPort uint16
	// Device is the interface to send through, where the system lets everybody choose it; "": the routes' choice.
	Device string
	// TTL is the hop limit, 0 for the system's default. With MinTTL the kernel ignores answers that arrive with
	// a lower one (IP_MINTTL, IPV6_MINHOPCOUNT); 0, or a system without it: none are ignored.
	TTL, MinTTL uint8
	Timeout     time.Duration // from the packet until the attempt counts as silent; it must be positive
	Epoch       time.Time     // what Attempt.Started is counted from
	// AnyPort hears a datagram's answer from any port of the address, as TFTP's is (RFC 1350, 4); without it, and on systems
	// other than Linux, only from the port that was asked.
	AnyPort bool
	// Bye makes what is sent after a datagram's answer, as a protocol wants it; nil, of it or of what it makes: nothing is.
	Bye func(reply []byte) []byte
	// MSS caps the segment size (TCP_MAXSEG) where positive.
	MSS int
	// Extra is what the SYN has beside the usual; "": nothing. Only where CanExtra is true.
	Extra evidence.Extra
	// Whole sends a datagram that no router may break up, as large as the interface allows whatever is known of the path; only
	// where CanSize is true.
	Whole bool
}

// farewell is what is to be sent after a reply; nil: nothing.
func (r *Request) farewell(reply []byte) []byte {
	if r.Bye == nil {
		return nil
	}
	return r.Bye(reply)
}

// selfTries: a socket that is connected to itself is rare, and a fresh source port cures it.
const selfTries = 3

// Connect implements Network.
func (System) Connect(ctx context.Context, r Request) (evidence.Attempt, net.Conn) {
	for try := 1; ; try++ {
		a, conn := connect(ctx, r)
		if conn == nil || !selfConnected(conn) {
			return a, conn
		}
		Abort(conn)
		if try == selfTries {
			a.Outcome = evidence.Refused // nobody but ourselves answered
			return a, nil
		}
	}
}

// selfConnected reports the simultaneous open of a socket with itself, which happens on loopback
// when the kernel picks the port under test as source port (RFC 9293, 3.5).
func selfConnected(c net.Conn) bool {
	local, remote := c.LocalAddr(), c.RemoteAddr() // nil on some systems where the peer has reset the connection already
	return local != nil && remote != nil && local.String() == remote.String()
}

// Abort closes a connection with a RST, which leaves no TIME_WAIT behind.
func Abort(c net.Conn) {
	if t, ok := c.(interface{ SetLinger(seconds int) error }); ok {
		t.SetLinger(0)
	}
	c.Close()
}

// Exchange implements Network.
func (System) Exchange(ctx context.Context, r Request, payload []byte) (evidence.Attempt, []byte) {
	for try := 1; ; try++ {
		a, reply := exchange(ctx, r, payload)
		if a.Outcome != evidence.Connected || a.Source != r.To {
			return a, reply
		}
		if try == selfTries { // a datagram to oneself is no reply
			a.Outcome = evidence.Silent
			return a, nil
		}
	}
}

// Addresses implements Network; it is empty where the system does not tell.
func (System) Addresses() (out []netip.Addr) {
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, p.Addr().Unmap())
		}
	}
	return out
}

// Links implements Network; it is empty where the system does not tell. An address without a network of its own (/32, as
// point-to-point links and containers have it) says nothing of who is near.
func (System) Links() (out []evidence.Link) {
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		if i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			p, err := netip.ParsePrefix(a.String())
			if err == nil && !p.IsSingleIP() {
				out = append(out, evidence.Link{Interface: i.Name, Prefix: netip.PrefixFrom(p.Addr().Unmap(), p.Bits())})
			}
		}
	}
	return out
}

func started(r Request) (time.Time, evidence.Attempt) {
	now := time.Now()
	a := evidence.Attempt{TTL: r.TTL, MinTTL: r.MinTTL}
	if !r.Epoch.IsZero() {
		a.Started = now.Sub(r.Epoch)
	}
	return now, a
}
