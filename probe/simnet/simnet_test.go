package simnet

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

const ms = time.Millisecond

// network is the default one with a few more statements.
func network(t *testing.T, statements ...string) *Network {
	t.Helper()
	s, err := Parse(strings.Join(statements, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s.Net
}

func server(port uint16, v6 bool) netip.AddrPort {
	if v6 {
		return netip.AddrPortFrom(netip.MustParseAddr("2001:db8:113::7"), port)
	}
	return netip.AddrPortFrom(netip.MustParseAddr("203.0.113.7"), port)
}

// says is an attempt in a line: outcome, error, ICMP, time.
func says(a evidence.Attempt) string {
	s := string(a.Outcome)
	if a.Errno != "" {
		s += " " + a.Errno
	}
	if a.Local {
		s += " local"
	}
	if i := a.ICMP; i != nil {
		s += fmt.Sprintf(" %d/%d from %v ttl %d", i.Type, i.Code, i.From, i.TTL)
	}
	return s + fmt.Sprintf(" %v", a.Elapsed)
}

func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { inBubble(t, f) })
}

// inBubble lets servers hear of the end of their connections: time stops with f.
func inBubble(t *testing.T, f func(t *testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		f(t)
		time.Sleep(time.Second)
	})
}

// TestErrors: on the wire / errno (type/code), as EVIDENCE's table of a connecting TCP socket.
func TestErrors(t *testing.T) {
	cases := []struct{ rule, v4, v6 string }{
		{"", "refused ECONNREFUSED 27ms", "refused ECONNREFUSED 27ms"},
		{"server input reject port-unreachable",
			"refused ECONNREFUSED 3/3 from 203.0.113.7 ttl 61 27ms",
			"refused ECONNREFUSED 1/4 from 2001:db8:113::7 ttl 61 27ms"},
		{"r2 forward reject host-unreachable",
			"failed EHOSTUNREACH 3/1 from 10.2.1.2 ttl 63 9ms",
			"failed EHOSTUNREACH 1/3 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject no-route", "failed ENETUNREACH 3/0 from 10.2.1.2 ttl 63 9ms", "failed ENETUNREACH 1/0 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject admin-prohibited",
			"failed EHOSTUNREACH 3/13 from 10.2.1.2 ttl 63 9ms",
			"failed EACCES 1/1 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject net-prohibited",
			"failed ENETUNREACH 3/9 from 10.2.1.2 ttl 63 9ms",
			"failed EACCES 1/1 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject host-prohibited",
			"failed EHOSTUNREACH 3/10 from 10.2.1.2 ttl 63 9ms",
			"failed EACCES 1/1 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject prot-unreachable", "failed ENOPROTOOPT 3/2 from 10.2.1.2 ttl 63 9ms", ""},
		{"r2 forward reject policy-fail", "", "failed EACCES 1/5 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject reject-route", "", "failed EACCES 1/6 from fd00:2::2 ttl 63 9ms"},
		{"r3 loops to r2", "failed EHOSTUNREACH 11/0 from 10.2.1.2 ttl 63 257ms", "failed EHOSTUNREACH 3/0 from fd00:2::2 ttl 63 257ms"},
		{"r1 forward reject tcp-reset", "refused ECONNREFUSED 1ms", "refused ECONNREFUSED 1ms"},
		{"r2 forward drop", "silent 1.05s", "silent 1.05s"},
		{"r2 forward ip drop", "silent 1.05s", "refused ECONNREFUSED 27ms"},
		{"r2 forward tcp sport 80 drop", "silent 1.05s", "silent 1.05s"},
		{"r2 forward tcp sport 1024-65535 drop", "silent 1.05s", "silent 1.05s"},
		{"server listen 80 silent", "silent 1.05s", "silent 1.05s"},
		{"server listen 80 hold", "connected 27ms", "connected 27ms"},
		{"server listen 80 cut", "connected ECONNRESET 27ms", "connected ECONNRESET 27ms"},
		// This computer's own doing.
		{"client output tcp drop", "silent 1.05s", "silent 1.05s"},
		{"client output tcp reject tcp-reset", "silent 1.05s", "silent 1.05s"}, // its own RST, too
		{"client output reject admin-prohibited",
			"failed EHOSTUNREACH 3/13 from 10.1.0.2 ttl 64 100µs",
			"failed EACCES 1/1 from fd00:1::2 ttl 64 100µs"},
		{"client output tcp dport 80 reject tcp-reset", "refused ECONNREFUSED 100µs", "refused ECONNREFUSED 100µs"},
		{"client input tcp sport 80 drop", "silent 1.05s", "silent 1.05s"},
		{"client route none", "failed ENETUNREACH local 0s", "failed ENETUNREACH local 0s"},
		{"client route unreachable", "failed EHOSTUNREACH local 0s", "failed EHOSTUNREACH local 0s"},
		{"client route blackhole", "failed EINVAL local 0s", "failed EINVAL local 0s"},
		{"client route prohibit", "failed EACCES local 0s", "failed EACCES local 0s"},
		{"client is 10.1.0.2", "refused ECONNREFUSED 27ms", "failed EADDRNOTAVAIL local 0s"},
		{"client sockets 0", "no-socket 0s", "no-socket 0s"},
	}
	for _, c := range cases {
		bubble(t, c.rule, func(t *testing.T) {
			n := network(t, c.rule)
			for i, want := range []string{c.v4, c.v6} {
				if want == "" {
					continue
				}
				a, conn := n.Connect(t.Context(), socket.Request{To: server(80, i == 1), Timeout: 1050 * ms})
				if got := says(a); got != want || (conn != nil) != (a.Outcome == evidence.Connected && !a.Cut) {
					t.Errorf("got %s, want %s", got, want)
				}
				if conn != nil {
					conn.Close()
				}
			}
		})
	}
}

