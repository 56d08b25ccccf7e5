//go:build !windows

package socket

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"whyport/probe/evidence"
)

// Ping asks for an echo (RFC 792, RFC 4443) on a socket that needs no rights: Linux gives one to the groups of
// net.ipv4.ping_group_range (icmp(7)), macOS to everybody. Two are sent, since one may get lost. NotRun: the system gives none.
func (System) Ping(ctx context.Context, r Request) evidence.Attempt {
	begin, a := started(r)
	network, from := "udp6", "::"
	var kind icmp.Type = ipv6.ICMPTypeEchoRequest
	protocol := ipv6.ICMPTypeEchoReply.Protocol()
	if r.To.Addr().Is4() {
		network, from, kind, protocol = "udp4", "0.0.0.0", ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply.Protocol()
	}
	if r.From.IsValid() {
		from = r.From.String()
	}
	c, err := icmp.ListenPacket(network, from)
	if err != nil {
		return a
	}
	defer c.Close()
	token := []byte("whyport " + rand.Text()[:16])
	packet, err := (&icmp.Message{Type: kind, Body: &icmp.Echo{ID: os.Getpid() & 0xffff, Seq: 1, Data: token}}).Marshal(nil)
	to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(r.To.Addr(), 0))
	defer context.AfterFunc(ctx, func() { c.SetReadDeadline(time.Unix(1, 0)) })()
	a.Outcome = evidence.Silent
	for try := range 2 {
		sent := time.Now()
		if _, e := c.WriteTo(packet, to); err != nil || e != nil {
			a.Outcome, a.Local, a.Elapsed = evidence.Failed, true, time.Since(begin)
			return a
		}
		until := begin.Add(r.Timeout)
		if try == 0 {
			until = begin.Add(r.Timeout / 3)
		}
		if echoed(c, until, protocol, token) {
			a.Outcome, a.Elapsed = evidence.Connected, time.Since(sent)
			return a
		}
		if ctx.Err() != nil {
			a.Outcome = evidence.Interrupted
			break
		}
	}
	a.Elapsed = time.Since(begin)
	return a
}

// echoed waits for the token to come back. The number of the sender's end is the kernel's, so the token alone is compared.
func echoed(c *icmp.PacketConn, until time.Time, protocol int, token []byte) bool {
	b := make([]byte, 1500)
	for time.Now().Before(until) {
		if c.SetReadDeadline(until) != nil {
			return false
		}
		n, _, err := c.ReadFrom(b)
		if err != nil {
			return false
		}
		m, err := icmp.ParseMessage(protocol, b[:n])
		if err != nil {
			continue
		}
		if m.Type != ipv4.ICMPTypeEchoReply && m.Type != ipv6.ICMPTypeEchoReply {
			continue
		}
		if e, is := m.Body.(*icmp.Echo); is && bytes.Equal(e.Data, token) {
			return true
		}
	}
	return false
}
