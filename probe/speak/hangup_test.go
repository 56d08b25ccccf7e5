package speak

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// A balancer without a server, an access list, a forwarder whose program is gone: the connection ends, whatever is said.
func TestHungUpWithoutAWord(t *testing.T) {
	ends := map[string]func(net.Conn){"FIN": func(c net.Conn) { _ = c.Close() }, "RST": reset}
	var together sync.WaitGroup
	defer together.Wait()
	for how, end := range ends {
		for _, after := range []time.Duration{0, 2 * time.Millisecond, 50 * time.Millisecond, 500 * time.Millisecond, 800 * time.Millisecond} {
			for _, port := range []uint16{25, 22, 80, 443, 993, 2000, 3306, 3389, 5432, 6379, 9100, 113, 5666, 554} {
				together.Go(func() {
					s := serve(t, func(c net.Conn, _ int) { time.Sleep(after); end(c) })
					got := ask(t, s, onPort(port), named("server.test"))
					if got.Listened() == nil || got.SignOfLife() {
						t.Errorf("%s after %v on %d: %+v %+v", how, after, port, got.Mute, got.TLS)
					}
				})
			}
		}
	}
}

// One that ends the conversation only because of what was said is something else.
func TestCutOffIsNotHungUp(t *testing.T) {
	for _, port := range []uint16{80, 443, 2000} {
		s := serve(t, func(c net.Conn, _ int) {
			_, _ = c.Read(make([]byte, 1))
			reset(c)
		})
		got := ask(t, s, onPort(port), named("server.test"))
		if got.Listened() != nil || got.SignOfLife() {
			t.Errorf("on %d: %+v", port, got.Mute)
		}
		if port != 443 && (port == 80) != (got.Requested() != nil && got.Requested().End == evidence.EndReset) {
			t.Errorf("on %d: %+v", port, got.Mute)
		}
	}
}

// A frozen program: accepted, and nothing is ever taken.
func TestNoAnswerToARequest(t *testing.T) {
	for expect, port := range map[string]uint16{"": 8080, "http": 9200} {
		got := ask(t, serve(t, func(c net.Conn, _ int) { hold(c) }), onPort(port), expecting(expect), named("server.test"))
		if m := got.Requested(); m == nil || m.End != evidence.EndSilent || m.After < time.Second || got.SignOfLife() || len(got.Hosts) > 0 || got.Elapsed > 6*time.Second {
			t.Errorf("%d: %+v after %v", port, got.Mute, got.Elapsed)
		}
	}
}

// filterHost does something to requests for a host and answers others with 404.
func filterHost(t *testing.T, host string, do func(net.Conn)) *server {
	return serve(t, func(c net.Conn, _ int) {
		in := bufio.NewReader(c)
		if b, err := in.Peek(1); err != nil || b[0] == 0x16 {
			return
		}
		for {
			line, err := in.ReadString('\n')
			switch {
			case err != nil:
				return
			case strings.HasPrefix(line, "Host: "+host):
				do(c)
				return
			case line == "\r\n":
				_, _ = io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
				return
			}
		}
	})
}

func TestOnlyTheTrueHostIsCutOff(t *testing.T) {
	for end, do := range map[string]func(net.Conn){
		evidence.EndReset: reset, evidence.EndSilent: hold, evidence.EndEOF: func(net.Conn) {},
	} {
		got := ask(t, filterHost(t, "server.test", do), onPort(80), named("server.test"))
		if len(got.Hosts) != 2 || got.HTTP != nil || len(got.Mute) < 2 || got.Requested().End != end || got.Connections > 5 {
			t.Errorf("%s: %+v %+v, %d connections", end, got.Mute, got.Hosts, got.Connections)
		}
	}
	got := ask(t, filterHost(t, "another.test", reset), onPort(80), named("server.test"))
	if len(got.Hosts) > 0 || got.HTTP == nil || got.HTTP.Status != 404 || got.Connections != 0 {
		t.Errorf("healthy: %+v", got)
	}
}

