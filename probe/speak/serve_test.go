package speak

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// A gateway answers, what is behind it does not; in plain HTTP, in TLS, and in HTTP/2.
func TestGatewayWithoutAServer(t *testing.T) {
	ca := privateCA(t)
	for _, tc := range []struct {
		status       int
		server, body string
		gateway      string
	}{
		{502, "cloudflare", "", "cloudflare"}, {504, "", "", "a gateway"}, {522, "cloudflare", "", "cloudflare"},
		{503, "CloudFront", "", "CloudFront"}, {503, "", "<h1>503</h1>\nNo server is available to handle this request.\n", "HAProxy"},
		{503, "", "no available server\n", "Traefik"}, {503, "", "upstream connect error or disconnect/reset before headers. retried", "Envoy"},
		{503, "Apache/2.4", "request due to maintenance downtime or capacity\nproblems.", "Apache"}, {503, "Heroku", "Application error", "Heroku"},
		{503, "Apache/2.4", "too busy", ""}, {500, "nginx", "", ""}, {200, "cloudflare", "", ""},
	} {
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Server", tc.server)
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		})
		for _, kind := range []string{"http", "https", "h2"} {
			s := httptest.NewUnstartedServer(handler)
			s.EnableHTTP2 = kind == "h2"
			s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
			port := uint16(443)
			if kind == "http" {
				port = 80
				s.Start()
			} else {
				s.StartTLS()
			}
			got := ask(t, s.Listener, onPort(port), named("server.test"), publicly(poolOf(ca)))
			if got.HTTP == nil || got.HTTP.Status != tc.status || got.HTTP.Gateway != tc.gateway || got.Identified != strings.Replace(kind, "h2", "https", 1) || got.Connections > 1 {
				t.Errorf("%s %d %s: %+v %+v", kind, tc.status, tc.server, got, got.HTTP)
			}
			s.Close()
		}
	}
}

// A relay whose service is gone ends the session, or says nothing, where the protocol greets or must answer.
func TestNothingInsideTLS(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	for _, port := range []uint16{465, 993, 995, 990, 636, 443} {
		s := serveTLS(t, config, func(c *tls.Conn) { _ = c.Close() })
		got := ask(t, s, onPort(port), named("server.test"), publicly(poolOf(ca)))
		if m := got.Unanswered(); m == nil || m.End != evidence.EndEOF || !got.TLS.Completed() {
			t.Errorf("%d: %+v", port, got.Mute)
		}
	}
	s := serveTLS(t, config, func(c *tls.Conn) { hold(c) })
	got := ask(t, s, onPort(993), named("server.test"), publicly(poolOf(ca)), lasting(4*time.Second))
	if m := got.Unanswered(); m == nil || m.End != evidence.EndSilent {
		t.Errorf("silent: %+v", got.Mute)
	}
}

// A link with http:// leads to TLS, and TLS was promised where the server begins in the open.
func TestTheOtherWayAround(t *testing.T) {
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
	got := ask(t, s, onPort(9200), expecting("http"), named("server.test"), publicly(poolOf(ca)))
	if got.Asked != "http" || !got.TLS.Completed() {
		t.Errorf("%+v %+v", got, got.TLS)
	}
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }))
	defer bad.Close()
	if got = ask(t, bad.Listener, onPort(80), named("server.test")); !has(got.Notes, evidence.NoteBadRequest) || got.TLS.Completed() {
		t.Errorf("400: %+v", got)
	}
}

// slowly says lines with a pause before each.
func slowly(t *testing.T, pause time.Duration, lines ...string) (*server, *locked) {
	heard := &locked{}
	return serve(t, func(c net.Conn, _ int) {
		for _, line := range lines {
			_ = c.SetReadDeadline(time.Now().Add(pause))
			buf := make([]byte, 100)
			n, err := c.Read(buf)
			heard.add(string(buf[:n]))
			if n > 0 || err == io.EOF {
				return
			}
			_, _ = io.WriteString(c, line)
		}
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.Copy(io.Discard, c)
	}), heard
}

// Servers that look callers up, or make them wait, are waited for, and nobody speaks before they have finished.
func TestLateGreetings(t *testing.T) {
	for _, tc := range []struct {
		name       string
		port       uint16
		expect     string
		pause      time.Duration
		lines      []string
		identified string
		unfinished bool
	}{
		{"ssh after 3 s", 22, "", 3 * time.Second, []string{"SSH-2.0-late\r\n"}, "ssh", false},
		{"ssh after lines", 22, "", time.Second, []string{"Authorised use only\r\n", "all is logged\r\n", "SSH-2.0-late\r\n"}, "ssh", false},
		{"mail after 4 s", 587, "", 4 * time.Second, []string{"220 mx ESMTP\r\n"}, "smtp", false},
		{"2525 after 3 s", 2525, "", 3 * time.Second, []string{"220 mx ESMTP\r\n"}, "smtp", false},
		{"pop3 after 3 s", 110, "", 3 * time.Second, []string{"+OK ready\r\n"}, "pop3", false},
		{"postscreen", 25, "", 3 * time.Second, []string{"220-mx ESMTP\r\n", "220 mx ESMTP\r\n"}, "smtp", false},
		{"mysql, promised", 3306, "starttls", 3 * time.Second, []string{fmt.Sprintf(mysqlHello, "\xff\xf7")}, "mysql", false},
		{"no end", 25, "", 100 * time.Millisecond, []string{"220-mx ESMTP\r\n", "220-mx\r\n"}, "smtp", true},
		{"tarpit", 22, "", 900 * time.Millisecond, strings.Split(strings.Repeat("x7f\r\n,", 20), ","), "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, heard := slowly(t, tc.pause, tc.lines...)
			got := ask(t, s, onPort(tc.port), expecting(tc.expect), named("server.test"), lasting(9*time.Second))
			if got.Identified != tc.identified || got.Banner == nil || has(got.Notes, evidence.NoteUnfinished) != tc.unfinished || heard.text() != "" || got.Connections > 0 {
				t.Errorf("%+v %+v, heard %q", got, got.Banner, heard.text())
			}
		})
	}
}

