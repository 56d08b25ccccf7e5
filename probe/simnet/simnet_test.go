package simnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
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
		{"server input reject port-unreachable", "refused ECONNREFUSED 3/3 from 203.0.113.7 ttl 61 27ms", "refused ECONNREFUSED 1/4 from 2001:db8:113::7 ttl 61 27ms"},
		{"r2 forward reject host-unreachable", "failed EHOSTUNREACH 3/1 from 100.64.1.2 ttl 63 9ms", "failed EHOSTUNREACH 1/3 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject no-route", "failed ENETUNREACH 3/0 from 100.64.1.2 ttl 63 9ms", "failed ENETUNREACH 1/0 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject admin-prohibited", "failed EHOSTUNREACH 3/13 from 100.64.1.2 ttl 63 9ms", "failed EACCES 1/1 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject net-prohibited", "failed ENETUNREACH 3/9 from 100.64.1.2 ttl 63 9ms", "failed EACCES 1/1 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject host-prohibited", "failed EHOSTUNREACH 3/10 from 100.64.1.2 ttl 63 9ms", "failed EACCES 1/1 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject prot-unreachable", "failed ENOPROTOOPT 3/2 from 100.64.1.2 ttl 63 9ms", ""},
		{"r2 forward reject policy-fail", "", "failed EACCES 1/5 from fd00:2::2 ttl 63 9ms"},
		{"r2 forward reject reject-route", "", "failed EACCES 1/6 from fd00:2::2 ttl 63 9ms"},
		{"r3 loops to r2", "failed EHOSTUNREACH 11/0 from 100.64.1.2 ttl 63 257ms", "failed EHOSTUNREACH 3/0 from fd00:2::2 ttl 63 257ms"},
		{"r1 forward reject tcp-reset", "refused ECONNREFUSED 1ms", "refused ECONNREFUSED 1ms"},
		{"r2 forward drop", "silent 1.05s", "silent 1.05s"},
		{"r2 forward ip drop", "silent 1.05s", "refused ECONNREFUSED 27ms"},
		{"r2 forward tcp sport 80 drop", "silent 1.05s", "silent 1.05s"},
		{"r2 forward tcp sport 1024-65535 drop", "silent 1.05s", "silent 1.05s"},
		{"server listen 80 silent", "silent 1.05s", "silent 1.05s"},
		{"server listen 80 hold", "connected 27ms", "connected 27ms"},
		// This computer's own doing.
		{"client output tcp drop", "silent 1.05s", "silent 1.05s"},
		{"client output tcp reject tcp-reset", "silent 1.05s", "silent 1.05s"}, // its own RST, too
		{"client output reject admin-prohibited", "failed EHOSTUNREACH 3/13 from 10.1.0.2 ttl 64 100µs", "failed EACCES 1/1 from fd00:1::2 ttl 64 100µs"},
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
				if got := says(a); got != want || (conn != nil) != (a.Outcome == evidence.Connected) {
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
		n := network(t, "hop 1 gw 10.1.0.1 1ms", "hop 2 a 100.64.1.2 9ms", "hop 2 b 100.64.2.2 9ms", "hop 3 server 203.0.113.7 17ms")
		seen := map[netip.Addr]int{}
		for port := range uint16(40) {
			a, _ := n.Connect(t.Context(), socket.Request{To: server(port, false), TTL: 2, Timeout: time.Second})
			if a.ICMP == nil {
				t.Fatal(says(a))
			}
			seen[a.ICMP.From]++
			time.Sleep(time.Second)
		}
		if len(seen) != 2 || seen[netip.MustParseAddr("100.64.1.2")] < 8 || seen[netip.MustParseAddr("100.64.2.2")] < 8 {
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

// TestDevices: what answers in the server's name.
func TestDevices(t *testing.T) {
	cases := []struct {
		rules   string
		elapsed time.Duration
		window  uint32
		says    string // what comes within a second of the client's first words
	}{
		{"server listen 80 greet hello", 27 * ms, window, "hello"},
		{"server listen 80 http 204", 27 * ms, window, "HTTP/1.1 204"},
		{"server listen 80 close", 27 * ms, window, "EOF"},
		{"server listen 80 reset", 27 * ms, window, "connection reset"},
		{"r1-r2 tcp dport 80 answer window 0", 1 * ms, 0, "i/o timeout"},
		{"r2 listen 7777 hold\nr2 prerouting tcp redirect 7777", 9 * ms, window, "i/o timeout"},
		{"r2 forward tcp synproxy\nserver listen 80 greet hello", 9 * ms, 0, "hello"},
		{"r2 forward tcp synproxy", 9 * ms, 0, "connection reset"},
		{"r2 forward tcp synproxy\nr3 forward tcp drop", 9 * ms, 0, "i/o timeout"},
	}
	for _, c := range cases {
		bubble(t, c.rules, func(t *testing.T) {
			n := network(t, c.rules)
			a, conn := n.Connect(t.Context(), socket.Request{To: server(80, false), Timeout: time.Second})
			if conn == nil || a.Elapsed != c.elapsed || a.TCP.SndWnd != c.window {
				t.Fatalf("%s, window %d", says(a), a.TCP.SndWnd)
			}
			defer conn.Close()
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			conn.SetReadDeadline(time.Now().Add(time.Second))
			b := make([]byte, 100)
			k, err := conn.Read(b)
			if got := string(b[:k]) + fmt.Sprint(err); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}

// TestPortForwarding: a router's own address, one port of which leads to the server behind it.
func TestPortForwarding(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		n := network(t, "server listen 22 hold", "r2 prerouting tcp dport 22 dnat server")
		for port, want := range map[uint16]string{22: "connected 27ms", 80: "refused ECONNREFUSED 9ms"} {
			a, conn := n.Connect(t.Context(), socket.Request{To: netip.AddrPortFrom(netip.MustParseAddr("100.64.1.2"), port), Timeout: time.Second})
			if says(a) != want {
				t.Errorf("%d: %s", port, says(a))
			}
			if conn != nil {
				conn.Close()
			}
		}
	})
}

func TestExchange(t *testing.T) {
	for rule, want := range map[string]string{
		"server listen 53/udp echo":    "connected 27ms hi",
		"":                             "failed ECONNREFUSED 3/3 from 203.0.113.7 ttl 61 27ms ",
		"r2 forward udp dport 53 drop": "silent 500ms ",
		"r2 forward udp dport 53 reject admin-prohibited": "failed EHOSTUNREACH 3/13 from 100.64.1.2 ttl 63 9ms ",
		"client output udp drop":                          "failed EPERM local 0s ",
		"client output udp reject port-unreachable":       "failed ECONNREFUSED 3/3 from 10.1.0.2 ttl 64 100µs ",
	} {
		bubble(t, rule, func(t *testing.T) {
			a, reply := network(t, rule).Exchange(t.Context(), socket.Request{To: server(53, false), Timeout: 500 * ms}, []byte("hi"))
			if got := says(a) + " " + string(reply); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestInterrupted: at once, but an answer that is there counts.
func TestInterrupted(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		n := network(t, "r2 forward tcp dport 81 drop")
		for port, want := range map[uint16]string{81: "interrupted 27ms", 80: "refused ECONNREFUSED 27ms"} {
			ctx, cancel := context.WithTimeout(t.Context(), 27*ms)
			a, _ := n.Connect(ctx, socket.Request{To: server(port, false), Timeout: time.Second})
			if says(a) != want {
				t.Errorf("%d: %s", port, says(a))
			}
			cancel()
		}
	})
}

// TestBurst: what a sweep sees is what Connect sees; ends come in the order of time, a dropped attempt has none.
func TestBurst(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		n := network(t, "server listen 22 greet hello", "r2 forward tcp dport 81 drop", "r2 forward tcp dport 82 reject admin-prohibited", "client output tcp dport 83 reject tcp-reset")
		b, err := n.NewBurst(5)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		tries := map[int32]int32{}
		for _, port := range []int32{22, 80, 81, 82, 83} {
			try, ok := b.Send(port, server(uint16(port), false))
			if tries[port] = try; !ok {
				t.Fatal(port)
			}
		}
		if _, ok := b.Send(84, server(84, false)); ok || b.Room() != 0 {
			t.Error("a sixth socket")
		}
		var got []string
		for begin := time.Now(); time.Since(begin) < 100*ms; {
			for _, e := range b.Collect(100*ms, nil) {
				got = append(got, fmt.Sprintf("%d %s %v", e.ID, e.Outcome, time.Since(begin)))
				if e.Held != nil {
					a, conn := e.Held.Take()
					line := make([]byte, 5)
					if _, err := io.ReadFull(conn, line); err != nil || string(line) != "hello" || a.TCP.RTT != 27*ms {
						t.Errorf("%q, %v, %v", line, err, a.TCP.RTT)
					}
					conn.Close()
				}
			}
		}
		want := "83 refused 100µs, 82 failed 9ms, 22 connected 27ms, 80 refused 27ms"
		if got := strings.Join(got, ", "); got != want && got != "83 refused 100µs, 82 failed 9ms, 80 refused 27ms, 22 connected 27ms" {
			t.Errorf("got %s, want %s", got, want)
		}
		if !b.Holds(tries[81], 81) || b.Holds(tries[80], 80) {
			t.Error("only 81 is under way")
		}
		if _, ended := b.Drop(tries[81]); ended || b.Holds(tries[81], 81) || b.Room() != 5 {
			t.Error("81 was not given up")
		}
	})
}

// TestConnection: latency, deadlines, both ways to end.
func TestConnection(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		n := network(t, "server listen 7 echo")
		_, conn := n.Connect(t.Context(), socket.Request{To: server(7, false), Timeout: time.Second})
		begin, b := time.Now(), make([]byte, 10)
		io.WriteString(conn, "ping")
		if k, err := conn.Read(b); string(b[:k]) != "ping" || err != nil || time.Since(begin) != 27*ms {
			t.Errorf("%q %v after %v", b[:k], err, time.Since(begin))
		}
		conn.SetDeadline(time.Now().Add(50 * ms))
		_, err := conn.Read(b)
		if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
			t.Error(err)
		}
		conn.SetDeadline(time.Time{})
		conn.(interface{ CloseWrite() error }).CloseWrite()
		if _, err := conn.Read(b); err != io.EOF {
			t.Error(err)
		}
		conn.Close()
		if _, err := conn.Write(b); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}

// TestReset: Abort's end is the other's ECONNRESET, then EPIPE.
func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up, down, b := newStream(), newStream(), make([]byte, 10)
		near, far := &conn{delay: ms, in: down, out: up}, &conn{delay: ms, in: up, out: down}
		socket.Abort(near)
		if _, err := far.Read(b); !errors.Is(err, syscall.ECONNRESET) {
			t.Error(err)
		}
		if _, err := far.Write(b); !errors.Is(err, syscall.EPIPE) {
			t.Error(err)
		}
	})
}

// TestParse: what is wrong is said with its line.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"r9 forward drop":               "line 1, \"r9 forward drop\": a statement begins with a node",
		"\nr2 forward tcp dport x drop": "line 2",
		"r2 forward tcp":                "ends with what it does",
		"r2 forward reject nonsense":    "no ICMP error",
		"r2 forward drop tcp":           "stands behind",
		"r2 flies":                      "unknown verb",
		"server listen 80 sing":         "a service is",
		"hop 2 r1 10.0.0.1 1ms":         "numbered from 1",
		"r3 loops to nobody":            "does not exist",
		"r3 returns to r1":              "",
		"at nowhere":                    "neither a node",
		"seed x":                        "is no value",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
