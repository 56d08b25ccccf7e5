package socket

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// collectAll takes ends until so many have come, or two seconds are over.
func collectAll(b Burst, n int) (ends []End) {
	for until := time.Now().Add(2 * time.Second); len(ends) < n && time.Now().Before(until); {
		ends = b.Collect(10*time.Millisecond, ends)
	}
	return ends
}

func newBurst(t testing.TB, limit int) Burst {
	t.Helper()
	b, err := system.NewBurst(limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestBurst(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			open, closed := serve(t, address), unused(t, address)
			b := newBurst(t, 4)
			// Far more than there is room for: sockets must be good as new after an answer of either kind.
			for round := range 50 {
				want := map[int32]evidence.Outcome{}
				for i := range int32(4) {
					id, to, outcome := int32(round)*4+i, open, evidence.Connected
					if i%2 == 1 {
						to, outcome = closed, evidence.Refused
					}
					if try, ok := b.Send(id, to); !ok {
						t.Fatalf("round %d: no room for %d", round, i)
					} else if want[id] = outcome; try < 0 || try > 3 {
						t.Fatalf("try %d", try)
					}
				}
				if _, ok := b.Send(-1, open); ok {
					t.Fatal("a fifth attempt found room among four")
				}
				ends := collectAll(b, 4)
				for _, e := range ends {
					if want[e.ID] != e.Outcome || e.Local || e.ICMP != nil {
						t.Errorf("round %d: %+v, want %v", round, e, want[e.ID])
					}
					delete(want, e.ID)
				}
				if stale := b.Collect(time.Millisecond, nil); len(stale) > 0 {
					t.Fatalf("round %d: ended twice: %+v", round, stale)
				}
				if len(want) > 0 || b.Room() != 4 {
					t.Fatalf("round %d: %v without an end, room for %d", round, want, b.Room())
				}
			}
		})
	}
}

// TestBurstHeld: the connection of an open port is good for a conversation, or is dropped with a RST.
func TestBurstHeld(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		b := newBurst(t, 1)
		connected := func() (Held, net.Conn) {
			b.Send(1, l.Addr().(*net.TCPAddr).AddrPort())
			peer, err := l.Accept()
			ends := collectAll(b, 1)
			if err != nil || len(ends) != 1 || ends[0].Outcome != evidence.Connected || ends[0].Held == nil {
				t.Fatalf("%s: %v, %+v", address, err, ends)
			}
			return ends[0].Held, peer
		}
		held, peer := connected()
		a, conn := held.Take()
		if conn == nil || a.Outcome != evidence.Connected || a.Source.String() != peer.RemoteAddr().String() {
			t.Fatalf("%s: %+v, the server saw %v", address, a, peer.RemoteAddr())
		}
		buf := make([]byte, 9)
		io.WriteString(peer, "hello")
		if n, err := conn.Read(buf); string(buf[:n]) != "hello" {
			t.Errorf("%s: heard %q, %v", address, buf[:n], err)
		}
		io.WriteString(conn, "well")
		conn.Close()
		if text, err := io.ReadAll(peer); string(text) != "well" || err != nil { // ended in order
			t.Errorf("%s: the server heard %q, %v", address, text, err)
		}
		held, peer = connected()
		held.Drop()
		if _, err := peer.Read(buf); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: after Drop the server sees %v", address, err)
		}
	}
}

// TestBurstFamilies: one socket serves both families in turn.
func TestBurstFamilies(t *testing.T) {
	v4, v6 := unused(t, "127.0.0.1:0"), unused(t, "[::1]:0")
	b := newBurst(t, 1)
	for i, to := range []netip.AddrPort{v4, v6, v4, v6} {
		if _, ok := b.Send(int32(i), to); !ok {
			t.Fatalf("%v: no room", to)
		}
		if ends := collectAll(b, 1); len(ends) != 1 || ends[0].ID != int32(i) || ends[0].Outcome != evidence.Refused {
			t.Fatalf("%v: %+v", to, ends)
		}
	}
}

// TestBurstDrop: a dropped attempt makes room again, has no end, and its socket serves another.
func TestBurstDrop(t *testing.T) {
	silent, closed := silent(t), unused(t, "127.0.0.1:0")
	b := newBurst(t, 2)
	try, ok := b.Send(7, silent)
	if !ok || !b.Holds(try, 7) || b.Holds(try, 8) {
		t.Fatalf("try %d, ok %v", try, ok)
	}
	if ends := b.Collect(50*time.Millisecond, nil); len(ends) > 0 {
		t.Fatalf("a silent port ended: %+v", ends)
	}
	if e, ended := b.Drop(try); ended || b.Holds(try, 7) {
		t.Fatalf("dropped: %+v, %v", e, ended)
	}
	for i := range int32(20) {
		next, ok := b.Send(i, closed)
		if !ok {
			t.Fatalf("%d: no room", i)
		}
		ends := collectAll(b, 1)
		if len(ends) != 1 || ends[0].ID != i || ends[0].Try != next || ends[0].Outcome != evidence.Refused {
			t.Fatalf("%d: %+v", i, ends)
		}
	}
}

// TestBurstSelfConnect: a socket that connects to itself is no server. All ports of the ephemeral range are tried, so
// that the kernel is bound to choose the port under test as source once in a while.
func TestBurstSelfConnect(t *testing.T) {
	b := newBurst(t, 64)
	addr := netip.MustParseAddr("127.0.0.1")   // the source address is the same only here
	for n := range 10 * (61000 - 32768) / 64 { // one pass meets about one in two times
		port := 32768 + 64*n%(61000-32768)
		for i := range 64 {
			b.Send(int32(port+i), netip.AddrPortFrom(addr, uint16(port+i)))
		}
		for _, e := range collectAll(b, 64) {
			if e.Outcome == evidence.Connected && !listens(netip.AddrPortFrom(addr, uint16(e.ID))) {
				t.Errorf("port %d is open and nobody listens", e.ID)
			}
		}
	}
}

func BenchmarkBurst(b *testing.B) {
	burst := newBurst(b, 64)
	addr := netip.MustParseAddr("127.0.0.44")
	b.ReportAllocs()
	var ends []End
	for i := 0; b.Loop(); i++ {
		burst.Send(int32(i), netip.AddrPortFrom(addr, uint16(1+i%1000)))
		if burst.Room() == 0 {
			ends = burst.Collect(time.Millisecond, ends[:0])
		}
	}
}

// listens asks in the plainest way.
func listens(to netip.AddrPort) bool {
	c, err := net.DialTimeout("tcp", to.String(), time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	return c.LocalAddr().String() != c.RemoteAddr().String()
}

// BenchmarkConnect is a refused connection with all its evidence, beside the standard library's without.
func BenchmarkConnect(b *testing.B) {
	to := netip.MustParseAddrPort("127.0.0.44:1")
	b.Run("Connect", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			system.Connect(b.Context(), Request{To: to, Timeout: second})
		}
	})
	b.Run("net.Dialer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if c, err := (&net.Dialer{Timeout: second}).DialContext(b.Context(), "tcp", to.String()); err == nil {
				c.Close()
			}
		}
	})
}
