package speak

import (
	"context"
	"io"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"whyport/probe/evidence"
)

// passive finds out whether an FTP data connection gets through: anonymous login, EPSV, one connection to
// the port that was named, at the address that is tested and at no other, whatever the server says.
// Nothing is transferred. Active mode, where the server connects back from port 20, can't be tested from here.
func (a *asker) passive(conn io.ReadWriter, c *recorder) {
	c.within(a.patience(5*time.Second, 0.6)) // a refused login is held back on purpose for 2-3 s
	d := newDialogue(conn)
	out := &evidence.FTP{Passive: "not-tested"}
	a.s.FTP = out
	if out.Why = anonymous(d); out.Why != "" {
		return
	}
	if out.Why = a.passivePort(d, out); out.Why != "" {
		return
	}
	c.within(a.patience(3*time.Second, 0.9))
	out.Passive = a.dataConnection(out.Port)
	if out.Passive == "not-tested" {
		out.Why = "interrupted"
	}
	_ = d.say("QUIT\r\n")
}

// anonymous logs in (RFC 1635); it returns why it could not, "" where it did.
func anonymous(d *dialogue) string {
	code, _, err := d.command("USER anonymous")
	if err == nil && code == "331" {
		code, _, err = d.command("PASS whyport@invalid")
	}
	switch {
	case err != nil && timedOut(err):
		return "no-answer"
	case err != nil:
		return "closed"
	case code == "230":
		return ""
	}
	return "login-required"
}

// passivePort asks where to connect to, by EPSV (RFC 2428) or PASV; it returns why not, "" for success.
func (a *asker) passivePort(d *dialogue, out *evidence.FTP) string {
	code, lines, err := d.command("EPSV")
	if err != nil {
		return "closed"
	}
	last := lines[len(lines)-1]
	if port, ok := epsvPort(last); code == "229" && ok {
		out.Mode, out.Port = "EPSV", port
		return ""
	}
	code, lines, err = d.command("PASV")
	if err != nil {
		return "closed"
	}
	told, ok := pasvAddr(lines[len(lines)-1])
	if code != "227" || !ok {
		return "no-passive"
	}
	out.Mode, out.Port = "PASV", told.Port()
	if told.Addr() != a.To.Addr().Unmap() {
		out.Told = told.Addr().String()
	}
	return ""
}

// epsvPort reads "229 Entering Extended Passive Mode (|||6446|)"; the delimiter is the server's choice.
func epsvPort(line string) (uint16, bool) {
	_, in, ok := strings.Cut(line, "(")
	if !ok || len(in) < 5 || in[0] != in[1] || in[1] != in[2] {
		return 0, false
	}
	text, _, ok := strings.Cut(in[3:], in[:1])
	port, err := strconv.ParseUint(text, 10, 16)
	return uint16(port), ok && err == nil && port != 0
}

// pasvAddr reads "227 Entering Passive Mode (h1,h2,h3,h4,p1,p2)", with or without the brackets.
func pasvAddr(line string) (netip.AddrPort, bool) {
	m := regexp.MustCompile(`(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})`).FindStringSubmatch(line)
	if m == nil {
		return netip.AddrPort{}, false
	}
	var b [6]byte
	for i, text := range m[1:] {
		n, err := strconv.ParseUint(text, 10, 8)
		if err != nil {
			return netip.AddrPort{}, false
		}
		b[i] = byte(n)
	}
	port := uint16(b[4])<<8 | uint16(b[5])
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), port), port != 0
}

// dataConnection connects to the data port and hangs up.
func (a *asker) dataConnection(port uint16) string {
	select {
	case <-a.budget:
	default:
		return "not-tested"
	}
	ctx, cancel := context.WithTimeout(a.ctx, a.patience(3*time.Second, 0.8))
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(a.To.Addr(), port).String())
	switch {
	case err == nil:
		_ = conn.Close()
		return "ok"
	case a.interrupted():
		return "not-tested"
	case ctx.Err() != nil:
		return "no-response"
	case isRefused(err):
		return "refused"
	}
	return "failed"
}
