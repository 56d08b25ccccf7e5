package speak

import (
	"io"
	"net"
	"strings"
	"testing"

	"whyport/probe/evidence"
)

func TestTurnedAway(t *testing.T) {
	const busy = 1 // connections: asked once more
	for _, tc := range []struct {
		port uint16
		said string
		away bool
		more int
	}{
		{25, "554 5.7.1 Client host [192.0.2.1] blocked using a list\r\n", true, 0},
		{25, "421 4.7.0 mail.test too many connections\r\n", true, busy},
		{21, "421 There are too many connected users\r\n", true, busy},
		{21, "120 ready in 3 minutes\r\n", false, 0},
		{110, "-ERR access denied\r\n", true, 0},
		{143, "* BYE too many connections from your address\r\n", true, busy},
		{119, "502 You have no permission to talk.\r\n", true, 0},
		{3306, "E\x00\x00\x00\xffj\x04Host '10.0.0.1' is not allowed to connect to this MariaDB server", true, 0},
		{22, "Exceeded MaxStartups\r\n", true, busy},
		{22, "Not allowed at this time\r\n", true, 0},
		{22, "SSH-2.0-OpenSSH_9.2p1\r\n", false, 0},
		{5900, "RFB 000.000\n\x00\x00\x00\x1aToo many security failures", true, 0},
		{5900, "RFB 003.008\n", false, 0},
		{6379, "-DENIED Redis is running in protected mode\r\n", true, 0},
		{6379, "-NOAUTH Authentication required.\r\n", false, 0},
		{2222, "-ERR something\r\n", false, 0},
		{6669, "ERROR :Closing Link: [192.0.2.1] (blacklisted.)\r\n", true, 0},
		{6667, ":irc.test NOTICE * :*** Looking up your hostname\r\n", false, 0},
	} {
		t.Run(tc.said, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(c net.Conn, _ int) { _, _ = io.WriteString(c, tc.said); _, _ = io.Copy(io.Discard, c) })
			got := ask(t, s, onPort(tc.port))
			if has(got.Notes, evidence.NoteTurnedAway) != tc.away || tc.away && got.Connections != tc.more {
				t.Errorf("on %d: %+v", tc.port, got)
			}
		})
	}
}

// A mail server that makes callers wait refuses those who begin: that is no answer to the port's users.
func TestTurnedAwayByOurOwnDoing(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) {
		buf := make([]byte, 4096)
		if n, err := c.Read(buf); err == nil && strings.HasPrefix(string(buf[:n]), "\x16\x03") {
			_, _ = io.WriteString(c, "554 SMTP synchronization error\r\n")
		}
	})
	if got := ask(t, s, onPort(2626)); got.Identified != "smtp" || has(got.Notes, evidence.NoteTurnedAway) {
		t.Errorf("%+v", got)
	}
}

// A server that is too busy for a moment is asked again, and its second word counts.
func TestBusyForAMoment(t *testing.T) {
	s := serve(t, func(c net.Conn, nth int) {
		if nth == 0 {
			_, _ = io.WriteString(c, "Exceeded MaxStartups\r\n")
			return
		}
		_, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2p1\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	got := ask(t, s, onPort(22))
	if got.Identified != "ssh" || has(got.Notes, evidence.NoteTurnedAway) || got.Connections != 1 || !strings.HasPrefix(string(got.Banner.Bytes), "SSH-2.0") {
		t.Errorf("%+v", got)
	}
}
