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

	"whyport/probe/socket"
)

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
			to := netip.AddrPortFrom(netip.MustParseAddr("10.2.1.2"), port)
			a, conn := n.Connect(t.Context(), socket.Request{To: to, Timeout: time.Second})
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
		"r2 forward udp dport 53 reject admin-prohibited": "failed EHOSTUNREACH 3/13 from 10.2.1.2 ttl 63 9ms ",
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
		n := network(t, "server listen 22 greet hello", "r2 forward tcp dport 81 drop",
			"r2 forward tcp dport 82 reject admin-prohibited", "client output tcp dport 83 reject tcp-reset")
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
