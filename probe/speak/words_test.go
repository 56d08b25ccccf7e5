package speak

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"whyport/probe/evidence"
)

func TestAsked(t *testing.T) {
	for _, tc := range []struct {
		port               uint16
		expect, mode, want string
	}{
		{443, "", "auto", "tls"}, {8443, "", "auto", "tls"}, {993, "", "auto", "tls"}, {6443, "", "auto", "tls"},
		{22, "", "auto", "ssh"}, {80, "", "auto", ""}, {20, "", "auto", ""}, {2000, "", "auto", ""}, {25, "", "auto", ""},
		{20, "tls", "auto", "tls"}, {443, "plain", "auto", "plain"}, {5000, "starttls", "auto", "starttls"},
		{80, "", "always", "tls"}, {25, "", "always", "starttls"}, {22, "", "always", "tls"}, {2022, "ssh", "always", "ssh"},
		{443, "plain", "always", "tls"}, {443, "", "never", "plain"}, {443, "tls", "never", "plain"}, {22, "", "never", "ssh"},
		{9100, "", "auto", ""}, {0, "", "", ""},
	} {
		if got := Asked(tc.port, tc.expect, tc.mode); got != tc.want {
			t.Errorf("Asked(%d, %q, %q) = %q, want %q", tc.port, tc.expect, tc.mode, got, tc.want)
		}
	}
}

// locked collects what servers heard.
type locked struct {
	mu    sync.Mutex
	heard string
}

func (l *locked) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard += s
}

func (l *locked) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard
}

// greeter says a line and then nothing.
func greeter(t *testing.T, text string) *server {
	return serve(t, func(c net.Conn, _ int) { _, _ = io.WriteString(c, text); hold(c) })
}

func TestGreetings(t *testing.T) {
	const ssh = "SSH-2.0-OpenSSH_9.2p1\r\n"
	// Where greetings are usual, listening is enough, and nothing is ever sent but the protocol's farewell.
	var sent, farewell locked
	s := serve(t, func(c net.Conn, _ int) {
		_, _ = io.WriteString(c, ssh)
		text, _ := io.ReadAll(c)
		farewell.add(string(text))
	})
	got := ask(t, s, onPort(22))
	if got.Identified != "ssh" || got.Product != "OpenSSH_9.2p1" || got.Connections != 0 || got.TLS != nil ||
		got.Banner == nil || got.Banner.Provoked || string(got.Banner.Bytes) != ssh {
		t.Errorf("%+v %+v", got, got.Banner)
	}
	time.Sleep(50 * time.Millisecond) // it reads to the end
	version, packet, _ := strings.Cut(farewell.text(), "\r\n")
	// RFC 4253, 6: length, padding, SSH_MSG_DISCONNECT, SSH_DISCONNECT_BY_APPLICATION
	if version != "SSH-2.0-whyport" || len(packet) != 24 || packet[:10] != "\x00\x00\x00\x14\x06\x01\x00\x00\x00\x0b" {
		t.Errorf("the farewell is %q", farewell.text())
	}
	// 443 speaks SSH.
	got = ask(t, greeter(t, ssh), onPort(443))
	if got.Identified != "ssh" || got.TLS == nil || got.TLS.State != evidence.TLSPlaintext || got.Banner.Provoked || got.Connections != 0 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
	// An unknown port: a greeting that is there already is heard before anything is said.
	got = ask(t, greeter(t, "\xff\xfb\x01\xff\xfb\x03login: "), onPort(2000))
	if got.Identified != "telnet" || got.TLS != nil || got.Banner.Provoked || got.Connections != 0 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
	// Unknown words are kept, not named.
	got = ask(t, greeter(t, "welcome to the machine\r\n"), onPort(2000))
	if got.Identified != "" || string(got.Banner.Bytes) != "welcome to the machine\r\n" || !got.SignOfLife() {
		t.Errorf("%+v", got)
	}
	// A greeting in two packets.
	got = ask(t, serve(t, func(c net.Conn, _ int) {
		_, _ = io.WriteString(c, "220-mail.test ")
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(c, "ESMTP\r\n220 go\r\n")
		hold(c)
	}), onPort(25), mode("never"))
	if got.Identified != "smtp" || string(got.Banner.Bytes) != "220-mail.test ESMTP\r\n220 go\r\n" {
		t.Errorf("%+v", got.Banner)
	}
	// A raw printer port is never spoken to.
	s = serve(t, func(c net.Conn, _ int) {
		buf := make([]byte, 100)
		n, _ := c.Read(buf)
		sent.add(string(buf[:n]))
	})
	for _, port := range []uint16{102, 502, 789, 1911, 2404, 4840, 9600, 18245, 20000, 44818, 515, 9107, 104, 11112, 2575} {
		got = ask(t, s, onPort(port))
		if !has(got.Notes, "listened-only") || sent.text() != "" || got.Connections != 0 {
			t.Errorf("%d, a fragile device's port, was told %q: %+v", port, sent.text(), got)
		}
	}
	for _, port := range []uint16{443, 80, 25, 3306, 12345} {
		got = ask(t, s, onPort(port), expecting("tls"), func(r *Request) { r.Careful = true })
		if !has(got.Notes, "listened-only") || sent.text() != "" || got.Connections != 0 || got.TLS != nil {
			t.Errorf("%d was told %q although care was asked for: %+v", port, sent.text(), got)
		}
	}
	got = ask(t, s, onPort(9100))
	if !has(got.Notes, "listened-only") || got.SignOfLife() || sent.text() != "" || got.Connections != 0 {
		t.Errorf("%+v, sent %q", got, sent.text())
	}
}

