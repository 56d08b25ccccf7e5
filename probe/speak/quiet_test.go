package speak

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/realtime"
)

// device stands in the way: it reads the ClientHello and drops or resets those that it dislikes.
func device(t testing.TB, config *tls.Config, dislikes func(hello []byte, nth int) bool, do func(net.Conn)) *server {
	return serve(t, func(c net.Conn, nth int) {
		hello, err := firstRecord(c)
		if err != nil {
			return
		}
		if dislikes(hello, nth) {
			do(c)
			return
		}
		talkTLS(unread(c, hello), config, nil)
	})
}

func hold(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func variantState(got *evidence.TLS, kind string) evidence.TLSState {
	for _, v := range got.Variants {
		if v.Kind == kind {
			return v.State
		}
	}
	return "absent"
}

func TestWhyNoAnswerToClientHello(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	big := func(h []byte, _ int) bool { return len(h) > 1000 }
	filtered := func(h []byte, _ int) bool { return bytes.Contains(h, []byte("server.test")) }
	everything := func([]byte, int) bool { return true }
	var together sync.WaitGroup // they all wait for silence
	defer together.Wait()
	for _, tc := range []struct {
		name               string
		sni                string
		dislikes           func([]byte, int) bool
		do                 func(net.Conn)
		state              evidence.TLSState
		small, none, other evidence.TLSState
		note               string
	}{
		{"big dropped", "server.test", big, hold, "no-response", "ok", "no-response", "no-response", "big-hello-dropped"},
		{"big reset", "server.test", big, reset, "reset", "ok", "reset", "reset", "big-hello-dropped"},
		{"big dropped, no name", "", big, hold, "no-response", "ok", "no-response", "absent", "big-hello-dropped"},
		{"name reset", "server.test", filtered, reset, "reset", "reset", "ok", "ok", ""},
		{"name dropped", "server.test", filtered, hold, "no-response", "no-response", "ok", "ok", ""},
		{"all reset", "server.test", everything, reset, "reset", "reset", "reset", "reset", ""},
		{"all dropped", "server.test", everything, hold, "no-response", "no-response", "no-response", "no-response", ""},
		{"all closed", "server.test", everything, func(c net.Conn) { c.Close() }, "eof", "eof", "eof", "eof", ""},
	} {
		together.Go(func() {
			t.Run(tc.name, func(t *testing.T) {
				s := device(t, config, tc.dislikes, tc.do)
				got := ask(t, s, named(tc.sni), publicly(poolOf(ca)), onPort(443))
				if got.TLS == nil || got.TLS.State != tc.state {
					t.Fatalf("%+v", got.TLS)
				}
				for kind, want := range map[string]evidence.TLSState{"small-hello": tc.small, "no-name": tc.none, "neutral-name": tc.other} {
					if have := variantState(got.TLS, kind); have != want {
						t.Errorf("%s: %s, want %s", kind, have, want)
					}
				}
				if has(got.TLS.Notes, "big-hello-dropped") != (tc.note != "") || got.SignOfLife() {
					t.Errorf("notes %v, sign of life %v", got.TLS.Notes, got.SignOfLife())
				}
				if got.Elapsed > 7*time.Second || got.Connections > 5 || got.TLS.Handshake == 0 {
					t.Errorf("%v, %d connections, %v", got.Elapsed, got.Connections, got.TLS.Handshake)
				}
			})
		})
	}
}

func TestAccidentIsNotAFilter(t *testing.T) {
	ca := privateCA(t)
	s := device(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, func(_ []byte, nth int) bool { return nth == 0 }, reset)
	got := ask(t, s, named("server.test"), publicly(poolOf(ca))).TLS
	if got.State != evidence.TLSOK || variantState(got, "first") != "reset" || !has(got.Notes, "unsteady") || has(got.Notes, "big-hello-dropped") {
		t.Errorf("%+v", got)
	}
}

func TestUnaskedPort(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	big := func(h []byte, _ int) bool { return len(h) > 1000 }
	once := func(_ []byte, nth int) bool { return nth == 0 }
	var together sync.WaitGroup
	defer together.Wait()
	for _, sni := range []string{"", "server.test"} {
		dropped, shy := device(t, config, big, hold), device(t, config, once, hold)
		together.Go(func() {
			got := ask(t, dropped, onPort(2000), named(sni), publicly(poolOf(ca)))
			if got.TLS.State != evidence.TLSNoResponse || !has(got.TLS.Notes, "big-hello-dropped") || variantState(got.TLS, "repetition") != "no-response" || got.Connections != 3 {
				t.Errorf("big dropped: %+v", got.TLS)
			}
		})
		together.Go(func() {
			got := ask(t, shy, onPort(2000), named(sni), publicly(poolOf(ca)))
			if got.TLS.State != evidence.TLSOK || !has(got.TLS.Notes, "unsteady") || variantState(got.TLS, "first") != "no-response" {
				t.Errorf("once: %+v", got.TLS)
			}
		})
	}
	got := ask(t, serve(t, func(c net.Conn, _ int) { hold(c) }), onPort(2000), named("server.test"))
	if got.TLS.State != evidence.TLSNoResponse || got.SignOfLife() || got.Connections > 5 || got.Elapsed > 4500*time.Millisecond {
		t.Errorf("silent: %+v %v", got.TLS, got.Elapsed)
	}
}

func TestSlowServerIsWaitedFor(t *testing.T) {
	ca := privateCA(t)
	s := serve(t, func(c net.Conn, _ int) {
		time.Sleep(2500 * time.Millisecond)
		talkTLS(c, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
	})
	got := ask(t, s, named("server.test"), publicly(poolOf(ca)), onPort(443))
	if got.TLS.State != evidence.TLSOK || got.TLS.Handshake < 2*time.Second {
		t.Errorf("%+v", got.TLS)
	}
}

func TestAlerts(t *testing.T) {
	ca := privateCA(t)
	alert := func(code byte) func(net.Conn) {
		return func(c net.Conn) { _, _ = c.Write([]byte{0x15, 3, 3, 0, 2, 2, code}); hold(c) }
	}
	named1 := func(h []byte, _ int) bool { return bytes.Contains(h, []byte("server.test")) }
	s := device(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, named1, alert(112))
	got := ask(t, s, named("server.test"), publicly(poolOf(ca)))
	if got.TLS.State != evidence.TLSAlert || got.TLS.Alert != "unrecognized_name" || variantState(got.TLS, "no-name") != "ok" ||
		got.TLS.Variants[0].Certificate == nil || got.Connections != 1 {
		t.Errorf("%+v", got.TLS)
	}
	s = device(t, nil, func([]byte, int) bool { return true }, alert(40))
	got = ask(t, s, named("server.test"))
	if got.TLS.Alert != "handshake_failure" || !got.SignOfLife() || variantState(got.TLS, "no-name") != "alert" {
		t.Errorf("%+v", got.TLS)
	}
	// A server that warns and goes on with another certificate.
	s = serve(t, func(c net.Conn, _ int) {
		hello, err := firstRecord(c)
		if err == nil {
			_, _ = c.Write([]byte{0x15, 3, 3, 0, 2, 1, 112})
			talkTLS(unread(c, hello), &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, MaxVersion: tls.VersionTLS12}, nil)
		}
	})
	got = ask(t, s, named("other.test"), publicly(poolOf(ca)))
	if got.TLS.State != evidence.TLSUntrusted || !has(got.TLS.Notes, "name-unknown") || got.TLS.Alert != "" {
		t.Errorf("%+v", got.TLS)
	}
	// One that warns and then says nothing.
	s = device(t, nil, func([]byte, int) bool { return true }, func(c net.Conn) { _, _ = c.Write([]byte{0x15, 3, 3, 0, 2, 1, 112}); hold(c) })
	got = ask(t, s, named("other.test"), lasting(time.Second))
	if got.TLS.State != evidence.TLSFailed || !has(got.TLS.Notes, "stalled") {
		t.Errorf("%+v", got.TLS)
	}
	// A server that speaks only its own ALPN protocol.
	s = serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, NextProtos: []string{"postgresql"}}, nil)
	got = ask(t, s, named("server.test"), publicly(poolOf(ca)))
	if got.TLS.State != evidence.TLSOK || variantState(got.TLS, "first") != "alert" || got.Connections != 1 {
		t.Errorf("%+v", got.TLS)
	}
}

