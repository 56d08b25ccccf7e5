//go:build linux

package lab

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestRejects checks each reject against the table of errors that Linux makes of them (errno, type, code).
func TestRejects(t *testing.T) {
	for i, c := range []struct {
		action Action
		family int
		errno  unix.Errno
		kind   uint8
		code   uint8
	}{
		{Reject4NetUnreachable, 4, unix.ENETUNREACH, 3, 0},
		{Reject4HostUnreachable, 4, unix.EHOSTUNREACH, 3, 1},
		{Reject4ProtUnreachable, 4, unix.ENOPROTOOPT, 3, 2},
		{Reject4PortUnreachable, 4, unix.ECONNREFUSED, 3, 3},
		{Reject4NetProhibited, 4, unix.ENETUNREACH, 3, 9},
		{Reject4HostProhibited, 4, unix.EHOSTUNREACH, 3, 10},
		{Reject4AdminProhibited, 4, unix.EHOSTUNREACH, 3, 13},
		{RejectAnyPort, 4, unix.ECONNREFUSED, 3, 3},
		{RejectAnyAdmin, 4, unix.EHOSTUNREACH, 3, 13},
		{RejectAnyHost, 4, unix.EHOSTUNREACH, 3, 1},
		{RejectAnyRoute, 4, unix.ENETUNREACH, 3, 0},
		{RejectReset, 4, unix.ECONNREFUSED, 0, 0},
		{Reject6NoRoute, 6, unix.ENETUNREACH, 1, 0},
		{Reject6AdminProhibited, 6, unix.EACCES, 1, 1},
		{Reject6AddrUnreachable, 6, unix.EHOSTUNREACH, 1, 3},
		{Reject6PortUnreachable, 6, unix.ECONNREFUSED, 1, 4},
		{Reject6PolicyFail, 6, unix.EACCES, 1, 5},
		{Reject6RejectRoute, 6, unix.EACCES, 1, 6},
		{RejectAnyPort, 6, unix.ECONNREFUSED, 1, 4},
		{RejectAnyAdmin, 6, unix.EACCES, 1, 1},
		{RejectAnyHost, 6, unix.EHOSTUNREACH, 1, 3},
		{RejectAnyRoute, 6, unix.ENETUNREACH, 1, 0},
		{RejectReset, 6, unix.ECONNREFUSED, 0, 0},
	} {
		t.Run(fmt.Sprintf("IPv%d %s", c.family, c.action), func(t *testing.T) {
			t.Parallel()
			l := New(t)
			port := uint16(3000 + i)
			remove := l.Rule("r2", Forward, fmt.Sprintf("tcp dport %d", port), c.action)
			r := l.Connect("client", to(l, "server", c.family, port), ConnectOptions{})
			offender := l.Addr("r2", c.family)
			if c.kind == 0 {
				offender = netip.Addr{}
			}
			if r.Errno != c.errno || r.Type != c.kind || r.Code != c.code || r.Offender != offender {
				t.Errorf("%+v, want errno %d, %d/%d from %v", r, c.errno, c.kind, c.code, offender)
			}
			if r.After > 10*l.RTT() { // not a second: without RECVERR, IPv6 errors come with the first retransmit
				t.Errorf("after %v, want about the round trip to r2, 9 ms", r.After)
			}
			remove()
			r = l.Connect("client", to(l, "server", c.family, port), ConnectOptions{})
			if r.Errno != unix.ECONNREFUSED || r.Offender.IsValid() || r.After < l.RTT() {
				t.Errorf("without the rule: %+v, want a refusal by the server", r)
			}
		})
	}
}

// TestDrops walks to a port behind a drop and expects the last hop that still answers.
func TestDrops(t *testing.T) {
	for _, c := range []struct {
		node  string
		hook  Hook
		match string
		last  int
	}{
		{"r2", Prerouting, "tcp dport 80", 1},
		{"r2", Forward, "tcp dport 80", 2},
		{"r2", Postrouting, "tcp dport 80", 2},
		{"server", Input, "tcp dport 80", 3},
		{"r2", Forward, "tcp sport 80", 3},
		{"server", Output, "tcp sport 80", 3},
	} {
		t.Run(fmt.Sprintf("%s %s %s", c.node, c.hook, c.match), func(t *testing.T) {
			t.Parallel()
			l := New(t)
			l.Listen("server", 80, Hold)
			l.Rule(c.node, c.hook, c.match, Drop)
			for _, family := range families {
				for ttl := 1; ttl <= 4; ttl++ {
					r := l.Connect("client", to(l, "server", family, 80), ConnectOptions{TTL: ttl, Timeout: 150 * time.Millisecond})
					answered := r.Errno != unix.ETIMEDOUT
					if answered != (ttl <= c.last) || answered && !l.isRouter(r.Offender, ttl) {
						t.Errorf("IPv%d, TTL %d: %+v, want hops up to %d to answer", family, ttl, r, c.last)
					}
				}
			}
		})
	}
}

