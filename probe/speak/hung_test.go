package speak

import (
	"net"
	"testing"

	"whyport/probe/evidence"
)

// TestOwnQuestionHungUpOn: who ends the conversation at its own protocol's question, and at TLS, does not get more of both.
func TestOwnQuestionHungUpOn(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { _, _ = c.Read(make([]byte, 4096)) })
	got := ask(t, s, onPort(10050))
	if got.TLS == nil || got.TLS.State != evidence.TLSEOF || got.SignOfLife() || got.Connections > 2 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
}
