//go:build linux

package lab

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestForgedAnswers(t *testing.T) {
	l := New(t)
	l.Listen("server", 80, Hold)
	w := l.Wire("r1", "r2")
	w.ResetOn(0, SYN, Port(81))
	w.AnswerSYN(0, 200, Port(82))
	w.AnswerSYN(5000, 0, Port(83))
	at := l.Capture("client", TCP)
	for _, family := range families {
		if r := l.Connect("client", to(l, "server", family, 81), ConnectOptions{TTL: 2}); r.Errno != unix.ECONNREFUSED || r.Offender.IsValid() || r.After > l.RTT() {
			t.Errorf("IPv%d, reset: %+v", family, r)
		}
		if r := l.Connect("client", to(l, "server", family, 82), ConnectOptions{}); r.Errno != 0 || r.Window != 0 {
			t.Errorf("IPv%d, tarpit: %+v", family, r)
		}
		if r := l.Connect("client", to(l, "server", family, 83), ConnectOptions{}); r.Errno != 0 || r.Window != 5000 {
			t.Errorf("IPv%d, acceptor: %+v", family, r)
		}
		if r := l.Connect("client", to(l, "server", family, 80), ConnectOptions{}); r.Errno != 0 || r.After < l.RTT() {
			t.Errorf("IPv%d, the port beside: %+v", family, r)
		}
	}
	if got := at.ByTTL(RST, From("r1")); got[63] != 2 {
		t.Errorf("resets by TTL: %v, want two of 63", got)
	}
	if got := at.ByTTL(SYNACK, From("r1")); got[199] != 2 {
		t.Errorf("SYN-ACKs by TTL: %v, want two of 199", got)
	}
}

func TestForgedICMP(t *testing.T) {
	t.Parallel()
	l := New(t)
	w := l.Wire("r2", "r3")
	from := map[int]netip.Addr{4: netip.MustParseAddr("198.51.100.77"), 6: netip.MustParseAddr("2001:db8:3::77")}
	w.ICMPOn(from[4], 3, 13, SYN, Port(90))
	w.ICMPOn(from[6], 1, 6, SYN, Port(90))
	for family, want := range map[int]ConnectResult{4: {Errno: unix.EHOSTUNREACH, Type: 3, Code: 13}, 6: {Errno: unix.EACCES, Type: 1, Code: 6}} {
		r := l.Connect("client", to(l, "server", family, 90), ConnectOptions{})
		if r.Errno != want.Errno || r.Type != want.Type || r.Code != want.Code || r.Offender != from[family] {
			t.Errorf("IPv%d: %+v", family, r)
		}
	}
}

// TestServerNameFilter is a device that looks into ClientHello: only the true name fails, and sooner than the server
// could have answered.
func TestServerNameFilter(t *testing.T) {
	l := New(t)
	ca := NewCA(t, "Lab Root", "Lab")
	l.Listen("server", 443, TLS(ca.Config(Leaf{Names: []string{"true.example", "neutral.example"}}), Hold))
	shake := func(name string) (time.Duration, error) {
		conn := tls.Client(l.Dial("client", to(l, "server", 6, 443)), &tls.Config{ServerName: name, RootCAs: ca.Pool()})
		conn.SetDeadline(time.Now().Add(2 * time.Second))
		start := time.Now()
		err := conn.Handshake()
		return time.Since(start), err
	}
	for _, name := range []string{"true.example", "neutral.example"} {
		if _, err := shake(name); err != nil {
			t.Fatalf("%s, without the filter: %v", name, err)
		}
	}
	remove := l.Wire("r1", "r2").ResetOn(0, Contains("true.example"))
	took, err := shake("true.example")
	if !errors.Is(err, unix.ECONNRESET) || took > l.RTT() {
		t.Errorf("true name: %v after %v, want a reset sooner than %v", err, took, l.RTT())
	}
	if _, err := shake("neutral.example"); err != nil {
		t.Errorf("neutral name: %v", err)
	}
	remove()
	if _, err := shake("true.example"); err != nil {
		t.Errorf("without the filter again: %v", err)
	}
	if _, err := shake("other.example"); err == nil {
		t.Error("a name that is not in the certificate was accepted")
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	l := New(t, Delay(time.Millisecond))
	l.Listen("server", 21, Banner("220 ready\r\n"))
	l.Listen("server", 25, Dialogue("220 mail\r\n", func(line string) string { return "250 " + line + "\r\n" }))
	l.Listen("server", 80, HTTP(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "path "+r.URL.Path) }))
	l.Listen("server", 9, Reset)
	stop := l.Listen("server", 7, Echo)
	for _, c := range []struct {
		port       uint16
		say, reply string
	}{
		{21, "", "220 ready\r\n"},
		{25, "EHLO x\r\n", "220 mail\r\n250 EHLO x\r\n"},
		{7, "twice", "twice"},
		{80, "\x16\x03\x01 not HTTP\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{80, "GET /a HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK"},
	} {
		for _, family := range families {
			conn := l.Dial("client", to(l, "server", family, c.port))
			io.WriteString(conn, c.say)
			conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			got, _ := io.ReadAll(conn)
			if len(got) < len(c.reply) || string(got[:len(c.reply)]) != c.reply {
				t.Errorf("IPv%d, port %d: %q, want %q", family, c.port, got, c.reply)
			}
		}
	}
	if _, err := l.Dial("client", to(l, "server", 4, 9)).Read(make([]byte, 1)); !errors.Is(err, unix.ECONNRESET) {
		t.Errorf("Reset: %v", err)
	}
	stop()
	if r := l.Connect("client", to(l, "server", 4, 7), ConnectOptions{}); r.Errno != unix.ECONNREFUSED {
		t.Errorf("after stop: %+v", r)
	}
}

func TestUDP(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.ListenUDP("server", 53, func(b []byte) []byte { return append([]byte("got "), b...) })
	conn := l.dialUDP(t, to(l, "server", 6, 53))
	conn.Write([]byte("x"))
	b := make([]byte, 9)
	if n, err := conn.Read(b); err != nil || string(b[:n]) != "got x" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

func TestFullBacklog(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.FullBacklog("server", 80)
	at := l.Capture("server", SYN)
	for _, family := range families {
		if r := l.Connect("client", to(l, "server", family, 80), ConnectOptions{Timeout: 300 * time.Millisecond}); r.Errno != unix.ETIMEDOUT {
			t.Errorf("IPv%d: %+v, want silence", family, r)
		}
	}
	if at.Count() != 2 {
		t.Errorf("%d SYNs came to the server, want 2", at.Count())
	}
}

// TestMTUBlackHole: one byte passes, 8 KiB stall.
func TestMTUBlackHole(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Listen("server", 7, Echo)
	l.Wire("r2", "r3").Loss(1, LongerThan(1400))
	conn := l.Dial("client", to(l, "server", 4, 7))
	conn.SetDeadline(time.Now().Add(500 * time.Millisecond))
	conn.Write([]byte("x"))
	if n, err := conn.Read(make([]byte, 10)); n != 1 {
		t.Fatalf("one byte: %v", err)
	}
	conn.Write(make([]byte, 8192))
	if n, err := io.ReadFull(conn, make([]byte, 8192)); err == nil || n > 4096 {
		t.Errorf("8 KiB passed: %d bytes, %v", n, err)
	}
}
