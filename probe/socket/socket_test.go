package socket

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"whyport/probe/evidence"
)

var system System

const second = time.Second

// serve accepts connections on a loopback address, answers each with a word, and closes it.
func serve(t *testing.T, address string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "hello")
			c.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// unused is a port that was free a moment ago.
func unused(t *testing.T, address string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func TestConnectOpen(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		to := serve(t, address)
		a, conn := system.Connect(t.Context(), Request{To: to, Timeout: second, TTL: 7, MSS: 600, Epoch: time.Now().Add(-second)})
		if a.Outcome != evidence.Connected || conn == nil {
			t.Fatalf("%v: %+v", to, a)
		}
		defer conn.Close()
		if a.Errno != "" || a.ICMP != nil || a.Local || a.TTL != 7 || a.Elapsed <= 0 || a.Started < second {
			t.Errorf("%v: %+v", to, a)
		}
		if a.Source.Addr() != to.Addr() || a.Source.String() != conn.LocalAddr().String() {
			t.Errorf("%v: source %v, the connection's is %v", to, a.Source, conn.LocalAddr())
		}
		conn.SetDeadline(time.Now().Add(second))
		if b, err := io.ReadAll(conn); string(b) != "hello" {
			t.Errorf("%v said %q, %v", to, b, err)
		}
	}
}

func TestConnectClosed(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		a, conn := system.Connect(t.Context(), Request{To: unused(t, address), Timeout: 5 * second})
		if conn != nil || a.Outcome != evidence.Refused || a.Errno != "ECONNREFUSED" || a.ICMP != nil || a.Local {
			t.Errorf("%s: %+v", address, a)
		}
		if a.Elapsed <= 0 || a.Elapsed > second {
			t.Errorf("%s: refused only after %v", address, a.Elapsed)
		}
		if a.Source.Port() == 0 || !a.Source.Addr().IsLoopback() {
			t.Errorf("%s: source %v", address, a.Source)
		}
		if a.Unattributed == knowsRST {
			t.Errorf("%s: unattributed is %v", address, a.Unattributed)
		}
	}
}

func TestConnectSourceAddress(t *testing.T) {
	to := serve(t, "127.0.0.1:0")
	from := netip.MustParseAddr("127.0.0.2")
	a, conn := system.Connect(t.Context(), Request{To: to, From: from, Timeout: second})
	if conn == nil || a.Source.Addr() != from || conn.LocalAddr().String() != a.Source.String() {
		t.Fatalf("%+v", a)
	}
	conn.Close()
}

// An address of a range for documentation (RFC 5737) that no interface has: bind fails, nothing is sent.
func TestConnectWrongSource(t *testing.T) {
	to := serve(t, "127.0.0.1:0")
	for from, errno := range map[string]string{"192.0.2.1": "EADDRNOTAVAIL", "::1": "EAFNOSUPPORT"} {
		a, conn := system.Connect(t.Context(), Request{To: to, From: netip.MustParseAddr(from), Timeout: second})
		if conn != nil || a.Outcome != evidence.Failed || !a.Local || a.Errno != errno {
			t.Errorf("from %s: %+v", from, a)
		}
	}
}

func TestConnectCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a, conn := system.Connect(ctx, Request{To: serve(t, "127.0.0.1:0"), Timeout: second})
	if conn != nil { // the handshake on loopback may be quicker than the look at the context
		conn.Close()
	} else if a.Outcome != evidence.Interrupted {
		t.Errorf("%+v", a)
	}
}

func TestAbortResets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, conn := system.Connect(t.Context(), Request{To: l.Addr().(*net.TCPAddr).AddrPort(), Timeout: second})
	if conn == nil {
		t.Fatal("no connection")
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	Abort(conn)
	c.SetDeadline(time.Now().Add(second))
	if _, err := c.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("the server saw %v, want a reset", err)
	}
}

// echo answers datagrams with themselves, in the given length.
func echo(t *testing.T, address string, length int) netip.AddrPort {
	t.Helper()
	p, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	go func() {
		buf := make([]byte, 8192)
		for {
			_, from, err := p.ReadFrom(buf)
			if err != nil {
				return
			}
			p.WriteTo(buf[:length], from)
		}
	}()
	return p.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestExchange(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		a, reply := system.Exchange(t.Context(), Request{To: echo(t, address, 4), Timeout: second}, []byte("ping"))
		if a.Outcome != evidence.Connected || string(reply) != "ping" || !a.Source.IsValid() || a.Errno != "" || a.Elapsed <= 0 {
			t.Errorf("%s: %q %+v", address, reply, a)
		}
	}
	a, reply := system.Exchange(t.Context(), Request{To: echo(t, "127.0.0.1:0", 6000), Timeout: second}, []byte("ping"))
	if len(reply) != 2048 {
		t.Errorf("%d bytes of a long reply: %+v", len(reply), a)
	}
	a, reply = system.Exchange(t.Context(), Request{To: echo(t, "127.0.0.1:0", 0), Timeout: second}, nil)
	if a.Outcome != evidence.Connected || len(reply) != 0 {
		t.Errorf("%q for an empty reply: %+v", reply, a)
	}
}

