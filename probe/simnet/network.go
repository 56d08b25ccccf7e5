package simnet

import (
	"context"
	"fmt"
	"hash/fnv"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Network is a simulated network, seen from its client. It implements socket.Network. All methods belong into one
// testing/synctest bubble.
type Network struct {
	client *node
	hops   [][]*node        // by distance from the client, from 1; several at one distance: equal-cost paths
	wires  map[string]*wire // by the names of its ends, the client's side first: "r1-r2"
	seed   uint64

	mu      sync.Mutex // of all that follows, and of the state in nodes and rules
	sockets int        // that the client has left; below 0: any number
	began   time.Time
	sent    []Packet
	alike   map[string]int // packets of one instant that do not differ: which of them is lost is drawn for each
}

// Packet is a SYN or datagram that the client's network card sent.
type Packet struct {
	After       time.Duration // since the first one
	To          netip.AddrPort
	Protocol    evidence.Protocol
	TTL, MinTTL uint8
	Again       bool // the kernel repeated it
}

// wire is a link's devices without an address.
type wire struct{ rules []*rule }

var _ socket.Network = (*Network)(nil)

// Sent are the packets that have left the client so far.
func (n *Network) Sent() []Packet {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.sent)
}

// Names are the nodes by address, with the client.
func (n *Network) Names() map[netip.Addr]string {
	names := map[netip.Addr]string{}
	for _, nodes := range append([][]*node{{n.client}}, n.hops...) {
		for _, o := range nodes {
			for _, a := range o.addresses() {
				names[a] = o.name
			}
		}
	}
	return names
}

// Connect implements socket.Network.
func (n *Network) Connect(ctx context.Context, r socket.Request) (evidence.Attempt, net.Conn) {
	a, failed := n.start(r, evidence.TCP)
	if failed.Outcome != evidence.NotRun {
		return failed, nil
	}
	defer n.free()
	n.await(ctx, a, r.Timeout)
	return a.result(time.Now(), ctx.Err() != nil), a.connection()
}

// Exchange implements socket.Network.
func (n *Network) Exchange(ctx context.Context, r socket.Request, payload []byte) (evidence.Attempt, []byte) {
	a, failed := n.start(r, evidence.UDP)
	if failed.Outcome != evidence.NotRun {
		return failed, nil
	}
	defer n.free()
	if a.stay == droppedHere { // Linux lets sendto fail, unlike connect
		out := a.result(time.Now(), false)
		out.Outcome, out.Local, out.Errno = evidence.Failed, true, "EPERM"
		return out, nil
	}
	n.await(ctx, a, r.Timeout)
	return a.result(time.Now(), ctx.Err() != nil), a.datagram(payload)
}

// Addresses implements socket.Network.
func (n *Network) Addresses() []netip.Addr {
	return append(n.client.addresses(), netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback())
}

// start takes a socket and sends the first packet; the attempt that comes back instead has ended without one.
func (n *Network) start(r socket.Request, protocol evidence.Protocol) (*attempt, evidence.Attempt) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	failed := evidence.Attempt{TTL: r.TTL, MinTTL: r.MinTTL}
	if !r.Epoch.IsZero() {
		failed.Started = now.Sub(r.Epoch)
	}
	if n.sockets == 0 {
		failed.Outcome = evidence.NoSocket
		return nil, failed
	}
	if failed.Errno = n.noWay(r.To.Addr()); failed.Errno != "" {
		failed.Outcome, failed.Local = evidence.Failed, true
		return nil, failed
	}
	n.sockets--
	a := &attempt{n: n, r: r, protocol: protocol, began: now, out: failed}
	a.out.Source = netip.AddrPortFrom(n.client.addr(r.To.Addr().Is6()), n.ephemeral(r, now))
	a.send(now)
	return a, failed
}

func (n *Network) free() {
	n.mu.Lock()
	n.sockets++
	n.mu.Unlock()
}

// noWay is the error of a connect(2) that sends nothing (Linux); "" where there is a route.
func (n *Network) noWay(to netip.Addr) string {
	if !n.client.addr(to.Is6()).IsValid() {
		return "EADDRNOTAVAIL"
	}
	return map[string]string{"none": "ENETUNREACH", "unreachable": "EHOSTUNREACH", "prohibit": "EACCES", "blackhole": "EINVAL"}[n.client.route]
}

// ephemeral is a source port that does not depend on which goroutine came first.
func (n *Network) ephemeral(r socket.Request, now time.Time) uint16 {
	return uint16(32768 + n.draw("port", r.To, r.TTL, r.MinTTL, now)%28000)
}

// draw is a number that depends on the seed and on what it is for, and on how often that was asked for at this instant.
func (n *Network) draw(what ...any) uint64 {
	key := fmt.Sprint(what...)
	if n.alike == nil {
		n.alike = map[string]int{}
	}
	n.alike[key]++
	h := fnv.New64a()
	fmt.Fprint(h, n.seed, key, n.alike[key])
	x := h.Sum64() // FNV's low bits are weak: finish as in splitmix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// await lets time pass until the attempt has ended, its time is over, or ctx has.
func (n *Network) await(ctx context.Context, a *attempt, timeout time.Duration) {
	deadline := a.began.Add(timeout)
	for !a.step(time.Now()) {
		next, over := a.next(), false
		if next.IsZero() || next.After(deadline) {
			next, over = deadline, true
		}
		timer := time.NewTimer(time.Until(next))
		select {
		case <-timer.C:
		case <-ctx.Done():
			over = true
		}
		timer.Stop()
		if over {
			a.step(time.Now())
			return
		}
	}
}