func TestTLSOnAPortThatGreets(t *testing.T) {
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
	got := ask(t, s, onPort(22), named("server.test"), publicly(poolOf(ca)))
	if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.Connections != 0 || got.Asked != "ssh" || got.Identified != "tls" {
		t.Errorf("%+v", got)
	}
	// And one where the greeting comes inside.
	s = serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, func(c *tls.Conn) {
		_, _ = io.WriteString(c, "* OK Dovecot ready.\r\n")
		hold(c)
	})
	got = ask(t, s, onPort(993), named("server.test"), publicly(poolOf(ca)))
	if got.TLS.State != evidence.TLSOK || got.Identified != "imap" || got.Product != "Dovecot" {
		t.Errorf("%+v", got)
	}
}

func TestTLSNever(t *testing.T) {
	var sent locked
	s := serve(t, func(c net.Conn, _ int) {
		line, _ := bufio.NewReader(c).ReadString('\n')
		sent.add(line[:min(len(line), 1)])
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nServer: test/1\r\nContent-Length: 0\r\n\r\n")
	})
	for _, change := range []change{mode("never"), expecting("plain")} {
		got := ask(t, s, onPort(443), change)
		if got.TLS != nil || strings.Contains(sent.text(), "\x16") || got.Identified != "http" || got.HTTP.Server != "test/1" || got.Asked != "plain" || got.Connections != 0 {
			t.Errorf("%+v, sent %q", got, sent.text())
		}
	}
}

// web answers ClientHello as nginx does, HEAD with the head and GET with all of an answer.
func web(t *testing.T, head, body string) *server {
	return serve(t, func(c net.Conn, _ int) {
		in := bufio.NewReader(c)
		for {
			line, err := in.ReadString('\n')
			switch {
			case strings.HasPrefix(line, "\x16"):
				_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nServer: web/1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
				return
			case err != nil:
				return
			case strings.HasPrefix(line, "HEAD "):
				_, _ = io.WriteString(c, head+"\r\n")
			case strings.HasPrefix(line, "GET "):
				_, _ = io.WriteString(c, head+"\r\n"+body)
			default:
				continue
			}
			if strings.Contains(head, "Connection: close") {
				return
			}
		}
	})
}

