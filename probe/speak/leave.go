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
	wait := 2*a.RTT + farewellWait
	if !inside && p.End == nil {
		wait = a.RTT + farewellWait/3 // nothing follows
	}
	c.within(min(wait, time.Second))
	if p != nil && p.Bye != "" {
		if _, err := io.WriteString(conn, p.Bye); err == nil { // the other side answers, and ends it
			_, _ = io.Copy(io.Discard, conn)
			c.within(farewellWait)
		}
		if !inside && p.End == nil {
			return
		}
	}
	if p != nil && p.End != nil {
		p.End(protocol.NewDialogue(conn), inside)
	}
	if inside {
		_ = session.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, conn)
}