func TestCallerGivesUp(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { hold(c) })
	for _, port := range []uint16{22, 443, 2000, 389} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(200*time.Millisecond, cancel)
		began := time.Now()
		got := askContext(t, ctx, s, onPort(port), named("server.test"))
		if time.Since(began) > time.Second || got.SignOfLife() || got.TLS != nil {
			t.Errorf("port %d: %v, %+v", port, time.Since(began), got.TLS)
		}
		cancel()
	}
}

func TestCallersDeadline(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { hold(c) })
	ctx, cancel := context.WithTimeout(context.Background(), 600*time.Millisecond)
	defer cancel()
	got := askContext(t, ctx, s, onPort(443), named("server.test"))
	if got.Elapsed > time.Second || got.TLS == nil || got.TLS.State != evidence.TLSNoResponse {
		t.Errorf("%v %+v", got.Elapsed, got.TLS)
	}
}

func TestHostileServers(t *testing.T) {
	realtime.Judge(t)
	drip := func(text string) func(net.Conn, int) {
		return func(c net.Conn, _ int) {
			for _, b := range []byte(text) {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
			hold(c)
		}
	}
	flood := func(start string, chunk []byte) func(net.Conn, int) {
		return func(c net.Conn, _ int) {
			_, _ = io.WriteString(c, start)
			for range 10 << 20 / len(chunk) {
				if _, err := c.Write(chunk); err != nil {
					return
				}
			}
			hold(c)
		}
	}
	noise := bytes.Repeat([]byte("\x00\xff\x1b[31m\u202e\xc3\x28"), 100)
	record := append([]byte{0x16, 3, 3, 0x40, 0}, make([]byte, 0x4000)...)
	warning := bytes.Repeat([]byte{0x15, 3, 3, 0, 2, 1, 90}, 100)
	var together sync.WaitGroup // most of them take all the time there is
	defer together.Wait()
	for name, handle := range map[string]func(net.Conn, int){
		"banner of 10 MB":        flood("220 ", bytes.Repeat([]byte("x"), 1000)),
		"lines of 10 MB":         flood("", bytes.Repeat([]byte("220-mail ESMTP\r\n"), 1000)),
		"HTTP header of 10 MB":   flood("HTTP/1.1 200 OK\r\nX: ", bytes.Repeat([]byte("y"), 1000)),
		"HTTP headers of 10 MB":  flood("HTTP/1.1 200 OK\r\n", bytes.Repeat([]byte("A: b\r\n"), 1000)),
		"noise":                  flood("", noise),
		"TLS records for ever":   flood("", record),
		"TLS warnings for ever":  flood("", warning),
		"drip of text":           drip("220-welcome to the slowest of all servers in the whole wide world"),
		"drip of TLS":            drip("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		"closes at once":         func(c net.Conn, _ int) {},
		"resets at once":         func(c net.Conn, _ int) { time.Sleep(500 * time.Millisecond); reset(c) },
		"MySQL of nothing":       func(c net.Conn, _ int) { _, _ = c.Write([]byte{1, 0, 0, 0, 10}); hold(c) },
		"LDAP of four gigabytes": func(c net.Conn, _ int) { _, _ = c.Write([]byte("\x30\x84\xff\xff\xff\xff\x02\x01")); hold(c) },
		"SSH of control bytes":   func(c net.Conn, _ int) { _, _ = c.Write([]byte("SSH-2.0-\x1b]0;pwned\x07\r\n")); hold(c) },
		"RDP too short":          func(c net.Conn, _ int) { _, _ = c.Write([]byte{3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0}); hold(c) },
		"IMAP without an end":    flood("* OK\r\n", []byte("* CAPABILITY IMAP4rev1\r\n")),
		"alert, then garbage":    flood("\x15\x03\x03\x00\x02\x02\x28", noise),
		"record of SSLv2":        func(c net.Conn, _ int) { _, _ = c.Write([]byte{0x80, 0x2e, 1, 0, 2}); hold(c) },
		"ServerHello of SSLv3":   func(c net.Conn, _ int) { _, _ = c.Write(sslv3Hello()); hold(c) },
	} {
		for _, port := range []uint16{25, 443, 993, 2000, 21, 389, 5432, 3389, 5222} {
			together.Go(func() {
				t.Run(name+" on "+itoa(int(port)), func(t *testing.T) {
					s := serve(t, handle)
					got := ask(t, s, onPort(port), named("server.test"), lasting(2*time.Second))
					if got.Banner != nil && len(got.Banner.Bytes) > bannerBytes {
						t.Errorf("banner of %d bytes", len(got.Banner.Bytes))
					}
					if len(got.Product) > maxName {
						t.Errorf("product of %d bytes", len(got.Product))
					}
					if got.TLS.Completed() {
						t.Error("completed a handshake with nobody")
					}
				})
			})
		}
	}
}

// sslv3Hello is a ServerHello that picks version 3.0.
func sslv3Hello() []byte {
	hello := append([]byte{2, 0, 0, 38, 3, 0}, make([]byte, 32)...)
	hello = append(hello, 0, 0, 0x2f, 0)
	return append([]byte{0x16, 3, 0, 0, byte(len(hello))}, hello...)
}

func TestServerOfSSLv3(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { _, _ = c.Write(sslv3Hello()); hold(c) })
	got := ask(t, s, onPort(443)).TLS
	if got.State != evidence.TLSFailed || !has(got.Notes, "old-version") {
		t.Errorf("%+v", got)
	}
}

func TestMegabyteOfNames(t *testing.T) {
	ca := privateCA(t)
	for _, tc := range []struct {
		names int
		state evidence.TLSState
	}{{1000, evidence.TLSOK}, {50000, evidence.TLSFailed}} {
		cert := ca.leaf(t, nil, manyNames(tc.names))
		s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}}, nil)
		got := ask(t, s, named("server.test"), publicly(poolOf(ca))).TLS
		if got.State != tc.state || has(got.Notes, "certificate-too-large") != (tc.state == evidence.TLSFailed) {
			t.Errorf("%d names: %s %v %s", tc.names, got.State, got.Notes, got.Problem)
		}
		if got.Certificate != nil && len(got.Certificate.DNSNames) != maxNames {
			t.Errorf("%d names kept", len(got.Certificate.DNSNames))
		}
	}
}
