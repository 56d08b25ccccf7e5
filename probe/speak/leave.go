package speak

import (
	"crypto/tls"
	"io"
	"net"
	"time"

	"whyport/probe/speak/protocol"
)

// leave ends a conversation as its protocol and TLS want it ended, and waits a moment for the other side to end it, too:
// what is left unread would make the end a RST, which servers log. p may be nil.
func (a *asker) leave(conn net.Conn, c *recorder, p *protocol.Protocol) {
	session, inside := conn.(*tls.Conn)
	if !inside && (p == nil || p.Bye == "" && p.End == nil) {
		return
	}
	c.within(min(2*a.RTT+farewellWait, time.Second))
	if p != nil && p.Bye != "" {
		_, _ = io.WriteString(conn, p.Bye)
	}
	if p != nil && p.End != nil {
		p.End(protocol.NewDialogue(conn), inside)
	}
	if inside {
		_ = session.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, conn)
}