// TestThisComputer checks the TCP_INFO triple of a SYN that leaves and of one that the own firewall drops.
func TestThisComputer(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Rule("client", Output, "tcp dport 81", Drop)
	l.Rule("client", Output, "tcp dport 82", RejectAnyAdmin)
	l.Rule("r2", Forward, "tcp dport 80", Drop)
	after := ConnectOptions{Timeout: 1300 * time.Millisecond}
	for _, family := range families {
		if r := l.Connect("client", to(l, "server", family, 80), after); r.Errno != unix.ETIMEDOUT || r.Retrans != 1 || r.TotalRetrans < 1 {
			t.Errorf("IPv%d, dropped on the way: %+v", family, r)
		}
		if r := l.Connect("client", to(l, "server", family, 81), after); r.Errno != unix.ETIMEDOUT || r.Retrans != 0 || r.TotalRetrans < 1 {
			t.Errorf("IPv%d, dropped here: %+v", family, r)
		}
		if r := l.Connect("client", to(l, "server", family, 82), after); r.Offender != l.Addr("client", family) || r.After > l.RTT()/2 {
			t.Errorf("IPv%d, rejected here: %+v", family, r)
		}
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Silence("r2")
	for _, family := range families {
		for ttl, want := range map[int]unix.Errno{1: unix.EHOSTUNREACH, 2: unix.ETIMEDOUT, 3: unix.EHOSTUNREACH, 4: unix.ECONNREFUSED} {
			r := l.Connect("client", to(l, "server", family, 80), ConnectOptions{TTL: ttl, Timeout: 200 * time.Millisecond})
			if r.Errno != want {
				t.Errorf("IPv%d, TTL %d: %+v, want errno %d", family, ttl, r, want)
			}
		}
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Listen("server", 22, Banner("server"))
	l.Listen("r2", 4000, Banner("r2"))
	l.Redirect("r2", "tcp dport != 443", 4000)
	for _, family := range families {
		if got := l.hear(t, to(l, "server", family, 22)); got != "r2" {
			t.Errorf("IPv%d: %q answered, want r2", family, got)
		}
		r := l.Connect("client", to(l, "server", family, 60000), ConnectOptions{})
		if r.Errno != 0 || r.After > l.RTT() {
			t.Errorf("IPv%d, a port on which nothing listens: %+v, want an answer by r2", family, r)
		}
		if r := l.Connect("client", to(l, "server", family, 443), ConnectOptions{}); r.Errno != unix.ECONNREFUSED {
			t.Errorf("IPv%d, the port left out: %+v", family, r)
		}
	}
}

// hear connects from the client, whose route the node's wires carry, and reads what comes until the peer is silent.
func (l *Lab) hear(t *testing.T, to netip.AddrPort) string {
	t.Helper()
	conn := l.Dial("client", to)
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	b, _ := io.ReadAll(conn)
	return string(b)
}

func TestDNAT(t *testing.T) {
	t.Parallel()
	l := New(t, SecondServer())
	l.Listen("server2", 80, Banner("server2"))
	l.Listen("server", 80, Banner("server"))
	l.DNAT("r3", 4, "tcp dport 80", l.Addr("server2", 4).String())
	if got := l.hear(t, to(l, "server", 4, 80)); got != "server2" {
		t.Errorf("IPv4: %q answered", got)
	}
	remove := l.DNAT("r3", 6, "tcp dport 80", l.Addr("server2", 6).String())
	if got := l.hear(t, to(l, "server", 6, 80)); got != "server2" {
		t.Errorf("IPv6: %q answered", got)
	}
	remove()
	if got := l.hear(t, to(l, "server", 6, 80)); got != "server" {
		t.Errorf("IPv6, without the rule: %q answered", got)
	}
}

func TestNAT(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.NAT("r1", "r2")
	at := l.Capture("server", SYN)
	for _, family := range families {
		l.Connect("client", to(l, "server", family, 80), ConnectOptions{})
		got := at.Packets(func(p *Packet) bool { return p.Dst.Addr() == l.Addr("server", family) })
		if len(got) != 1 || got[0].Src.Addr() != l.AddrTowards("r1", "r2", family) {
			t.Errorf("IPv%d: the server sees %+v, want r1's outer address", family, got)
		}
	}
}

func TestSYNProxy(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Listen("server", 80, Banner("server"))
	l.SYNProxy("r2", "tcp dport { 80, 81 }")
	r := l.Connect("client", to(l, "server", 4, 81), ConnectOptions{})
	if r.Errno != 0 || r.Window != 0 || r.After > l.RTT() {
		t.Errorf("closed port: %+v, want an early answer with window 0", r)
	}
	if got := l.hear(t, to(l, "server", 4, 80)); got != "server" {
		t.Errorf("open port: %q", got)
	}
}

func TestTwoFirewallsAndChange(t *testing.T) {
	t.Parallel()
	l := New(t)
	removeFirst := l.Rule("r1", Forward, "tcp dport 80", RejectAnyAdmin)
	l.Rule("r3", Forward, "tcp dport 80", RejectAnyPort)
	for _, family := range families {
		if r := l.Connect("client", to(l, "server", family, 80), ConnectOptions{}); r.Offender != l.Addr("r1", family) {
			t.Errorf("IPv%d: %+v, want r1", family, r)
		}
	}
	removeFirst()
	for _, family := range families {
		if r := l.Connect("client", to(l, "server", family, 80), ConnectOptions{}); r.Offender != l.Addr("r3", family) {
			t.Errorf("IPv%d, r1's rule gone: %+v, want r3", family, r)
		}
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	l := New(t)
	for _, family := range families {
		kind, exceeded, noRoute := uint8(3), uint8(11), "192.0.2.9"
		nobody := "203.0.113.99"
		if family == 6 {
			kind, exceeded, noRoute, nobody = 1, 3, "2001:db8:ffff::9", "2001:db8:113::99"
		}
		r := l.Connect("client", netip.AddrPortFrom(netip.MustParseAddr(noRoute), 80), ConnectOptions{})
		if r.Errno != unix.ENETUNREACH || r.Type != kind || r.Code != 0 || !l.isRouter(r.Offender, 3) {
			t.Errorf("IPv%d, no route on r3: %+v", family, r)
		}
		start := time.Now()
		r = l.Connect("client", netip.AddrPortFrom(netip.MustParseAddr(nobody), 80), ConnectOptions{Timeout: 4 * time.Second})
		if code := map[int]uint8{4: 1, 6: 3}[family]; r.Errno != unix.EHOSTUNREACH || r.Code != code || !l.isRouter(r.Offender, 3) || time.Since(start) < 2*time.Second {
			t.Errorf("IPv%d, nobody has the address: %+v", family, r)
		}
		remove := l.Loop("r3", "r2", l.Addr("server", family).String())
		r = l.Connect("client", to(l, "server", family, 80), ConnectOptions{Timeout: 2 * time.Second})
		if r.Errno != unix.EHOSTUNREACH || r.Type != exceeded || r.Code != 0 {
			t.Errorf("IPv%d, loop: %+v", family, r)
		}
		remove()
		if r = l.Connect("client", to(l, "server", family, 80), ConnectOptions{}); r.Errno != unix.ECONNREFUSED {
			t.Errorf("IPv%d, loop gone: %+v", family, r)
		}
	}
}

// TestICMPRateLimit: routers answer few of many connections at once, unless told otherwise; a reset has no limit.
func TestICMPRateLimit(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Rule("r2", Forward, "tcp dport < 5000", RejectAnyAdmin)
	answered := func(family int, first uint16) (n int) {
		var wg sync.WaitGroup
		var count atomic.Int32
		for i := range uint16(40) {
			wg.Go(func() {
				if l.Connect("client", to(l, "server", family, first+i), ConnectOptions{Timeout: 300 * time.Millisecond}).Offender.IsValid() {
					count.Add(1)
				}
			})
		}
		wg.Wait()
		return int(count.Load())
	}
	for i, family := range families {
		if n := answered(family, 1000); n < 1 || n > 20 {
			t.Errorf("IPv%d: %d of 40 answered, want a few", family, n)
		}
		l.Sysctl("r2", []string{"net.ipv4.icmp_ratelimit", "net.ipv6.icmp.ratelimit"}[i], "0")
		if n := answered(family, 2000); n != 40 {
			t.Errorf("IPv%d, without the limit: %d of 40 answered", family, n)
		}
	}
}

func TestNFTErrorNamesTheScript(t *testing.T) {
	l := New(t, Routers(1))
	err := l.node("r1").run("table inet x { chain c { nonsense } }", "nft", "-f", "-")
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("error %v", err)
	}
}
