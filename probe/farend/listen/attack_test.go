package listen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/services/mistake"
)

// opened is a listener on one TCP and one UDP port of loopback.
func opened(t *testing.T) (l *Listener, tcp, udp string) {
	t.Helper()
	tcp, udp = free(t), free(t)
	port := func(at string) uint16 { return netip.MustParseAddrPort(at).Port() }
	l, err := Open(t.Context(), Options{
		Token: farend.NewToken(), Bind: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
		Ports: []Port{{port(tcp), evidence.TCP}, {port(udp), evidence.UDP}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return l, tcp, udp
}

func free(t *testing.T) string {
	t.Helper()
	s, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.Addr().String()
}

// said is what a listener says to some bytes, until it hangs up or keeps silent.
func said(t *testing.T, network, to string, data []byte) []byte {
	t.Helper()
	c, err := net.Dial(network, to)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(300 * time.Millisecond))
	c.Write(data)
	buf := make([]byte, 64<<10)
	n, _ := io.ReadAtLeast(c, buf, 1)
	return buf[:n]
}

func question() *farend.Question { return &farend.Question{Nonce: farend.Nonce(), Run: farend.Nonce()} }

// Strangers learn nothing from a question; who has the token is answered once.
func TestReplayAndForeignTokens(t *testing.T) {
	l, tcp, udp := opened(t)
	for network, to := range map[string]string{"tcp": tcp, "udp": udp} {
		own := l.options.Token.Question(question(), 1200)
		if got := said(t, network, to, own); !bytes.HasPrefix(got, []byte(farend.Magic)) {
			t.Errorf("%s: no answer to the token: %q", network, got)
		}
		if got := said(t, network, to, own); len(got) > 0 {
			t.Errorf("%s: a replay is answered: %q", network, got)
		}
		foreign := farend.NewToken()
		if got := said(t, network, to, foreign.Question(question(), 1200)); len(got) > 0 {
			t.Errorf("%s: a foreign token is answered: %q", network, got)
		}
	}
}

// No datagram is answered with more bytes than it has, whatever it asks.
func TestNoAmplification(t *testing.T) {
	l, _, udp := opened(t)
	answered := 0
	for size := 0; size <= 1400; size += 100 {
		q := question()
		for p := range uint16(size / 40) {
			q.Ports = append(q.Ports, farend.PortAsked{Port: p, Protocol: evidence.UDP})
		}
		frame := l.options.Token.Question(q, size)
		got := said(t, "udp", udp, frame)
		if answered += min(1, len(got)); len(got) > len(frame) {
			t.Errorf("%d bytes are answered with %d", len(frame), len(got))
		}
	}
	for _, stranger := range []string{"", "x", farend.Magic, "GET / HTTP/1.0\r\n\r\n", "\x16\x03\x01" + strings.Repeat("x", 600)} {
		if got := said(t, "udp", udp, []byte(stranger)); len(got) > 0 {
			t.Errorf("%q over UDP is answered", stranger)
		}
	}
	if answered == 0 {
		t.Error("nothing at all was answered")
	}
}

// A flood of one address is held back, and others are still served.
func TestFloodIsHeldBack(t *testing.T) {
	now := time.Now()
	l := limits{now: func() time.Time { return now }}
	flood, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	n := 0
	for range 10_000 {
		if l.allow(flood) {
			n++
		}
	}
	if n > burstOfAddress {
		t.Errorf("%d answers at once", n)
	}
	if !l.allow(other) {
		t.Error("others are not served")
	}
	if now = now.Add(time.Second); !l.allow(flood) {
		t.Error("it is never served again")
	}
	b := book{}
	for i := range 3 * maxEntries {
		b.note(Port{443, evidence.TCP}, netip.AddrPortFrom(flood, uint16(i)), mark{syn: true})
		b.note(Port{uint16(i >> 16), evidence.TCP}, netip.AddrPortFrom(flood, uint16(i)), mark{syn: true})
	}
	if len(b.entries) > maxOfAddress {
		t.Errorf("one address fills %d entries", len(b.entries))
	}
	for i := range 3 * maxEntries {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		b.note(Port{443, evidence.TCP}, netip.AddrPortFrom(a, 1), mark{syn: true})
	}
	if len(b.entries) > maxEntries || len(b.per) > maxEntries {
		t.Errorf("%d entries of %d addresses", len(b.entries), len(b.per))
	}
}

// TestPortInUse: who holds it is named.
func TestPortInUse(t *testing.T) {
	s, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := s.Addr().(*net.TCPAddr).AddrPort()
	l, err := Open(t.Context(), Options{Token: farend.NewToken(), Bind: []netip.Addr{at.Addr()}, Ports: []Port{{at.Port(), evidence.TCP}}})
	if err == nil {
		l.Close()
		t.Fatal("it is taken twice")
	}
	named := !tellsHalfOpen() || strings.Contains(err.Error(), fmt.Sprintf("(process %d)", os.Getpid()))
	if _, is := errors.AsType[*mistake.Error](err); !is || !named {
		t.Errorf("%v", err)
	}
}

func FuzzReadSYN(f *testing.F) {
	f.Add([]byte{0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0, 80, 1, 187, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, data []byte, out bool) {
		if p, ok := readSYN(data, out); ok && (!p.local.Addr().IsValid() || p.out != out) {
			t.Errorf("%+v", p)
		}
	})
}
