package protocol

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"whyport/probe/evidence"
)

// ftp: RFC 959. Its servers look callers up, too, before they greet.
func ftp() *Protocol {
	return &Protocol{
		Name: "ftp", Ports: []uint16{21}, Secure: []uint16{990}, First: Server, Patient: true, Bye: "QUIT\r\n",
		Refused: refusedReply, Upgrade: upgradeFTP, Data: passive,
		Match: func(said []byte, usual bool) (bool, string) {
			if strings.HasPrefix(firstLine(said), "500 OOPS: ") {
				return true, "vsFTPd" // its word for a setting that is wrong
			}
			if !isGreeting(firstLine(said), "220", "120", "421", "530") {
				return false, ""
			}
			return usual || strings.Contains(strings.ToUpper(string(said)), "FTP"), ftpProduct(said)
		},
	}
}

// ftpProduct is what an FTP greeting says between its number and its pleasantries: "vsFTPd 3.0.3".
func ftpProduct(said []byte) string {
	return regexp.MustCompile(`(?i)(vsFTPd|ProFTPD|Pure-FTPd|FileZilla Server|Microsoft FTP Service|Serv-U|wu-ftpd)([ /]v?\d[\w.]*)?`).
		FindString(string(said))
}

// upgradeFTP: RFC 4217. FEAT lists "AUTH TLS", sometimes as "AUTH SSL;TLS"; many old servers have no FEAT.
func upgradeFTP(d *Dialogue) Upgraded {
	out := Upgraded{Spoken: true, Product: ftpProduct(d.Greeting)}
	if !isReply(firstLine(d.Greeting), "220") {
		return out
	}
	_, lines, err := d.command("FEAT")
	if err != nil {
		return out
	}
	offered := strings.Contains(strings.ToUpper(strings.Join(lines, "\n")), "AUTH ")
	code, _, err := d.command("AUTH TLS")
	if err == nil {
		out.How = answered(code == "234", offered)
	}
	return out
}

// passive asks for the port of a data connection, by EPSV (RFC 2428) or PASV. Nobody is logged in: few servers name a
// port then, the others say that a login is needed (530), and that is all that can be known without one.
func passive(d *Dialogue, to netip.Addr) (out evidence.FTP, err error) {
	code, lines, err := d.command("EPSV")
	switch {
	case err != nil:
		return out, err
	case code == "530":
		out.Why = "login-required"
		return out, nil
	}
	if port, ok := epsvPort(lines[len(lines)-1]); code == "229" && ok {
		out.Mode, out.Port = "EPSV", port
		return out, nil
	}
	if code, lines, err = d.command("PASV"); err != nil {
		return out, err
	}
	if code == "530" {
		out.Why = "login-required"
		return out, nil
	}
	told, ok := pasvAddr(lines[len(lines)-1])
	if code != "227" || !ok {
		out.Why = "no-passive"
		return out, nil
	}
	out.Mode, out.Port = "PASV", told.Port()
	if told.Addr() != to.Unmap() {
		out.Told = told.Addr().String()
	}
	return out, nil
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