func TestHTTP(t *testing.T) {
	page := func(status, more, body string) (string, string) {
		return "HTTP/1.1 " + status + "\r\n" + more + fmt.Sprintf("Content-Length: %d\r\n", len(body)), body
	}
	for _, tc := range []struct {
		name         string
		port         uint16
		status, more string
		body         string
		want         evidence.HTTP
		connections  int
	}{
		{"plain", 80, "200 OK", "Server: nginx/1.22.1\r\n", "Powered By FortiGuard", evidence.HTTP{Status: 200, Server: "nginx/1.22.1"}, 0},
		{"redirect", 80, "301 Moved", "Location: https://server.test/\r\n", "", evidence.HTTP{Status: 301, Location: "https://server.test/"}, 0},
		{"portal by redirect", 80, "302 Found", "Location: http://wired.meraki.com:8090/blocked.cgi?x=1\r\n", "", evidence.HTTP{Status: 302, Location: "http://wired.meraki.com:8090/blocked.cgi?x=1", BlockPage: "Cisco Meraki"}, 0},
		{"portal by parameter", 80, "303 See Other", "Location: http://gw.test:1000/fgtauth?1\r\n", "",
			evidence.HTTP{Status: 303, Location: "http://gw.test:1000/fgtauth?1", BlockPage: "captive portal"}, 0},
		{"portal by status", 80, "511 Network Authentication Required", "", "log in", evidence.HTTP{Status: 511, BlockPage: "captive portal"}, 0},
		{"block page", 80, "403 Forbidden", "", "<b>Powered By FortiGuard</b>", evidence.HTTP{Status: 403, BlockPage: "FortiGuard"}, 0},
		{"block page that closes", 80, "403 Forbidden", "Connection: close\r\n", "<b>Webfilter Violation</b>", evidence.HTTP{Status: 403, BlockPage: "FortiGuard"}, 0},
		{"forbidden", 80, "403 Forbidden", "", "<b>no</b>", evidence.HTTP{Status: 403}, 0},
		{"squid", 3128, "503 Service Unavailable", "Via: 1.1 proxy (squid/5.7)\r\n", "/* Stylesheet for Squid Error pages */", evidence.HTTP{Status: 503, Via: "1.1 proxy (squid/5.7)", BlockPage: "Squid", Gateway: "1.1 proxy (squid/5.7)"}, 0},
		{"cisco passes a page on", 80, "200 OK", "Via: 1.1 wsa (Cisco-WSA/X)\r\n", "", evidence.HTTP{Status: 200, Via: "1.1 wsa (Cisco-WSA/X)"}, 0},
		{"cisco blocks", 80, "403 Forbidden", "Via: 1.1 wsa (Cisco-WSA/X)\r\n", "", evidence.HTTP{Status: 403, Via: "1.1 wsa (Cisco-WSA/X)", BlockPage: "Cisco Secure Web Appliance"}, 0},
		{"HTTPS port", 443, "200 OK", "", "", evidence.HTTP{Status: 200}, 1},
	} {
		head, body := page(tc.status, tc.more, tc.body)
		got := ask(t, web(t, head, body), onPort(tc.port), named("server.test"))
		if got.HTTP == nil || (got.HTTP.After > 0) == (tc.port == 443 && got.Connections == 0) {
			t.Errorf("%s: no time of the page: %+v", tc.name, got.HTTP)
			continue
		}
		got.HTTP.After = 0
		if *got.HTTP != tc.want || got.Identified != "http" || got.Connections != tc.connections ||
			(tc.port == 443) != (got.TLS != nil && got.TLS.State == evidence.TLSPlaintext && got.Banner.Provoked) {
			t.Errorf("%s: %+v %+v, %d connections", tc.name, got, got.HTTP, got.Connections)
		}
	}
	// 22 answers HTTP.
	head, body := page("200 OK", "", "Internet Security by Zscaler")
	got := ask(t, web(t, head, body), onPort(22))
	if got.HTTP == nil || got.HTTP.BlockPage != "Zscaler" || got.Identified != "http" || got.Asked != "ssh" {
		t.Errorf("%+v %+v", got, got.HTTP)
	}
}

