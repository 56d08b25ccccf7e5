//go:build linux

package lab

import (
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { Main(m, remoteFuncs) }

var families = []int{4, 6}

func to(l *Lab, node string, family int, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(l.Addr(node, family), port)
}

func TestTopologies(t *testing.T) {
	for name, c := range map[string]struct {
		options  []Option
		distance int
	}{
		"default":           {nil, 4},
		"one router":        {[]Option{Routers(1)}, 2},
		"two routers":       {[]Option{Routers(2)}, 3},
		"nine routers":      {[]Option{Routers(9), Delay(time.Millisecond)}, 10},
		"second server":     {[]Option{SecondServer()}, 4},
		"asymmetric return": {[]Option{ReturnVia(2)}, 4},
		"equal cost":        {[]Option{EqualCost()}, 4},
		"everything":        {[]Option{Routers(4), SecondServer(), ReturnVia(1), EqualCost()}, 5},
		"no delay":          {[]Option{Delay(0)}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			l := New(t, c.options...)
			if took := time.Since(start); took > 2*time.Second { // about 0.1 s; other work on the machine may take its time
				t.Errorf("set-up took %v", took)
			} else {
				t.Logf("set-up took %v", took)
			}
			l.Listen("server", 80, Hold)
			if l.Distance() != c.distance {
				t.Errorf("Distance() = %d, want %d", l.Distance(), c.distance)
			}
			for _, server := range l.servers() {
				for _, family := range families {
					checkWalk(t, l, server, family, c.distance)
				}
			}
		})
	}
}

// checkWalk expects time exceeded from each router in turn, and an answer from exactly the server's distance.
func checkWalk(t *testing.T, l *Lab, server string, family, distance int) {
	t.Helper()
	for ttl := 1; ttl <= distance; ttl++ {
		r := l.Connect("client", to(l, server, family, 80), ConnectOptions{TTL: ttl})
		if ttl == distance {
			want := unix.Errno(0)
			if server != "server" {
				want = unix.ECONNREFUSED
			}
			if r.Errno != want {
				t.Errorf("%s, IPv%d, TTL %d: %+v, want errno %d", server, family, ttl, r, want)
			}
			continue
		}
		kind := map[int]uint8{4: 11, 6: 3}[family]
		if r.Type != kind || r.Code != 0 || !l.isRouter(r.Offender, ttl) {
			t.Errorf("%s, IPv%d, TTL %d: %+v, want time exceeded from router %d", server, family, ttl, r, ttl)
		}
	}
}

// isRouter tells whether the address is one of the n-th router's, or of r2b's in second place.
func (l *Lab) isRouter(a netip.Addr, n int) bool {
	for _, k := range l.top.links {
		for _, e := range []end{k.a, k.b} {
			if (e.node == l.top.chain[n] || n == 2 && e.node == "r2b") && (e.v4 == a || e.v6 == a) {
				return true
			}
		}
	}
	return false
}

func TestImpossibleTopologies(t *testing.T) {
	for _, c := range []config{{routers: 0}, {routers: 10}, {routers: 1, returnHops: 1}, {routers: 2, equalCost: true}, {routers: 3, returnHops: 10}} {
		if _, err := plan(c); err == nil {
			t.Errorf("plan(%+v) made a network", c)
		}
	}
}

func TestAsymmetricReturn(t *testing.T) {
	t.Parallel()
	l := New(t, ReturnVia(2))
	there, back := l.Capture("r2", TCP, Port(81)), l.Capture("back1", TCP)
	at := l.Capture("client", SYNACK)
	l.Listen("server", 81, Hold)
	for _, family := range families {
		if r := l.Connect("client", to(l, "server", family, 81), ConnectOptions{}); r.Errno != 0 {
			t.Fatalf("IPv%d: %+v", family, r)
		}
	}
	if there.Count(SYN) != 4 || there.Count(SYNACK) != 0 { // in and out of r2, for each family
		t.Errorf("r2 saw %d SYNs and %d SYN-ACKs", there.Count(SYN), there.Count(SYNACK))
	}
	if back.Count(SYNACK) != 4 || back.Count(SYN) != 0 {
		t.Errorf("back1 saw %d SYN-ACKs and %d SYNs", back.Count(SYNACK), back.Count(SYN))
	}
	// r3, back1, back2 and r1 are on the way back.
	if got := at.ByTTL(); got[60] != 2 {
		t.Errorf("SYN-ACKs by TTL: %v, want two of 60", got)
	}
}

func TestEqualCost(t *testing.T) {
	t.Parallel()
	l := New(t, EqualCost())
	a, b := l.Capture("r2", SYN), l.Capture("r2b", SYN)
	for port := range uint16(24) {
		for _, family := range families {
			l.Connect("client", to(l, "server", family, 1000+port), ConnectOptions{})
		}
	}
	for _, match := range []Match{IPv4, IPv6} {
		if a.Count(match) < 4 || b.Count(match) < 4 {
			t.Errorf("SYNs through r2: %d, through r2b: %d; want a share for each", a.Count(match), b.Count(match))
		}
	}
}

func TestNothingIsLeft(t *testing.T) {
	var dir string
	t.Run("lab", func(t *testing.T) { dir = New(t, Routers(1)).dir })
	if dir != "" && reachable(dir) {
		t.Errorf("%s is still there", dir)
	}
}
