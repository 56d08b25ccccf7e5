//go:build unix

package speak

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// TestRealStunnel: a relay before a mail server is that server; with nobody behind it, TLS alone is no service. Its log has
// nothing of the visit, but for the dead server's own error.
func TestRealStunnel(t *testing.T) {
	stunnel := program(t, "stunnel4", "stunnel4")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "relay", root.leaf(t, rsaKey(t, 2048)))
	mail := serve(t, func(c net.Conn, _ int) {
		_, _ = io.WriteString(c, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
		_, _ = c.Read(make([]byte, 100))
		_, _ = io.WriteString(c, "* BYE\r\n")
	})
	p := freePorts(t, 3)
	conf := write(t, dir, "stunnel.conf", fmt.Sprintf("foreground = yes\npid =\ncert = %s\nkey = %s\n[imaps]\naccept = 127.0.0.1:%d\nconnect = %s\n[pop3s]\naccept = 127.0.0.1:%d\nconnect = 127.0.0.1:%d\n",
		cert, key, p[0], mail.Addr(), p[1], p[2]), 0o600)
	log := logged(t, stunnel, []string{conf})
	awaitLogged(t, p[1], log)
	time.Sleep(300 * time.Millisecond) // it has seen who waited for it
	before := len(log())
	got := ask(t, at(p[0]), onPort(993), named("server.test"), publicly(poolOf(root)))
	if got.Identified != "imap" || got.TLS.State != evidence.TLSOK || got.Connections != 0 || got.Unanswered() != nil {
		t.Errorf("%+v %+v", got, got.TLS)
	}
	got = ask(t, at(p[1]), onPort(995), named("server.test"), publicly(poolOf(root)))
	if got.Identified != "tls" || got.Unanswered() == nil || got.Connections != 0 {
		t.Errorf("nobody behind it: %+v %+v", got, got.TLS)
	}
	time.Sleep(200 * time.Millisecond)        // for what it writes down
	above := regexp.MustCompile(`LOG[0-4]\[`) // warning or above
	for line := range strings.Lines(log()[before:]) {
		if above.MatchString(line) && !strings.Contains(line, "s_connect") && !strings.Contains(line, "No more addresses") {
			t.Errorf("it complains: %s", line)
		}
	}
}
