package speak

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/socket"
)

// The ports whose usual protocols a dialogue is held with, and what can be asked of them.
var (
	dialoguePorts = []uint16{
		443, 22, 25, 80, 21, 110, 143, 3306, 5432, 389, 636, 993, 5222, 3389, 6379, 119, 4190, 5900, 23, 8080, 12345, 9100,
	}
	dialogueAsks = []struct{ expect, mode string }{
		{"", "auto"}, {"", "always"}, {"", "never"}, {"starttls", "auto"}, {"ssh", "auto"}, {"tls", "auto"},
	}
)

// FuzzDialogue: whatever a server does, in whatever order, Ask ends in its time, and the evidence is bounded and can be written
// down. The network is simulated, its time virtual. testdata/fuzz/FuzzDialogue has dialogues with each protocol.
func FuzzDialogue(f *testing.F) {
	ca := newCA(f, pkix.Name{CommonName: "dialogue"}, nil)
	config := &tls.Config{Certificates: []tls.Certificate{with(ca.leaf(f, nil, manyNames(200)), ca)}}
	f.Fuzz(func(t *testing.T, port, ask byte, script []byte) {
		if len(script) > 4096 {
			return // what costs time is repeated, not typed
		}
		synctest.Test(t, func(t *testing.T) { converse(t, int(port), int(ask), script, config) })
	})
}

func converse(t *testing.T, port, ask int, script simnet.Dialogue, config *tls.Config) {
	s, err := simnet.Parse("")
	must(t, err)
	to := netip.AddrPortFrom(s.Target(4), dialoguePorts[port%len(dialoguePorts)])
	s.Net.Listen(to.Port(), script.Server(config))
	how := dialogueAsks[ask%len(dialogueAsks)]
	var connected atomic.Int32
	connect := func(ctx context.Context, port uint16) (evidence.Attempt, net.Conn) {
		connected.Add(1)
		return s.Net.Connect(ctx, socket.Request{To: netip.AddrPortFrom(to.Addr(), port), Timeout: time.Second})
	}
	begin := time.Now()
	const limit = 4 * time.Second
	speech := Ask(t.Context(), Request{
		To: to, ServerName: "a.test", Expect: how.expect, Mode: how.mode, RTT: 27 * time.Millisecond, Timeout: limit,
		System: x509.NewCertPool(), Public: x509.NewCertPool(), Dial: func(ctx context.Context) (net.Conn, error) {
			if _, c := connect(ctx, to.Port()); c != nil {
				return c, nil
			}
			return nil, errors.New("no connection")
		}, DialData: func(ctx context.Context, port uint16) evidence.Outcome {
			a, c := connect(ctx, port)
			if c != nil {
				_ = c.Close()
			}
			return a.Outcome
		},
	})
	if took := time.Since(begin); took > limit+100*time.Millisecond {
		t.Errorf("took %v of %v", took, limit)
	}
	connections := int(connected.Load())
	if speech.Connections != connections || connections > MaxConnections {
		t.Errorf("%d connections, %d are told", connections, speech.Connections)
	}
	text, err := json.Marshal(speech)
	if err != nil || len(text) > 64<<10 {
		t.Errorf("evidence of %d bytes: %v", len(text), err)
	}
	time.Sleep(24 * time.Hour) // the server hears of the end, whatever it sleeps before
}
