package simnet

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// Network is a simulated network, seen from its client. It implements socket.Network. All methods belong into one
// testing/synctest bubble.
type Network struct {
	client *node
	hops   [][]*node        // by distance from the client, from 1; several at one distance: equal-cost paths
	wires  map[string]*wire // by the names of its ends, the client's side first: "r1-r2"
	seed   uint64
	naps   []nap

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

// distance is the hop that has an address; one more than the last if none has.
func (n *Network) distance(a netip.Addr) int {
	for i, nodes := range n.hops {
		if slices.ContainsFunc(nodes, func(o *node) bool { return slices.Contains(o.addresses(), a) }) {
			return i + 1
		}
	}
	return len(n.hops) + 1
}

// at is the node at a hop that a packet's ports and addresses lead to.
func (n *Network) at(hop int, p packet) *node {
	if hop == 0 {
		return n.client
	}
	nodes := n.hops[hop-1]
	if len(nodes) == 1 {
		return nodes[0]
	}
	flow := &Network{seed: n.seed} // the same for each packet of a flow
	return nodes[flow.draw("path", hop, p.from, p.to, p.protocol)%uint64(len(nodes))]
}

func (n *Network) wire(a, b string) *wire {
	if w := n.wires[a+"-"+b]; w != nil {
		return w
	}
	return &wire{}
}

// distanceOf is the hop of a node; 0 if there is none.
func (n *Network) distanceOf(name string) int {
	for i, nodes := range n.hops {
		if slices.ContainsFunc(nodes, func(o *node) bool { return o.name == name }) {
			return i + 1
		}
	}
	return 0
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
