package proxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/services/mistake"
)

// ask connects through a proxy that stands on 127.0.0.1 and returns the first line that came through.
func ask(t *testing.T, proxy, host string, port uint16, change ...func(*Request)) (*evidence.Proxied, string) {
	t.Helper()
	s, err := Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Server: s, Port: port, Timeout: 8 * time.Second, Dial: func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", s.Address())
	}}
	if r.Addr, err = netip.ParseAddr(host); err != nil {
		r.Host = host
	}
	for _, c := range change {
		c(&r)
	}
	seen, conn := Connect(t.Context(), r)
	if conn == nil {
		return seen, ""
	}
	defer conn.Close()
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return seen, strings.TrimSpace(line)
}

func login(name, password string) func(*Request) {
	return func(r *Request) { r.Server.Login = NewLogin(name, password) }
}

// said answers every connection by what say does, and returns its address and what was sent to it.
func said(t *testing.T, say func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
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
			go func() {
				defer c.Close()
				say(c)
			}()
		}
	}()
	return l.Addr().String()
}

// answers reads what is there and then writes.
func answers(text string) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, text)
	}
}

// turns reads before each of its answers.
func turns(texts ...string) func(net.Conn) {
	return func(c net.Conn) {
		for _, text := range texts {
			answers(text)(c)
		}
	}
}

func endless(c net.Conn) {
	c.Read(make([]byte, 4096))
	for {
		if _, err := c.Write(bytes.Repeat([]byte("a"), 4096)); err != nil {
			return
		}
	}
}

func TestStrangeAnswers(t *testing.T) {
	drip := func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, "H"); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	for name, c := range map[string]struct {
		kind string
		say  func(net.Conn)
		want evidence.ProxyOutcome
	}{
		"HTTP: hangs up":            {"http", func(net.Conn) {}, evidence.ProxyClosed},
		"HTTP: half a line":         {"http", answers("HTTP/1.1 2"), evidence.ProxyClosed},
		"HTTP: silent":              {"http", func(c net.Conn) { io.Copy(io.Discard, c) }, evidence.ProxySilent},
		"HTTP: endless":             {"http", endless, evidence.ProxyGarbled},
		"HTTP: drips":               {"http", drip, evidence.ProxySilent},
		"HTTP: SSH":                 {"http", answers("SSH-2.0-x\r\n\r\n"), evidence.ProxyGarbled},
		"HTTP: interim for ever":    {"http", answers(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 50)), evidence.ProxyGarbled},
		"HTTP: interim, then yes":   {"http", answers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), evidence.ProxyConnected},
		"HTTP: a portal":            {"http", answers("HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n"), evidence.ProxyRefused},
		"HTTP: endless page":        {"http", func(c net.Conn) { answers("HTTP/1.1 403 No\r\n\r\n")(c); endless(c) }, evidence.ProxyRefused},
		"SOCKS5: hangs up":          {"socks5", func(net.Conn) {}, evidence.ProxyClosed},
		"SOCKS5: HTTP":              {"socks5", answers("HTTP/1.1 400 Bad Request\r\n\r\n"), evidence.ProxyGarbled},
		"SOCKS5: not offered":       {"socks5", answers("\x05\x02"), evidence.ProxyGarbled},
		"SOCKS5: half":              {"socks5", answers("\x05"), evidence.ProxyClosed},
		"SOCKS5: code of the dead":  {"socks5", answers("\x05\x00\x05\xfe\x00\x01\x00\x00\x00\x00\x00\x00"), evidence.ProxyRefused},
		"SOCKS5: no such address":   {"socks5", answers("\x05\x00\x05\x00\x00\x07\x00\x00\x00\x00\x00\x00"), evidence.ProxyGarbled},
		"SOCKS5: bound to a name":   {"socks5", turns("\x05\x00", "\x05\x00\x00\x03\x03abc\x00\x01SSH"), evidence.ProxyConnected},
		"SOCKS4: yes":               {"socks4", answers("\x00\x5a\x00\x00\x00\x00\x00\x00"), evidence.ProxyConnected},
		"SOCKS4: identd":            {"socks4", answers("\x00\x5d\x00\x00\x00\x00\x00\x00"), evidence.ProxyRefused},
		"SOCKS4: another version":   {"socks4", answers("\x05\x5a\x00\x00\x00\x00\x00\x00"), evidence.ProxyGarbled},
		"TLS: plain HTTP":           {"https", answers("HTTP/1.1 400 Bad Request\r\n\r\n"), evidence.ProxyUnsafe},
		"TLS: silent":               {"https", func(c net.Conn) { io.Copy(io.Discard, c) }, evidence.ProxyUnsafe},
		"SOCKS5: asks for no login": {"socks5", answers("\x05\xff"), evidence.ProxyRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			seen, _ := ask(t, c.kind+"://"+said(t, c.say), "127.0.0.1", 25, func(r *Request) { r.Timeout = time.Second })
			if seen.Outcome != c.want {
				t.Errorf("%+v, want %s", seen, c.want)
			}
			if took := time.Since(begun); took > 2500*time.Millisecond {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestNamesByWire: what SOCKS4a and 5 say of a name, and SOCKS5 of an address, byte by byte.
func TestNamesByWire(t *testing.T) {
	for kind, want := range map[string]string{
		"socks4a": "\x04\x01\x00\x19\x00\x00\x00\x01\x00mail.example\x00",
		"socks5h": "\x05\x01\x00\x05\x01\x00\x03\x0cmail.example\x00\x19",
	} {
		got := make(chan string, 1)
		at := said(t, func(c net.Conn) {
			var all []byte
			b := make([]byte, 256)
			for len(all) < len(want) {
				n, err := c.Read(b)
				if all = append(all, b[:n]...); err != nil {
					break
				}
				if kind == "socks5h" && len(all) == 3 {
					c.Write([]byte{5, 0})
				}
			}
			got <- string(all)
		})
		ask(t, kind+"://"+at, "mail.example", 25, func(r *Request) { r.Timeout = time.Second })
		if g := <-got; g != want {
			t.Errorf("%s: %q, want %q", kind, g, want)
		}
	}
}

// TestInterrupted: the end of the context is no answer, and nothing is left.
func TestInterrupted(t *testing.T) {
	for _, kind := range []string{"http", "https", "socks5", "socks4"} {
		ctx, cancel := context.WithCancel(t.Context())
		at := said(t, func(c net.Conn) { cancel(); io.Copy(io.Discard, c) })
		s, _ := Parse(kind + "://" + at)
		seen, conn := Connect(ctx, Request{Server: s, Host: "127.0.0.1", Port: 25, Timeout: 5 * time.Second, Dial: func(ctx context.Context) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", at)
		}})
		if conn != nil || seen.Outcome != evidence.ProxyInterrupted {
			t.Errorf("%s: %+v", kind, seen)
		}
	}
}

// TestLoginIsNeverShown: no way to print a proxy, its evidence or its errors shows name or password.
func TestLoginIsNeverShown(t *testing.T) {
	s, err := Parse("http://alice:sesame@proxy.example:3128")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(s)
	at := said(t, answers("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"alice sesame YWxpY2U6c2VzYW1l\"\r\n\r\n"))
	seen, _ := ask(t, "http://"+at, "127.0.0.1", 25, login("alice", "sesame"))
	if seen.Sent != "Basic" {
		t.Fatalf("%+v", seen)
	}
	record, _ := json.Marshal(seen)
	shown := []string{fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s.Login), string(b), string(record)}
	for _, text := range []string{"ftp://alice:sesame@x", "http://alice:sesame@[::1", "http://alice:sesame@p:99999", "http://alice:ses%zzame@p", "http://alice:sesame@p/x"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s is taken", text)
		} else {
			e := err.(*mistake.Error)
			shown = append(shown, e.Problem+e.Instead)
		}
		_, err := FromEnvironment(func(n string) string { return map[string]string{"HTTPS_PROXY": text}[n] })
		shown = append(shown, err.Error())
	}
	for _, text := range shown {
		if strings.Contains(text, "alice") || strings.Contains(text, "sesame") || strings.Contains(text, "YWxp") {
			t.Errorf("shown: %s", text)
		}
	}
}

