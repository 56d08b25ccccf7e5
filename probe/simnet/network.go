package simnet

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

var _ socket.Network = (*Network)(nil)

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

// Links implements socket.Network: the client's network is a /24 or /64.
func (n *Network) Links() (out []evidence.Link) {
	for _, a := range n.client.addresses() {
		bits := 64
		if a.Is4() {
			bits = 24
		}
		out = append(out, evidence.Link{Interface: "eth0", Prefix: netip.PrefixFrom(a, bits)})
	}
	return out
}

// Neighbour is what the client's neighbour table says of an address once it has been asked for.
func (n *Network) Neighbour(a netip.Addr) evidence.Neighbour {
	switch {
	case slices.Contains(n.client.missing, a):
		return evidence.NeighbourFailed
	case n.distance(a) == 1:
		return evidence.NeighbourReachable
	}
	return ""
}

// start takes a socket and sends the first packet; the attempt that comes back instead has ended without one.
func (n *Network) start(r socket.Request, protocol evidence.Protocol) (*attempt, evidence.Attempt) {
	n.rest()
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
	errors := map[string]string{"none": "ENETUNREACH", "unreachable": "EHOSTUNREACH", "prohibit": "EACCES", "blackhole": "EINVAL"}
	return errors[n.client.route]
}

// ephemeral is a source port that does not depend on which goroutine came first.
func (n *Network) ephemeral(r socket.Request, now time.Time) uint16 {
	if r.FromPort > 0 {
		return r.FromPort
	}
	return uint16(32768 + n.draw("port", r.To, r.TTL, r.MinTTL, now)%28000)
}

// await lets time pass until the attempt has ended, its time is over, or ctx has.
func (n *Network) await(ctx context.Context, a *attempt, timeout time.Duration) {
	deadline := a.began.Add(timeout)
	defer n.rest()
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
