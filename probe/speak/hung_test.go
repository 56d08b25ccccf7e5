package speak

import (
	"net"
	"testing"
)

// TestOwnQuestionHungUpOn: who ends the conversation at its own protocol's question, and at TLS, does not get more of both.
func TestOwnQuestionHungUpOn(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { _, _ = c.Read(make([]byte, 4096)) })
	got := ask(t, s, onPort(10050))
	if !got.Hung("zabbix") || got.SignOfLife() || got.Connections > 2 {
		t.Errorf("%+v", got)
	}
	silent := serve(t, func(c net.Conn, _ int) { hold(c) })
	if got = ask(t, silent, onPort(10050)); got.Hung("zabbix") {
		t.Errorf("silence: %+v", got)
	}
}