// A socket whose port happens to be the one under test gets its own datagram back. All ports of Linux's ephemeral range
// are tried, so that the kernel chooses the one under test about once in a pass.
func TestExchangeWithItself(t *testing.T) {
	addr := netip.MustParseAddr("127.0.0.1")
	for n := range 3 * (61000 - 32768) {
		to := netip.AddrPortFrom(addr, uint16(32768+n%(61000-32768)))
		a, _ := system.Exchange(t.Context(), Request{To: to, Timeout: 50 * time.Millisecond}, []byte("?"))
		if a.Outcome == evidence.Connected && a.Source == to {
			t.Fatalf("%+v", a)
		}
	}
}

func TestExchangeWrongSource(t *testing.T) {
	to := echo(t, "127.0.0.1:0", 4)
	for from, errno := range map[string]string{"192.0.2.1": "EADDRNOTAVAIL", "::1": "EAFNOSUPPORT"} {
		a, _ := system.Exchange(t.Context(), Request{To: to, From: netip.MustParseAddr(from), Timeout: second}, nil)
		if a.Outcome != evidence.Failed || !a.Local || a.Errno != errno {
			t.Errorf("from %s: %+v", from, a)
		}
	}
}

func TestExchangeTooLongToSend(t *testing.T) {
	a, _ := system.Exchange(t.Context(), Request{To: echo(t, "127.0.0.1:0", 4), Timeout: second}, make([]byte, 1<<17))
	if a.Outcome != evidence.Failed || a.Errno != "EMSGSIZE" || !a.Local {
		t.Errorf("%+v", a)
	}
}

func TestExchangeRefused(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		p, err := net.ListenPacket("udp", address)
		if err != nil {
			t.Fatal(err)
		}
		to := p.LocalAddr().(*net.UDPAddr).AddrPort()
		p.Close()
		a, reply := system.Exchange(t.Context(), Request{To: to, Timeout: second}, []byte("ping"))
		if !a.Outcome.Answered() || a.Outcome == evidence.Connected || a.Errno != "ECONNREFUSED" && a.ICMP == nil || a.Local || reply != nil {
			t.Errorf("%s: %q %+v", address, reply, a)
		}
	}
}

func TestExchangeSilent(t *testing.T) {
	p, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	r := Request{To: p.LocalAddr().(*net.UDPAddr).AddrPort(), Timeout: 100 * time.Millisecond}
	a, _ := system.Exchange(t.Context(), r, []byte("ping"))
	if a.Outcome != evidence.Silent || a.Errno != "" || a.Elapsed < r.Timeout || a.Elapsed > second {
		t.Errorf("%+v", a)
	}
	r.Timeout = 10 * second
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if a, _ = system.Exchange(ctx, r, []byte("ping")); a.Outcome != evidence.Interrupted || a.Elapsed > second {
		t.Errorf("%+v", a)
	}
}

// TestCut: a server that accepts and resets at once is not closed, however soon the reset comes.
func TestCut(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		to := resetting(t, address)
		cut := 0
		for range 200 {
			a, conn := system.Connect(t.Context(), Request{To: to, Timeout: second})
			if a.Outcome != evidence.Connected || a.Local || a.Unattributed || a.Cut != (conn == nil) {
				t.Fatalf("%+v, a connection: %v", a, conn != nil)
			}
			if a.Cut {
				cut++
			} else {
				conn.Close()
			}
		}
		t.Logf("%s: %d of 200 were cut before they could be used", address, cut)
	}
}

// TestBurstCut is TestCut for many.
func TestBurstCut(t *testing.T) {
	to := resetting(t, "127.0.0.1:0")
	b, err := system.NewBurst(20)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	cut := 0
	for sent, ended := int32(0), 0; ended < 200; {
		for sent < 200 && b.Room() > 0 {
			if _, ok := b.Send(sent, to); !ok {
				break
			}
			sent++
		}
		for _, e := range b.Collect(second, nil) {
			if ended++; e.Outcome != evidence.Connected || e.Local || e.Cut != (e.Held == nil) {
				t.Fatalf("%+v", e)
			}
			if e.Cut {
				cut++
			}
			e.Drop()
		}
	}
	t.Logf("%d of 200 were cut before they could be used", cut)
}

// resetting accepts connections and resets them.
func resetting(t *testing.T, address string) netip.AddrPort {
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}
