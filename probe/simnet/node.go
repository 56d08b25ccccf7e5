package simnet

import (
	"net"
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// node is the client, a router or the server.
type node struct {
	name     string
	v4, v6   netip.Addr
	rtt      time.Duration // from the client, as a trace shows it
	ttl      uint8         // that its own packets start with
	silent   bool          // drops what expires without a word
	endless  bool          // does not limit its ICMP errors
	errors   float64       // it sends so many ICMP errors a second, and burst at once; 0: as Linux does
	burst    float64
	route    string // to everything behind it: "", "none", "unreachable", "prohibit", "blackhole"
	loopsTo  string // the neighbour it sends to what is for others
	detour   *detour
	missing  []netip.Addr  // on its link, where nobody has them
	forgets  time.Duration // silence after which it knows a connection no more; 0: never
	resets   bool          // what it has forgotten; otherwise it drops it
	services []*service
	rules    []*rule

	owed    [2]bucket                // of ICMP errors: IPv4's, IPv6's
	seeking map[netip.Addr]time.Time // since when it asks for a neighbour
}

// detour is a way back that differs: so many other routers, and then the node at a distance.
type detour struct {
	to   string
	hops uint8
	late time.Duration // one way
}

func (o *node) addr(v6 bool) netip.Addr {
	if v6 {
		return o.v6
	}
	return o.v4
}

func (o *node) addresses() (all []netip.Addr) {
	for _, a := range []netip.Addr{o.v4, o.v6} {
		if a.IsValid() {
			all = append(all, a)
		}
	}
	return all
}

// Linux (icmp_ratelimit, XRLIM_BURST_FACTOR, icmpv6_xrlim_allow): six at once, then one a second; to an IPv6 destination
// with a route to its /64 four.
const bucketSize = 6

func errorsEvery(v6 bool) time.Duration {
	if v6 {
		return time.Second / 4
	}
	return time.Second
}

// owes takes a token for an ICMP error; false if there is none.
func (o *node) owes(v6 bool, at time.Time) bool {
	every, burst := errorsEvery(v6), float64(bucketSize)
	if o.errors > 0 {
		every, burst = time.Duration(float64(time.Second)/o.errors), o.burst
	}
	return o.endless || o.owed[family(v6)].take(at, every, burst)
}

// owesRoute does so for the error of an IPv4 route, which counts twice: ip_error has a bucket of five of its own kind
// in the same place, and icmp_send takes another token.
func (o *node) owesRoute(v6 bool, at time.Time) bool {
	if v6 || o.endless {
		return o.owes(v6, at)
	}
	return o.owed[0].take(at, time.Second, bucketSize-1) && o.owes(false, at)
}

// resolves is when a router's question for a neighbour that does not exist ends: three requests, a second apart (ARP, ND).
func (o *node) resolves(to netip.Addr, at time.Time) time.Time {
	const fails = 3060 * time.Millisecond // measured on Linux 6.18
	if o.seeking == nil {
		o.seeking = map[netip.Addr]time.Time{}
	}
	if begun, asked := o.seeking[to]; !asked || at.Sub(begun) > fails {
		o.seeking[to] = at
	}
	return o.seeking[to].Add(fails)
}

// service is what listens on ports.
type service struct {
	protocol evidence.Protocol
	ports    spans
	kind     string // "greet", "hold", "silent" ...; see serve
	text     string
	play     func(net.Conn) // of kind "play"
}

func (o *node) serviceAt(protocol evidence.Protocol, port uint16) *service {
	for _, s := range o.services {
		if s.protocol == protocol && s.ports.has(port) {
			return s
		}
	}
	return nil
}