// A small device that knows no HEAD serves all the same, in the open and in TLS.
func TestOnlyGetIsKnown(t *testing.T) {
	page := func(c net.Conn, end func(net.Conn)) {
		in := bufio.NewReader(c)
		if b, err := in.Peek(1); err != nil || b[0] == 0x16 {
			return
		}
		line, _ := in.ReadString('\n')
		for rest := line; rest != "\r\n" && rest != ""; {
			rest, _ = in.ReadString('\n')
		}
		if strings.HasPrefix(line, "GET ") {
			_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nhello")
			return
		}
		end(c)
	}
	for how, end := range map[string]func(net.Conn){"FIN": func(net.Conn) {}, "RST": reset, "silence": hold} {
		for _, name := range []string{"server.test", ""} {
			got := ask(t, serve(t, func(c net.Conn, _ int) { page(c, end) }), onPort(80), named(name))
			if got.HTTP == nil || got.HTTP.Status != 200 || len(got.Hosts) > 2 {
				t.Errorf("%s for %q: %+v %+v", how, name, got.HTTP, got.Mute)
			}
		}
	}
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, func(c *tls.Conn) { page(c, func(net.Conn) {}) })
	if got := ask(t, s, onPort(443), named("server.test"), publicly(poolOf(ca))); got.HTTP == nil || got.Unanswered() != nil {
		t.Errorf("inside: %+v %+v", got.HTTP, got.Mute)
	}
}

// A service that must answer its own question, which comes first, and does not.
func TestClientFirstUnanswered(t *testing.T) {
	for port, name := range map[uint16]string{389: "ldap", 3389: "rdp", 5432: "postgresql"} {
		for end, do := range map[string]func(net.Conn){evidence.EndReset: reset, evidence.EndEOF: func(net.Conn) {}, evidence.EndSilent: hold} {
			got := ask(t, serve(t, func(c net.Conn, _ int) { _, _ = c.Read(make([]byte, 100)); do(c) }), onPort(port))
			if len(got.Mute) == 0 || got.Mute[0].Said != name || got.Mute[0].End != end || got.SignOfLife() {
				t.Errorf("%d, %s: %+v", port, end, got.Mute)
			}
		}
	}
}

// A connection that had ended before it could be asked is as hung up as one that ends under our eyes.
func TestHungUpBeforeItIsAsked(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { time.Sleep(300 * time.Millisecond) })
	c, err := net.Dial("tcp", s.Addr().String())
	must(t, err)
	opened := time.Now()
	time.Sleep(500 * time.Millisecond)
	got := ask(t, s, onPort(4711), func(r *Request) { r.First, r.Connected = c, opened })
	if m := got.Listened(); m == nil || m.End != evidence.EndEOF || got.SignOfLife() {
		t.Errorf("%+v %+v", got.Mute, got.TLS)
	}
}

// What completes TLS and ends the session at once stands before a service that is gone, on any port; what waits is well.
func TestEndedAtOnceInside(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	for _, port := range []uint16{4711, 6697, 8883} {
		s := serveTLS(t, config, func(c *tls.Conn) { _ = c.Close() })
		got := ask(t, s, onPort(port), named("server.test"), publicly(poolOf(ca)))
		if m := got.Unanswered(); m == nil || m.End != evidence.EndEOF || !got.TLS.Completed() {
			t.Errorf("%d: %+v", port, got.Mute)
		}
	}
	s := serveTLS(t, config, func(c *tls.Conn) { hold(c) })
	if got := ask(t, s, onPort(4711), named("server.test"), publicly(poolOf(ca))); got.Unanswered() != nil || got.Connections != 0 || got.Elapsed > time.Second {
		t.Errorf("it waits: %+v", got)
	}
}

// A server of TLS answers a link with http:// by an alert.
func TestAlertToARequest(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	s := serve(t, func(c net.Conn, _ int) {
		in := bufio.NewReader(c)
		if b, err := in.Peek(1); err == nil && b[0] != tlsHandshake {
			_, _ = in.ReadString('\n')
			_, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x16")
			return
		}
		talkTLS(&peeked{c, in}, config, nil)
	})
	for _, port := range []uint16{443, 8443} {
		got := ask(t, s, onPort(port), expecting("http"), named("server.test"), publicly(poolOf(ca)))
		if !got.TLS.Completed() || got.Banner != nil {
			t.Errorf("%d: %+v, %+v", port, got.TLS, got.Banner)
		}
	}
}

// peeked is a connection of which some was read ahead.
type peeked struct {
	net.Conn
	in *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.in.Read(b) }