// Devices answer whatever comes with their page and hang up, a ClientHello included, or a HEAD without the page.
func TestBlockPageOfADeviceThatHangsUp(t *testing.T) {
	const head, page = "HTTP/1.1 403 Forbidden\r\nContent-Length: 40\r\n\r\n", "<html>Powered By FortiGuard, says it</html>"
	any := serve(t, func(c net.Conn, _ int) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, head+page)
	})
	if got := ask(t, any, onPort(443)); got.HTTP == nil || got.HTTP.BlockPage != "FortiGuard" || got.Connections != 0 {
		t.Errorf("to a ClientHello: %+v %+v", got, got.HTTP)
	}
	get := serve(t, func(c net.Conn, _ int) {
		request := make([]byte, 4096)
		n, _ := c.Read(request)
		_, _ = io.WriteString(c, head)
		if strings.HasPrefix(string(request[:n]), "GET ") {
			_, _ = io.WriteString(c, page)
		}
	})
	if got := ask(t, get, onPort(443)); got.HTTP == nil || got.HTTP.BlockPage != "FortiGuard" || got.Connections != 2 {
		t.Errorf("to GET: %+v %+v", got, got.HTTP)
	}
}

// A small HTTP server waits for the end of a line, which a ClientHello may not have.
func TestHTTPThatWaitsForALine(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) {
		in := bufio.NewReader(c)
		if b, _ := in.Peek(1); len(b) == 1 && b[0] == 0x16 {
			hold(c)
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\nServer: tiny\r\n\r\n")
	})
	got := ask(t, s, onPort(80))
	if got.Identified != "http" || got.Product != "tiny" || got.Elapsed > time.Second || got.Connections != 0 || got.TLS != nil {
		t.Errorf("%+v %+v", got, got.TLS)
	}
}

func TestSilentUntilARequest(t *testing.T) {
	// Waits for a line, whatever it is; a ClientHello has none that ends.
	s := serve(t, func(c net.Conn, _ int) {
		in := bufio.NewReader(c)
		if b, _ := in.Peek(1); len(b) == 1 && b[0] == 0x16 {
			hold(c)
			return
		}
		_, _ = io.WriteString(c, "-ERR unknown command 'HEAD'\r\n")
		hold(c)
	})
	got := ask(t, s, onPort(2000))
	if got.Identified != "redis" || !got.Banner.Provoked || got.TLS.State != evidence.TLSNoResponse || got.Connections != 2 {
		t.Errorf("%+v", got)
	}
}

// What was promised decides who speaks first, not the port's number.
func TestPromisesComeBeforeHabits(t *testing.T) {
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
	got := ask(t, s, onPort(25), expecting("tls"), named("server.test"), publicly(poolOf(ca)))
	if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.Elapsed > time.Second {
		t.Errorf("tls on 25: %+v after %v", got, got.Elapsed)
	}
	var sent locked
	late := serve(t, func(c net.Conn, _ int) {
		time.Sleep(300 * time.Millisecond)
		_, _ = io.WriteString(c, "SSH-2.0-late\r\n")
		buf := make([]byte, 10)
		n, _ := c.Read(buf)
		if !strings.HasPrefix("SSH-2.0-whyport", string(buf[:n])) { // the farewell
			sent.add(string(buf[:n]))
		}
	})
	if got = ask(t, late, onPort(2022), expecting("ssh")); got.Product != "late" || sent.text() != "" {
		t.Errorf("ssh on 2022: %+v, sent %q", got, sent.text())
	}
	silent := serve(t, func(c net.Conn, _ int) {
		buf := make([]byte, 1)
		n, _ := c.Read(buf)
		sent.add(string(buf[:n]))
	})
	if got = ask(t, silent, onPort(22), mode("never"), lasting(2*time.Second)); got.TLS != nil || strings.Contains(sent.text(), "\x16") {
		t.Errorf("never: %+v, sent %q", got, sent.text())
	}
}
