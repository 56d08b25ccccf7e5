package here

import (
	"context"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Answer is what became of a question to a gateway; the zero value: it was not asked.
type Answer string

// What a gateway can do.
const (
	Answers Answer = "answers"
	Absent  Answer = "absent" // nobody at its address resolves: no ARP or neighbour answer
	Silent  Answer = "silent" // which it may be, and still pass packets on
)

// Gateway is a next router and what came of asking it.
type Gateway struct {
	Outlet
	Answer Answer
	By     netip.Addr    // whose packet came back; it can have several addresses
	RTT    time.Duration // of that packet
}

// gatewayWait is longer than the kernel asks for a neighbour: three times, a second apart (RFC 4861, 10; Linux mcast_solicit).
const gatewayWait = 3500 * time.Millisecond

// probes are harmless: both have a life of one hop, so that no packet gets past the gateway. The ports are traceroute's, where
// nobody listens, and DNS's, where many gateways do.
const (
	nobodysPort = 33434
	dnsPort     = 53
)

// askGateway sends a datagram towards the rest of the world and a SYN to the gateway itself; the first to come back tells.
func askGateway(ctx context.Context, n socket.Network, o Outlet) Gateway {
	g := Gateway{Outlet: o}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	got := make(chan evidence.Attempt, 2)
	asks := 1
	go func() {
		a, _ := n.Exchange(ctx, socket.Request{To: netip.AddrPortFrom(o.Towards, nobodysPort), From: o.Source, TTL: 1,
			Timeout: gatewayWait}, []byte("whyport"))
		got <- a
	}()
	if o.Gateway.IsValid() && !o.Gateway.IsLinkLocalUnicast() { // its zone is the interface's
		asks++
		go func() {
			a, conn := n.Connect(ctx, socket.Request{To: netip.AddrPortFrom(o.Gateway, dnsPort), From: o.Source, TTL: 1, Timeout: gatewayWait})
			if conn != nil {
				socket.Abort(conn)
			}
			if a.ByTCP() {
				a.ICMP = &evidence.ICMP{From: o.Gateway}
			}
			got <- a
		}()
	}
	for range asks {
		switch a := <-got; told(a, o) {
		case Answers:
			g.Answer, g.RTT = Answers, a.Elapsed
			if g.By = o.Gateway; a.ICMP != nil {
				g.By = a.ICMP.From
			}
			return g
		case Absent:
			g.Answer = Absent
		case Silent:
			if g.Answer == "" {
				g.Answer = Silent
			}
		}
	}
	return g
}

// told is what one attempt says of the gateway.
func told(a evidence.Attempt, o Outlet) Answer {
	const unresolved = 500 * time.Millisecond // sooner than that the kernel does not give up; a rule of this computer's firewall is at once
	own := a.ICMP != nil && a.ICMP.From == o.Source
	switch {
	case a.ByTCP() || a.ICMP != nil && !own:
		return Answers
	case (own || a.Errno == "EHOSTUNREACH") && a.Elapsed > unresolved:
		return Absent
	case a.Outcome == evidence.Silent:
		return Silent
	}
	return ""
}
