//go:build linux

package lab

import (
	"net/netip"
	"os"
	"os/exec"
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

// Need skips a test where the computer can't make a lab, or fails it if WHYPORT_TEST_NOSKIP is 1. New calls it; a test whose
// subtests make the labs calls it first.
func Need(t testing.TB) {
	t.Helper()
	why := missing()
	switch {
	case why == "":
	case os.Getenv("WHYPORT_TEST_NOSKIP") == "1":
		t.Fatalf("lab: %s, and WHYPORT_TEST_NOSKIP=1 forbids skipping", why)
	default:
		t.Skipf("lab: %s", why)
	}
}

// New makes a network; everything in it goes with the test, or with the process if that is killed.
// The test is skipped where the computer can't do it, or fails if WHYPORT_TEST_NOSKIP is 1.
func New(t testing.TB, options ...Option) *Lab {
	t.Helper()
	Need(t)
	c := defaults()
	for _, option := range options {
		option(&c)
	}
	top, err := plan(c)
	if err != nil {
		t.Fatal(err)
	}
	l := &Lab{t: t, top: top, nodes: map[string]*namespace{}, published: map[string]string{}}
	t.Cleanup(l.close)
	for _, build := range []func(config) error{l.makeDir, l.makeNodes, l.makeWires, l.configure, l.warm} {
		if err := build(c); err != nil {
			t.Fatalf("lab: %v", err)
		}
	}
	return l
}

// missing says what keeps this computer from making a lab; "" if nothing does.
func missing() string {
	if os.Geteuid() != 0 {
		return "network namespaces need root"
	}
	for _, program := range []string{"ip", "nft", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			return "the program " + program + " is missing (Debian: apt-get install iproute2 nftables util-linux)"
		}
	}
	n, err := newNamespace()
	if err != nil {
		return err.Error()
	}
	defer n.file.Close()
	tap, err := n.openTAP("probe")
	if err != nil {
		return err.Error()
	}
	tap.Close()
	if err := n.do(func() error { return sysctl("net.ipv6.conf.default.accept_dad", "0") }); err != nil {
		return "IPv6 or writable settings are missing: " + err.Error()
	}
	return ""
}

func (l *Lab) close() {
	for _, w := range l.wires {
		w.close()
	}
	for _, n := range l.nodes {
		n.file.Close()
	}
	if l.dir != "" {
		os.RemoveAll(l.dir)
	}
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
