package speak

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whyport/probe/realtime"
)

// hostile is how a server behaves that wants to cost time.
type hostile struct {
	name string
	act  func(c net.Conn)
}

// repeat writes something until nobody takes it any more.
func repeat(b string, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, b); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

// say writes something once and goes on.
func say(b string, then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := io.WriteString(c, b); err == nil {
			then(c)
		}
	}
}

// asked waits until something was said and goes on.
func asked(then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := c.Read(make([]byte, 4096)); err == nil {
			then(c)
		}
	}
}

func silent(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func unheard(c net.Conn) { time.Sleep(2 * time.Second) } // its window closes

// answers says the same to each line or packet.
func answers(b string) func(net.Conn) {
	return func(c net.Conn) {
		for buf := make([]byte, 4096); ; {
			if _, err := c.Read(buf); err != nil {
				return
			}
			if _, err := io.WriteString(c, b); err != nil {
				return
			}
		}
	}
}

func hostiles(t testing.TB) []hostile {
	const ms = time.Millisecond
	ca := newCA(t, pkix.Name{CommonName: "hostile"}, nil)
	config := &tls.Config{Certificates: []tls.Certificate{with(ca.leaf(t, nil, manyNames(5000)), ca)}}
	inTLS := func(then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) {
			if s := tls.Server(c, config); s.Handshake() == nil {
				then(s)
			}
		}
	}
	huge := string(helloWith(0x0095, hugeCertificate(t, "a", "a", 900_000, 65537)))
	chosen := string(helloWith(0xc02f, hugeCertificate(t, "a", "a", 900_000, 65537)))
	noise := make([]byte, 1<<16)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(noise); i++ {
		noise[i] = byte(r.Uint32())
	}
	long := strings.Repeat("A", 8192)
	return []hostile{
		{"silence", silent},
		{"end", func(net.Conn) {}},
		{"reset", reset},
		{"end after question", asked(func(net.Conn) {})},
		{"reset after question", asked(reset)},
		{"closed window", unheard},
		{"echo", func(c net.Conn) { _, _ = io.Copy(c, c) }},
		{"drip", repeat("2", 20*ms)},
		{"drip of lines", repeat("220-x\r\n", 20*ms)},
		{"flood of zeros", repeat(strings.Repeat("\x00", 8192), 0)},
		{"flood without lines", repeat(long, 0)},
		{"flood of lines", repeat(strings.Repeat("220-a\r\n", 1000), 0)},
		{"flood of empty lines", repeat(strings.Repeat("\r\n", 4096), 0)},
		{"noise", repeat(string(noise), 0)},
		{"records without end", asked(repeat("\x16\x03\x03\x40\x00"+long+long, 0))},
		{"empty records", asked(repeat(strings.Repeat("\x16\x03\x03\x00\x00", 1000), 0))},
		{"warnings", asked(repeat(strings.Repeat("\x15\x03\x03\x00\x02\x01\x70", 500), 0))},
		{"hello requests", asked(repeat(strings.Repeat("\x16\x03\x03\x00\x04\x00\x00\x00\x00", 500), 0))},
		{"message of 16 MB", asked(say("\x16\x03\x03\x40\x00\x02\xff\xff\xff"+long+long, repeat("\x00", 20*ms)))},
		{"record that drips", asked(say("\x16\x03\x03\x40\x00\x02", repeat("\x00", 20*ms)))},
		{"huge key at once", asked(say(chosen, silent))},
		{"huge key for all", asked(say(huge, silent))},
		{"huge key for everything", everySecond(asked(say("\x15\x03\x03\x00\x02\x02\x28", func(net.Conn) {})), asked(say(huge, silent)))},
		{"alert", asked(say("\x15\x03\x03\x00\x02\x02\x28", func(net.Conn) {}))},
		{"TLS and silence", inTLS(silent)},
		{"TLS and flood", inTLS(repeat(long, 0))},
		{"TLS and drip", inTLS(repeat("H", 20*ms))},
		{"TLS and endless headers", inTLS(asked(say("HTTP/1.1 403 no\r\n", repeat("A: "+long[:200]+"\r\n", 0))))},
		{"endless headers", asked(say("HTTP/1.1 403 no\r\n", repeat(strings.Repeat("A: b\r\n", 1000), 0)))},
		{"one header", asked(say("HTTP/1.1 403 no\r\nA: ", repeat(long, 0)))},
		{"folded header", asked(say("HTTP/1.1 403 no\r\nA: b\r\n", repeat(strings.Repeat(" c\r\n", 1000), 0)))},
		{"endless page", answers("HTTP/1.1 403 no\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<html>", 1000))},
		{"chunks of one", asked(say("HTTP/1.1 403 no\r\nTransfer-Encoding: chunked\r\n\r\n", repeat("1\r\na\r\n", 0)))},
		{"continue", answers(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100))},
		{"redirects", answers("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")},
		{"yes to all", say("220 hello\r\n", answers("250 STARTTLS\r\n"))},
		{"upgrade and noise", say("220 hello\r\n", answers("220 go on\r\n"))},
		{"endless reply", say("220 hello\r\n", asked(repeat(strings.Repeat("250-a\r\n", 500), 0)))},
		{"busy", say("421 too many\r\n", func(net.Conn) {})},
		{"SSH lines", repeat(strings.Repeat("notice\r\n", 500), 0)},
		{"SSH", say("SSH-2.0-x", repeat("y", 20*ms))},
		{"MySQL of 16 MB", say("\xff\xff\xff\x00\x0a8.0\x00", repeat(long, 0))},
		{"LDAP of 2 GB", asked(say("\x30\x84\x7f\xff\xff\xff", repeat(long, 0)))},
		{"XMPP", asked(say("<stream:stream><stream:features>", repeat("<a>", 0)))},
		{"PostgreSQL", asked(say("S", repeat(long, 0)))},
		{"RDP", asked(say("\x03\x00\xff\xff", repeat("\x00", 20*ms)))},
		{"telnet", repeat("\xff\xfd\x18\xff\xfb\x01", 0)},
		{"IMAP", say("* OK hello\r\n", asked(repeat("* CAPABILITY "+long[:1000]+"\r\n", 0)))},
		{"POP3", say("+OK hello\r\n", asked(repeat("-ERR a\r\n", 0)))},
		{"VNC", say("RFB 003.008\n", repeat(long, 0))},
		{"braces", repeat(strings.Repeat("{\"a\":[", 1000), 0)},
	}
}

