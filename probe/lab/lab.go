//go:build linux

package lab

import (
	"net/netip"
	"slices"
	"testing"
	"time"
)

// Lab is a network of namespaces; use its methods from the test's goroutine. It is gone when the test ends.
type Lab struct {
	t     testing.TB
	top   *topology
	nodes map[string]*namespace
	wires []*Wire
	dir   string // readable by the unprivileged user
	// published maps files to their copies there.
	published map[string]string
	rules     int
}

func (l *Lab) servers() []string {
	if slices.Contains(l.top.nodes, "server2") {
		return []string{"server", "server2"}
	}
	return []string{"server"}
}

func (l *Lab) node(name string) *namespace {
	l.t.Helper()
	n := l.nodes[name]
	if n == nil {
		l.t.Fatalf("lab: no node %q; there are %v", name, l.top.nodes)
	}
	return n
}

// Addr is a node's address of the family (4 or 6) on the client's side: what a trace from the client shows.
func (l *Lab) Addr(node string, family int) netip.Addr {
	l.t.Helper()
	l.node(node)
	e, _ := l.top.first(node)
	if family == 6 {
		return e.v6
	}
	return e.v4
}

// AddrTowards is a node's address on its wire with a neighbour.
func (l *Lab) AddrTowards(node, neighbour string, family int) netip.Addr {
	l.t.Helper()
	e := l.top.between(node, neighbour)
	if e.node == "" {
		l.t.Fatalf("lab: no wire between %s and %s", node, neighbour)
	}
	if family == 6 {
		return e.v6
	}
	return e.v4
}

// Distance is the hop count of the server: a SYN with this TTL arrives, one with less does not.
func (l *Lab) Distance() int { return len(l.top.chain) - 1 }

// RTT is the round-trip time to the server that the delays of New add up to.
func (l *Lab) RTT() time.Duration {
	var sum time.Duration
	for _, k := range l.top.links[:l.Distance()] {
		sum += 2 * k.delay
	}
	return sum
}

// In runs f with the goroutine's thread in the node's namespace. Goroutines started by f are NOT there: do nothing in
// it but open sockets or start processes. Code under test belongs into Command or Remote.
func (l *Lab) In(node string, f func() error) error {
	l.t.Helper()
	return l.node(node).do(f)
}

// Client is In for the client; an error ends the test.
func (l *Lab) Client(f func() error) {
	l.t.Helper()
	if err := l.In("client", f); err != nil {
		l.t.Fatal(err)
	}
}

// IP runs "ip -batch" with the script in the node; an error ends the test. Devices are named to-NEIGHBOUR.
func (l *Lab) IP(node, script string) {
	l.t.Helper()
	if err := l.node(node).run(script, "ip", "-batch", "-"); err != nil {
		l.t.Fatal(err)
	}
}

// Sysctl sets a kernel setting of the node, such as net.ipv4.ping_group_range; an error ends the test.
func (l *Lab) Sysctl(node, key, value string) {
	l.t.Helper()
	if err := l.In(node, func() error { return sysctl(key, value) }); err != nil {
		l.t.Fatal(err)
	}
}
