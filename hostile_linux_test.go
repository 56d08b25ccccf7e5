package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"whyport/probe/realtime"
	"whyport/report/reporttest"
)

// poison is what a terminal, a spreadsheet and a script should never get from a server.
const poison = "\x1b]0;owned\x07\x1b[2J\x1b[31m=cmd|' /C calc'!A0 | <script>alert(1)</script> \u202egnp.exe\u2066 \xff\xfe \x00 \u0085 \x9b31m a\u0301\u0301\u0301\u0301\u0301\u0301 [x](javascript:1) `|`\r\n"

// badServers are servers that answer each connection with what they are called.
func badServers(t *testing.T) map[string]func(net.Conn) {
	evil := func(change func(*x509.Certificate)) *tls.Config {
		template := x509.Certificate{Subject: pkix.Name{CommonName: "x" + strings.ToValidUTF8(poison, "?"), Organization: []string{strings.ToValidUTF8(poison, "?")}}, DNSNames: []string{"a.test"}}
		change(&template)
		s := issue(t, nil, nil, template)
		return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{s.cert.Raw}, PrivateKey: s.key}}}
	}
	names := evil(func(*x509.Certificate) {})
	many := evil(func(c *x509.Certificate) {
		for i := range 8000 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("name-%d.a.test", i))
		}
	})
	megabyte := evil(func(c *x509.Certificate) {
		for i := range 40000 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("name-%d.a-longer-name.test", i))
		}
	})
	talk := func(c *tls.Config) func(net.Conn) {
		return func(conn net.Conn) {
			s := tls.Server(conn, c)
			if s.Handshake() == nil {
				io.Copy(io.Discard, s)
			}
		}
	}
	endless := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			block := bytes.Repeat([]byte(text), 1+(64<<10)/len(text))
			for {
				if _, err := c.Write(block); err != nil {
					return
				}
			}
		}
	}
	heard := func(answer string) func(net.Conn) {
		return func(c net.Conn) {
			c.Read(make([]byte, 4096))
			io.WriteString(c, answer)
			io.Copy(io.Discard, c)
		}
	}
	return map[string]func(net.Conn){
		"poison":                         func(c net.Conn) { io.WriteString(c, poison); io.Copy(io.Discard, c) },
		"SSH with poison":                func(c net.Conn) { io.WriteString(c, "SSH-2.0-"+poison); io.Copy(io.Discard, c) },
		"SMTP with poison":               func(c net.Conn) { io.WriteString(c, "220 "+poison); endless("250-" + poison)(c) },
		"FTP with poison":                func(c net.Conn) { io.WriteString(c, "220 FTP "+poison); endless("230 " + poison)(c) },
		"endless banner":                 endless(poison),
		"endless line":                   endless("A"),
		"endless lines":                  endless("220-more\r\n"),
		"endless TLS":                    endless("\x16\x03\x03\x00\x04\x02\x00\x10\x00"),
		"endless alerts":                 endless("\x15\x03\x03\x00\x02\x01\x70"),
		"endless headers":                heard("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 4000)),
		"HTTP with poison":               heard("HTTP/1.1 403 " + strings.TrimSpace(poison) + "\r\nServer: " + strings.TrimSpace(poison) + "\r\nLocation: " + strings.TrimSpace(poison) + "\r\nContent-Length: 0\r\n\r\n"),
		"HTTP header poison":             heard("HTTP/1.1 200 OK\r\nServer: nginx\u202e\u2066 \u0085 =1+1|x\r\nVia: 1.1 `|`<b>\r\nContent-Length: 0\r\n\r\n"),
		"redirect with poison":           heard("HTTP/1.1 302 Found\r\nLocation: http://a\u202eb.test/\r\nVia: 1.1 \x1b[2J\u2066=1+1|<b>\r\nContent-Length: 0\r\n\r\n"),
		"IMAP refuses with poison":       func(c net.Conn) { io.WriteString(c, "* BYE "+poison) },
		"MySQL refuses with poison":      func(c net.Conn) { io.WriteString(c, "\x50\x00\x00\x00\xff\x6a\x04"+poison); io.Copy(io.Discard, c) },
		"refuses, then chooses for ever": heard("\x15\x03\x03\x00\x02\x02\x28" + strings.Repeat("\x16\x03\x03\x40\x00"+strings.Repeat("\x02", 16384), 100)),
		"refuses once, then a megabyte of certificates": refusesOnce(),
		"drip": func(c net.Conn) {
			for _, err := io.WriteString(c, "S"); err == nil; _, err = io.WriteString(c, "S") {
				time.Sleep(time.Second)
			}
		},
		"drip TLS": func(c net.Conn) {
			c.Read(make([]byte, 4096))
			for _, b := range append([]byte("\x16\x03\x03\x40\x00\x02\x00\x3f\xf0"), make([]byte, 1000)...) {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
		"names with poison":     talk(names),
		"thousands of names":    talk(many),
		"a megabyte of names":   talk(megabyte),
		"closes":                func(net.Conn) {},
		"resets":                func(c net.Conn) { c.(*counted).Conn.(*net.TCPConn).SetLinger(0) },
		"silence":               func(c net.Conn) { io.Copy(io.Discard, c) },
		"MySQL's empty packet":  func(c net.Conn) { io.WriteString(c, "\x01\x00\x00\x00\x0a") },
		"handshake cut off":     heard("\x16\x03\x03\x00\x10\x02\x00"),
		"alert without an end":  heard("\x15\x03\x03\x00"),
		"Telnet negotiates on":  endless("\xff\xfd\x18\xff\xfb\x01"),
		"VNC with poison":       func(c net.Conn) { io.WriteString(c, "RFB 003.008\n"+poison) },
		"answers what it hears": func(c net.Conn) { io.Copy(c, c) },
	}
}

// counted counts what a server could send.
type counted struct {
	net.Conn
	sent *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}

// TestHostileServers runs the program against all of them, in every format: nothing raw comes out, and neither time nor
// bytes are without an end.
func TestHostileServers(t *testing.T) {
	realtime.Judge(t)
	t.Parallel()
	var ports []string
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait)
	sent, accepted := map[string]*atomic.Int64{}, map[string]*atomic.Int64{}
	for name, serve := range badServers(t) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
		sent[name], accepted[name] = new(atomic.Int64), new(atomic.Int64)
		out, in := sent[name], accepted[name] // the maps still grow
		wg.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.(*net.TCPConn).SetWriteBuffer(64 << 10) // or megabytes that nobody reads would count
				in.Add(1)
				wg.Go(func() {
					defer c.Close()
					defer context.AfterFunc(t.Context(), func() { c.Close() })()
					serve(&counted{c, out})
				})
			}
		})
	}
	for _, mode := range []string{"auto", "always"} {
		if mode == "always" && testing.Short() {
			continue
		}
		for format, allowed := range map[string]string{"table": "\n", "json": "\n", "ndjson": "\n", "markdown": "\n", "csv": "\r\n"} {
			if mode == "always" && format != "json" {
				continue // the same columns
			}
			t.Run(mode+" "+format, func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				out := output(t, "/dev/null", "127.0.0.1", "-p", strings.Join(ports, ","), "--format", format, "--tls", mode, "--verbose", "--color", "never", "--server-name", "a.test")
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("took %v", took)
				}
				if len(out) > 8000*len(ports) {
					t.Errorf("%d bytes", len(out))
				}
				if !utf8.Valid(out) {
					t.Error("no UTF-8")
				}
				if raw := regexp.MustCompile(`[\x00-\x1f\x7f\x{80}-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`).
					FindAllString(strings.NewReplacer("\n", "", allowed, "").Replace(string(out)), -1); raw != nil {
					t.Errorf("raw: %q", raw)
				}
				switch format {
				case "json":
					reporttest.Validate(t, out)
				case "ndjson":
					reporttest.ValidateLines(t, out)
				case "csv":
					if bytes.Contains(out, []byte("\n=")) || bytes.Contains(out, []byte(",=")) || bytes.Contains(out, []byte(`,"=`)) {
						t.Error("a cell is a formula")
					}
				case "markdown":
					if bytes.Contains(out, []byte("<script>")) {
						t.Error("HTML")
					}
				}
			})
		}
	}
	t.Cleanup(func() {
		for name, n := range sent {
			if n.Load() > 16<<20 { // of all runs
				t.Errorf("%s could send %d MB", name, n.Load()>>20)
			}
			if accepted[name].Load() == 0 {
				t.Errorf("nobody asked %s", name)
			}
		}
	})
}

// refusesOnce refuses the usual ClientHello and answers a strange one with TLS 1.2 and a certificate message that has no end.
func refusesOnce() func(net.Conn) {
	return func(c net.Conn) {
		hello := make([]byte, 4096)
		n, _ := c.Read(hello)
		if !bytes.Contains(hello[:n], []byte("\x00\x9e\x00")) { // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
			io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28")
			return
		}
		io.WriteString(c, "\x16\x03\x03\x00\x2c\x02\x00\x00\x28\x03\x03"+strings.Repeat("r", 32)+"\x00\x00\x9e\x00\x00\x00")
		io.WriteString(c, "\x16\x03\x03\x00\x04\x0b\xff\xff\xff")
		for {
			if _, err := io.WriteString(c, "\x16\x03\x03\x10\x00"+strings.Repeat("c", 4096)); err != nil {
				return
			}
		}
	}
}