// everySecond connection is treated otherwise.
func everySecond(first, second func(net.Conn)) func(net.Conn) {
	var n atomic.Int32
	return func(c net.Conn) {
		if n.Add(1)%2 == 1 {
			first(c)
		} else {
			second(c)
		}
	}
}

// Whatever a server does, Ask ends at its time, and soon after its context does, and costs little.
func TestHostileServersCostNoTime(t *testing.T) {
	realtime.Judge(t)
	all := hostiles(t)
	if len(all) < 40 {
		t.Fatal(len(all))
	}
	ports := []uint16{443, 25, 21, 22, 80, 3306, 389, 5222, 5432, 3389, 12345}
	busy := make(chan struct{}, 24)
	spent := realtime.CPU()
	var tests sync.WaitGroup
	for i, h := range all {
		s := serve(t, func(c net.Conn, _ int) { h.act(c) })
		for n, port := range []uint16{ports[i%len(ports)], ports[(i+3)%len(ports)], ports[(i+7)%len(ports)], 443} {
			tests.Go(func() {
				busy <- struct{}{}
				defer func() { <-busy }()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				limit := 1500 * time.Millisecond
				if n%2 == 1 { // Ctrl-C
					limit = 500 * time.Millisecond
					time.AfterFunc(limit, cancel)
				}
				begin := time.Now()
				Ask(ctx, Request{To: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port), Timeout: 1500 * time.Millisecond, Mode: "auto",
					System: x509.NewCertPool(), Public: x509.NewCertPool(), Dial: func(ctx context.Context) (net.Conn, error) {
						var d net.Dialer
						return d.DialContext(ctx, "tcp", s.Addr().String())
					}})
				if took := time.Since(begin); took > limit+time.Second {
					t.Errorf("%s on %d: %v of %v", h.name, port, took, limit)
				}
			})
		}
	}
	tests.Wait()
	if cpu := spent(); cpu > 40*time.Second { // the servers' share is in it: about half of 15 s
		t.Errorf("%v of CPU", cpu)
	}
}