// dropbear's version and its first packet come as one: nothing is waited for.
func TestKeyExchangeBehindTheVersion(t *testing.T) {
	got := ask(t, greeter(t, "SSH-2.0-dropbear_2022.83\r\n\x00\x00\x01\x8c\x04\x14binary"), onPort(22))
	if got.Product != "dropbear_2022.83" || got.Elapsed > 200*time.Millisecond {
		t.Errorf("%s after %v", got.Product, got.Elapsed)
	}
}

func TestRefusalsThatAreSaid(t *testing.T) {
	for _, tc := range []struct {
		port       uint16
		said       string
		identified string
	}{
		{21, "500 OOPS: vsftpd: refusing to run with writable root inside chroot()\r\n", "ftp"},
		{2600, "554 5.7.1 <client.test[192.0.2.1]>: Client host rejected: Access denied\r\n", "smtp"},
		{2628, "530 Access denied\r\n", "dict"},
		{515, "lpd: your host does not have line printer access: no connect permissions\r\n", ""},
	} {
		s := serve(t, func(c net.Conn, _ int) { _, _ = io.WriteString(c, tc.said) })
		got := ask(t, s, onPort(tc.port))
		if got.Identified != tc.identified || !has(got.Notes, evidence.NoteTurnedAway) {
			t.Errorf("%d: %+v", tc.port, got)
		}
	}
}

// Redis is asked in its own words, also where HTTP would be tried, and never with what it takes for an attack.
func TestRedisIsAskedPolitely(t *testing.T) {
	for _, tc := range []struct {
		port        uint16
		answer      string
		connections int
		refused     bool
	}{{6379, "+PONG\r\n", 0, false}, {6379, "-NOAUTH Authentication required.\r\n", 0, false}, {6379, "-DENIED Redis is running in protected mode\r\n", 0, true}, {6381, "-ERR unknown command 'HEAD'\r\n", 2, false}} {
		heard := &locked{}
		s := serve(t, func(c net.Conn, _ int) {
			buf := make([]byte, 4096)
			n, _ := c.Read(buf)
			if n > 0 && buf[0] != 0x16 {
				heard.add(string(buf[:n]))
				_, _ = io.WriteString(c, tc.answer)
			}
			hold(c)
		})
		got := ask(t, s, onPort(tc.port), named("server.test"))
		if got.Identified != "redis" || got.Connections != tc.connections || has(got.Notes, evidence.NoteTurnedAway) != tc.refused ||
			strings.Contains(strings.ToLower(heard.text()), "host:") || strings.Contains(heard.text(), "POST") {
			t.Errorf("%d %q: %+v, heard %q", tc.port, tc.answer, got, heard.text())
		}
	}
}

// tapped keeps what a server reads.
type tapped struct {
	net.Conn
	all []byte
	err error
}

func (c *tapped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.all = append(c.all, p[:n]...)
	if err != nil {
		c.err = err
	}
	return n, err
}

// lastRecord is the type of the last TLS record; up to TLS 1.2 that of an alert is to be seen.
func (c *tapped) lastRecord() (kind byte) {
	for b := c.all; len(b) >= 5; {
		kind = b[0]
		b = b[min(len(b), 5+int(b[3])<<8+int(b[4])):]
	}
	return kind
}

// Sessions end with close_notify and not with RST, which servers log.
func TestSessionsEndInOrder(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, MaxVersion: tls.VersionTLS12}
	for port, words := range map[uint16]string{443: "", 465: "220 mx ESMTP\r\n", 993: "* OK ready\r\n", 995: "+OK ready\r\n", 2000: ""} {
		done := make(chan *tapped, 8)
		s := serve(t, func(c net.Conn, _ int) {
			tap := &tapped{Conn: c}
			talkTLS(tap, config, func(c *tls.Conn) {
				_, _ = io.WriteString(c, words)
				if port == 443 {
					_, _ = c.Read(make([]byte, 1024))
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
				_, _ = io.Copy(io.Discard, c)
			})
			done <- tap
		})
		got := ask(t, s, onPort(port), named("server.test"), publicly(poolOf(ca)))
		if tap := <-done; tap.lastRecord() != 0x15 || tap.err != nil && tap.err != io.EOF || got.Connections != 0 {
			t.Errorf("%d: the last record is of type %d, then %v; %+v", port, tap.lastRecord(), tap.err, got)
		}
	}
}

// Where mail is usual nothing of the web is offered: Exim refuses it, and logs that.
func TestNothingOfTheWebIsOfferedToMail(t *testing.T) {
	ca := privateCA(t)
	for port, want := range map[uint16]bool{465: false, 636: false, 443: true, 8883: false, 2000: true} {
		offered := make(chan bool, 8)
		config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			offered <- len(h.SupportedProtos) > 0
			return nil, nil
		}}
		ask(t, serveTLS(t, config, func(c *tls.Conn) { _, _ = io.WriteString(c, "220 mx ESMTP\r\n") }), onPort(port), named("server.test"))
		if got := <-offered; got != want {
			t.Errorf("%d: ALPN offered is %v", port, got)
		}
	}
}