// TestOwnFirewall: the TCP_INFO triple after the first retransmit.
func TestOwnFirewall(t *testing.T) {
	for rule, want := range map[string]string{
		"r1 forward drop":          "1 1 1", // the SYN left this computer
		"client output tcp drop":   "1 1 0",
		"client lacks 203.0.113.7": "1 0 0", // never left the queue
	} {
		bubble(t, rule, func(t *testing.T) {
			n := network(t, rule)
			a, _ := n.Connect(t.Context(), socket.Request{To: server(80, false), Timeout: 1050 * ms})
			if got := fmt.Sprint(a.TCP.Retransmits, a.TCP.TotalRetrans, a.TCP.Retrans); got != want || a.Outcome != evidence.Silent {
				t.Errorf("%s %s, want %s", a.Outcome, got, want)
			}
			if sent := len(n.Sent()); (sent == 2) != (want == "1 1 1") {
				t.Errorf("%d SYNs left", sent)
			}
		})
	}
}

// TestNeighbour: nobody answers on the own or on the last link for 3.06 s; then all that wait are told.
func TestNeighbour(t *testing.T) {
	for rule, want := range map[string]string{
		"client lacks 203.0.113.99": "failed EHOSTUNREACH 3/1 from 10.1.0.2 ttl 64 3.06s",
		"r3 lacks 203.0.113.99":     "failed EHOSTUNREACH 3/1 from 198.51.100.2 ttl 62 3.077s",
		"":                          "failed ENETUNREACH 3/0 from 198.51.100.2 ttl 62 17ms",
	} {
		bubble(t, rule, func(t *testing.T) {
			n := network(t, rule)
			a, _ := n.Connect(t.Context(), socket.Request{To: netip.MustParseAddrPort("203.0.113.99:80"), Timeout: 5 * time.Second})
			if got := says(a); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestWalk: the hops that answer time-exceeded, and what comes from beyond.
func TestWalk(t *testing.T) {
	for rule, want := range map[string]string{
		"":                                         "1 2 3 refused",
		"server listen 80 hold":                    "1 2 3 connected",
		"r2 prerouting tcp dport 80 drop":          "1 - - -",
		"r2 forward tcp dport 80 drop":             "1 2 - -",
		"r2 postrouting tcp dport 80 drop":         "1 2 - -",
		"server input tcp dport 80 drop":           "1 2 3 -",
		"r2 forward tcp sport 80 drop":             "1 2 3 -",
		"r2 forward tcp dport 80 reject tcp-reset": "1 2 refused refused",
		"r2 forward tcp dport 80 reject no-route":  "1 2 3/0 3/0",
		"r2 silent":                                "1 - 3 refused",
		"r2 route unreachable":                     "1 3/1 3/1 -", // its errors count twice
		"r1-r2 tcp dport 80 reset":                 "1 refused refused refused",
	} {
		bubble(t, rule, func(t *testing.T) {
			n, got := network(t, rule), []string{}
			for ttl := range uint8(4) {
				a, conn := n.Connect(t.Context(), socket.Request{To: server(80, false), TTL: ttl + 1, Timeout: 350 * ms})
				switch i := a.ICMP; {
				case i != nil && i.TimeExceeded() && i.From == n.at(int(ttl+1), packet{}).v4 && i.HopGuess() == ttl+1:
					got = append(got, fmt.Sprint(ttl+1))
				case i != nil:
					got = append(got, fmt.Sprintf("%d/%d", i.Type, i.Code))
				case a.Outcome == evidence.Silent:
					got = append(got, "-")
				default:
					got = append(got, string(a.Outcome))
				}
				if conn != nil {
					conn.Close()
				}
			}
			if got := strings.Join(got, " "); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestArrival: with IP_MINTTL the kernel ignores what arrives with less.
func TestArrival(t *testing.T) {
	for rule, want := range map[string]uint8{
		"":               61,
		"server ttl 128": 125,
		"r1 forward tcp dport 80 reject tcp-reset": 64,
		"r2 forward tcp dport 80 reject tcp-reset": 63,
		"r1-r2 tcp dport 80 reset ttl 255":         254,
		"r3 returns to r1 over 2 hops in 12ms":     60,
	} {
		bubble(t, rule, func(t *testing.T) {
			n := network(t, rule)
			for _, ttl := range []uint8{want, want + 1} {
				a, _ := n.Connect(t.Context(), socket.Request{To: server(80, false), MinTTL: ttl, Timeout: 200 * ms})
				if (a.Outcome == evidence.Refused) != (ttl == want) {
					t.Errorf("at least %d: %s", ttl, says(a))
				}
			}
		})
	}
}

// TestErrorLimit: of 100 ports behind one ICMP reject six are answered at once, then one a second (IPv6: four). A RST
// is not limited, and a route that forbids counts twice.
func TestErrorLimit(t *testing.T) {
	cases := []struct {
		rule    string
		v6      bool
		at, one int // answers at once, and in the three seconds that follow
	}{
		{"r2 forward reject admin-prohibited", false, 6, 3},
		{"r2 forward reject admin-prohibited", true, 6, 12},
		{"r2 route prohibit", false, 2, 1},
		{"r2 forward reject tcp-reset", false, 100, 120},
		{"r2 unlimited\nr2 forward reject admin-prohibited", false, 100, 120},
	}
	for _, c := range cases {
		bubble(t, c.rule, func(t *testing.T) {
			n := network(t, c.rule)
			ask := func() (answered int) {
				a, _ := n.Connect(t.Context(), socket.Request{To: server(80, c.v6), Timeout: 25 * ms})
				if a.Outcome != evidence.Silent {
					answered++
				}
				return answered
			}
			at, one := 0, 0
			begin := time.Now()
			b, _ := n.NewBurst(100)
			for id := range int32(100) {
				b.Send(id, server(80, c.v6))
			}
			at = len(b.Collect(25*ms, nil))
			b.Close()
			time.Sleep(time.Until(begin.Add(25 * ms)))
			for range 120 {
				one += ask()
				time.Sleep(time.Until(begin.Add(25 * ms)))
				begin = begin.Add(25 * ms)
			}
			if at != c.at || one < c.one-1 || one > c.one {
				t.Errorf("%d at once, %d in three seconds; want %d, %d", at, one, c.at, c.one)
			}
		})
	}
}

// TestRetransmits: the kernel repeats a SYN at 1, 2, 3, 4 s; what answers a later one says so.
func TestRetransmits(t *testing.T) {
	bubble(t, "silence", func(t *testing.T) {
		n := network(t, "r1 forward drop")
		n.Connect(t.Context(), socket.Request{To: server(80, false), Timeout: 5 * time.Second})
		var got []time.Duration
		for _, p := range n.Sent() {
			got = append(got, p.After)
		}
		if fmt.Sprint(got) != "[0s 1s 2s 3s 4s]" {
			t.Error(got)
		}
	})
	bubble(t, "answer to the third", func(t *testing.T) {
		n := network(t, "server listen 80 hold", "r1 forward tcp dport 80 over 0.4/second burst 1 drop")
		warm, conn := n.Connect(t.Context(), socket.Request{To: server(80, false), Timeout: time.Second})
		conn.Close()
		a, conn := n.Connect(t.Context(), socket.Request{To: server(80, false), Timeout: 5 * time.Second})
		if conn == nil || a.Elapsed != 3027*ms || a.TCP.TotalRetrans != 3 || a.RoundTrip() != 27*ms {
			t.Fatalf("%s, then %s: %+v", says(warm), says(a), a.TCP)
		}
		conn.Close()
	})
}

// TestLoss: seeded, so that a run is the same each time; another seed loses others.
func TestLoss(t *testing.T) {
	count := func(seed string) (answered int, which string) {
		synctest.Test(t, func(t *testing.T) {
			n := network(t, seed, "r1-r2 loss 30%")
			for port := range uint16(1000) {
				a, _ := n.Connect(t.Context(), socket.Request{To: server(port+1, false), Timeout: 30 * ms})
				if a.Outcome == evidence.Refused {
					answered++
				}
				which += string(a.Outcome)
			}
		})
		return answered, which
	}
	n1, first := count("seed 1")
	if n1 < 440 || n1 > 540 { // 0.7 squared: both ways
		t.Errorf("%d of 1000 answered, want about 490", n1)
	}
	if _, again := count("seed 1"); first != again {
		t.Error("the same seed lost other packets")
	}
	if _, other := count("seed 2"); first == other {
		t.Error("another seed lost the same packets")
	}
}

// TestEqualCost: the ports choose the way.
func TestEqualCost(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		n := network(t, "hop 1 gw 10.1.0.1 1ms", "hop 2 a 10.2.1.2 9ms", "hop 2 b 10.2.2.2 9ms", "hop 3 server 203.0.113.7 17ms")
		seen := map[netip.Addr]int{}
		for port := range uint16(40) {
			a, _ := n.Connect(t.Context(), socket.Request{To: server(port, false), TTL: 2, Timeout: time.Second})
			if a.ICMP == nil {
				t.Fatal(says(a))
			}
			seen[a.ICMP.From]++
			time.Sleep(time.Second)
		}
		if len(seen) != 2 || seen[netip.MustParseAddr("10.2.1.2")] < 8 || seen[netip.MustParseAddr("10.2.2.2")] < 8 {
			t.Error(seen)
		}
	})
}

// TestLimits: so many new connections a second, and shut out after so many.
func TestLimits(t *testing.T) {
	bubble(t, "over", func(t *testing.T) {
		n := network(t, "r2 forward tcp over 10/second burst 5 drop")
		b, _ := n.NewBurst(200)
		for id := range int32(100) {
			b.Send(id, server(uint16(1+id), false))
			time.Sleep(10 * ms)
		}
		ends := b.Collect(0, nil)
		b.Close()
		if len(ends) < 12 || len(ends) > 15 {
			t.Errorf("%d answers in a second, want 10 and a few", len(ends))
		}
	})
	bubble(t, "after", func(t *testing.T) {
		n := network(t, "server input tcp after 20 for 60s drop")
		ask := func() evidence.Outcome {
			a, _ := n.Connect(t.Context(), socket.Request{To: server(80, false), Timeout: 100 * ms})
			return a.Outcome
		}
		answered := 0
		for range 50 {
			if ask() == evidence.Refused {
				answered++
			}
		}
		time.Sleep(time.Minute)
		if again := ask(); answered != 20 || again != evidence.Refused {
			t.Errorf("%d answered, a minute later %s", answered, again)
		}
	})
}
