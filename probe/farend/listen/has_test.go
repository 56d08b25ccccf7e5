package listen

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// inTLS is what a listener says to a question inside TLS.
func inTLS(t *testing.T, to string, frame []byte) []byte {
	t.Helper()
	c, err := tls.Dial("tcp", to, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(2 * time.Second))
	c.Write(frame)
	var got bytes.Buffer
	got.ReadFrom(c)
	return got.Bytes()
}

// TestServerHasIsForTheTokenAlone: what waits on the ports is told to the token, inside TLS, of ports that the command names. A port of
// which a program has one address is left alone.
func TestServerHasIsForTheTokenAlone(t *testing.T) {
	at := free(t)
	free := Port{netip.MustParseAddrPort(at).Port(), evidence.TCP}
	program, err := net.Listen("tcp4", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	held := Port{netip.MustParseAddrPort(program.Addr().String()).Port(), evidence.TCP}
	l, err := Open(t.Context(), Options{Token: farend.NewToken(), Bind: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
		Ports: []Port{free, held}, Peer: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	if l.Holds(held) || !l.Holds(free) || l.Meeting() == 0 {
		t.Errorf("held %v, free %v, asked on %d", l.Holds(held), l.Holds(free), l.Meeting())
	}
	q := question()
	q.Has = true
	for _, p := range []Port{free, held, {9, evidence.TCP}} { // the last is not named
		q.Ports = append(q.Ports, farend.PortAsked{Port: p.Port, Protocol: p.Protocol})
	}
	if got := inTLS(t, at, farend.NewToken().Question(q, 0)); len(got) > 0 {
		t.Errorf("a foreign token is told %q", got)
	}
	read := func(raw []byte) *farend.Answer {
		t.Helper()
		a, err := l.options.Token.ReadAnswer(bytes.NewReader(raw), q.Nonce)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := read(said(t, "tcp", at, l.options.Token.Question(q, 0))); len(a.Has) > 0 {
		t.Errorf("in plain: %+v", a.Has)
	}
	q.Nonce = farend.Nonce()
	a := read(inTLS(t, at, l.options.Token.Question(q, 0)))
	if len(a.Has) != 2 || len(a.Has[0].Has.Sockets) != 1 || !a.Has[0].Has.Sockets[0].Own || len(a.Has[1].Has.Sockets) != 1 || a.Has[1].Has.Sockets[0].Own {
		t.Errorf("inside TLS: %+v", a.Has)
	}
}

// TestServerHasFitsInAFrame: the most that is told at once, with the longest texts.
func TestServerHasFitsInAFrame(t *testing.T) {
	long := strings.Repeat(`"`, 2*farend.MaxText)
	socket := evidence.ServerSocket{At: netip.MustParseAddrPort("[2001:db8:1111:2222:3333:4444:5555:6666]:65535"), Program: cut(long), User: cut(long),
		Scope: "address-not-here", Notes: []string{"queue-full", "program-stopped", "shadowed"}, Gate: "not-readable",
		Firewall: cut(long), Rule: cut(long), Ask: cut(long)}
	var a farend.Answer
	for range farend.MaxHas {
		h := farend.PortHas{Port: 65535, Protocol: evidence.TCP}
		for range farend.MaxSockets {
			h.Has.Sockets = append(h.Has.Sockets, socket)
		}
		a.Has = append(a.Has, h)
	}
	token, nonce := farend.NewToken(), farend.Nonce()
	if _, err := token.ReadAnswer(bytes.NewReader(token.Answer(&a, nonce)), nonce); err != nil {
		t.Errorf("%d bytes: %v", len(token.Answer(&a, nonce)), err)
	}
	if got := cut("nginx\x1b[31m\xff\n"); strings.ContainsFunc(got, func(r rune) bool { return r < ' ' }) {
		t.Errorf("%q", got)
	}
}
