package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/socket"
)

// oneCaller is a network in which a port takes one caller at a time: who connects while another is connected, or within busy
// after it, meets what listens on the port instead.
type oneCaller struct {
	*simnet.Network
	port, instead uint16
	busy          time.Duration
	mu            sync.Mutex
	open          int
	ended         time.Time
	met           int // callers too many
}

func (n *oneCaller) Connect(ctx context.Context, r socket.Request) (evidence.Attempt, net.Conn) {
	if r.To.Port() != n.port {
		return n.Network.Connect(ctx, r)
	}
	n.mu.Lock()
	taken := n.open > 0 || !n.ended.IsZero() && time.Since(n.ended) < n.busy
	if taken {
		n.met++
		r.To = netip.AddrPortFrom(r.To.Addr(), n.instead)
	} else {
		n.open++
	}
	n.mu.Unlock()
	a, conn := n.Network.Connect(ctx, r)
	switch {
	case taken:
	case conn == nil:
		n.hangUp()
	default:
		conn = &counted{Conn: conn, hangUp: sync.OnceFunc(n.hangUp)}
	}
	return a, conn
}

func (n *oneCaller) hangUp() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open--
	n.ended = time.Now()
}

type counted struct {
	net.Conn
	hangUp func()
}

func (c *counted) Close() error {
	c.hangUp()
	return c.Conn.Close()
}

func (c *counted) CloseWrite() error { return c.Conn.(interface{ CloseWrite() error }).CloseWrite() }
func (c *counted) SetLinger(s int) error {
	return c.Conn.(interface{ SetLinger(int) error }).SetLinger(s)
}

// callers are the ways of servers that are found behind such ports.
func callers(config *tls.Config) map[string]struct {
	port uint16
	play func(net.Conn)
} {
	read := func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<14)) }
	hold := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	words := func(text string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, text); hold(c) }
	}
	answer := func(text string) func(net.Conn) {
		return func(c net.Conn) { read(c); _, _ = io.WriteString(c, text) }
	}
	const forbidden = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	return map[string]struct {
		port uint16
		play func(net.Conn)
	}{
		"SSH":                              {22, words("SSH-2.0-one\r\n")},
		"a greeting on any port":           {9999, words("welcome to the machine\r\n")},
		"a late greeting on any port":      {9999, func(c net.Conn) { time.Sleep(300 * time.Millisecond); words("hello there\r\n")(c) }},
		"SMTP without encryption":          {25, func(c net.Conn) { words("220 mail ESMTP\r\n")(c) }},
		"a page":                           {80, answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")},
		"a forbidden page":                 {80, answer(forbidden)},
		"a forbidden page on any port":     {9999, answer(forbidden)},
		"a page on any port":               {9999, answer("HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n")},
		"silence":                          {9999, hold},
		"an end after the first words":     {9999, read},
		"a reset after the first words":    {9999, func(c net.Conn) { read(c); _ = c.(interface{ SetLinger(int) error }).SetLinger(0) }},
		"a protocol of its own":            {9999, answer("\x01\x02\x03\x00\x00")},
		"the same where HTTP is usual":     {8080, answer("\x01\x02\x03\x00\x00")},
		"Redis":                            {6379, answer("+PONG\r\n")},
		"a printer":                        {9100, hold},
		"TLS":                              {443, func(c net.Conn) { s := tls.Server(c, config); hold(s) }},
		"TLS on any port":                  {9999, func(c net.Conn) { s := tls.Server(c, config); hold(s) }},
		"an end after the first words, 80": {80, read},
		"a busy server":                    {21, words("421 too many connections, try again later\r\n")},
	}
}

// TestOneCallerAtATime: where a second connection is refused, reset, not taken or queued because of the first, the port is
// called what it is called where nobody is limited.
func TestOneCallerAtATime(t *testing.T) {
	s := httptest.NewTLSServer(nil)
	config := s.TLS.Clone()
	s.Close()
	for name, server := range callers(config) {
		t.Run(name, func(t *testing.T) {
			want := judgedAlone(t, server.port, 0, server.play)
			for i, limit := range []string{"refuses", "resets", "queues", "drops"} {
				if got := judgedAlone(t, server.port, uint16(51001+i), server.play); got != want {
					t.Errorf("%s the second:\n got %s\nwant %s", limit, got, want)
				}
			}
		})
	}
}

// judgedAlone is what is said of a server's port beside a closed and a silent one; instead is what meets those who are too many.
func judgedAlone(t *testing.T, port, instead uint16, play func(net.Conn)) (said string) {
	synctest.Test(t, func(t *testing.T) {
		s, err := simnet.Parse("r2 forward tcp dport 82 drop\nserver listen 51002 reset\nserver listen 51003 hold\nserver listen 51004 silent\n")
		if err != nil {
			t.Fatal(err)
		}
		s.Net.Listen(port, play)
		network := socket.Network(s.Net)
		limited := &oneCaller{Network: s.Net, port: port, instead: instead, busy: 1500 * time.Millisecond}
		if instead != 0 {
			network = limited
		}
		plan := Plan{Targets: []Target{targetOf(s.Target(4), fmt.Sprint(port), "81", "82")}, Options: Options{
			Network: network, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}
		run := Execute(t.Context(), plan, Hooks{})
		time.Sleep(time.Minute) // servers hear of the end of their connections
		for r := range run.Targets[0].All() {
			if r.Port.Port == port {
				identified := ""
				if r.Port.Speech != nil {
					identified = r.Port.Speech.Identified
				}
				said += fmt.Sprintf("%s usable=%t %q", r.Verdict.State, r.Verdict.Usable, identified)
				t.Logf("%s (%s) %s, %d too many", said, r.Verdict.Rule, r.Verdict.Reason, limited.met)
			} else {
				said += fmt.Sprintf("; %d %s/%s", r.Port.Port, r.Verdict.State, r.Verdict.Reason)
			}
		}
	})
	return said
}

// TestRecall: a port that a sweep found open is open, whatever its second caller meets.
func TestRecall(t *testing.T) {
	p := &port{seen: evidence.Port{Attempts: []evidence.Attempt{{Outcome: evidence.Refused}}}}
	if p.recall(evidence.Swept{Outcome: evidence.SweptOpen, Tries: 1}); !p.seen.Open() {
		t.Errorf("%+v", p.seen.Attempts)
	}
	p = &port{seen: evidence.Port{Attempts: []evidence.Attempt{{Outcome: evidence.Connected}}}}
	if p.recall(evidence.Swept{Outcome: evidence.SweptRefused, Tries: 1}); !p.seen.Open() {
		t.Errorf("%+v", p.seen.Attempts)
	}
}