func TestChoice(t *testing.T) {
	set := func(pairs ...string) func(string) string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return func(n string) string { return m[n] }
	}
	for _, c := range []struct {
		get  func(string) string
		host string
		port uint16
		want string
	}{
		{set("HTTPS_PROXY", "http://p:3128"), "server.example", 443, "http://p:3128"},
		{set("https_proxy", "p:3128"), "server.example", 2000, "http://p:3128"},
		{set("HTTPS_PROXY", "http://p:3128"), "server.example", 80, ""},
		{set("HTTP_PROXY", "http://p:3128"), "server.example", 80, "http://p:3128"},
		{set("HTTP_PROXY", "http://p:3128", "REQUEST_METHOD", "GET"), "server.example", 80, ""},
		{set("ALL_PROXY", "socks5h://p"), "server.example", 25, "socks5h://p:1080"},
		{set("ALL_PROXY", "socks5h://p", "HTTPS_PROXY", "http://q:1"), "server.example", 25, "http://q:1"},
		{set("HTTPS_PROXY", "http://p:3128", "NO_PROXY", ".example"), "server.example", 443, ""},
		{set("HTTPS_PROXY", "http://p:3128", "no_proxy", "192.0.2.0/24"), "192.0.2.7", 443, ""},
		{set("HTTPS_PROXY", "http://p:3128", "NO_PROXY", "*"), "server.example", 443, ""},
		{set("HTTPS_PROXY", "http://p:3128"), "localhost", 443, ""},
		{set("HTTPS_PROXY", "http://p:3128"), "127.0.0.1", 443, ""},
		{set("HTTPS_PROXY", "http://p:3128"), "2001:db8::1", 443, "http://p:3128"},
	} {
		choose, err := FromEnvironment(c.get)
		if err != nil {
			t.Fatal(err)
		}
		if choose == nil {
			choose = func(string, uint16) (Server, bool) { return Server{}, false }
		}
		got, is := choose(c.host, c.port)
		if is != (c.want != "") || is && got.String() != c.want {
			t.Errorf("%s %d: %v %v, want %q", c.host, c.port, got, is, c.want)
		}
	}
	if choose, err := FromEnvironment(set()); choose != nil || err != nil {
		t.Errorf("an empty environment: %v", err)
	}
}
