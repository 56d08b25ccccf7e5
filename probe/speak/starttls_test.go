package speak

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"whyport/probe/evidence"
)

// script is a server's side of an upgrade: says a greeting, then answers each request that contains a
// key; an answer that is "TLS" after its text starts the handshake.
type script struct {
	greeting string
	answers  map[string]string
}

const thenTLS = "\x00TLS"

// perform plays a script; requests end with a line end or are complete at once.
func (p script) perform(c net.Conn, config *tls.Config) {
	_, _ = io.WriteString(c, p.greeting)
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		answer, known := "", false
		for key, a := range p.answers {
			if bytes.Contains(buf[:n], []byte(key)) {
				answer, known = a, true
			}
		}
		if !known {
			return
		}
		text, handshake := strings.CutSuffix(answer, thenTLS)
		_, _ = io.WriteString(c, text)
		if handshake {
			// MySQL's client does not wait: its ClientHello may have come with the request.
			hello := n
			if i := bytes.Index(buf[:n], []byte("\x16\x03\x01")); i >= 0 {
				hello = i
			}
			talkTLS(unread(c, buf[hello:n]), config, nil)
			return
		}
	}
}

const (
	mysqlHello = "\x33\x00\x00\x00\n8.0.36\x00\x0b\x00\x00\x00aaaaaaaa\x00%s\xff\xff\xff\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00aaaaaaaaaaaa\x00"
	xmppHead   = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='server.test' version='1.0'>"
	xmppOffer  = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
	rdpAnswer  = "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00"
)

func ldapAnswer(code byte) string {
	return "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01" + string([]byte{code}) + "\x04\x00\x04\x00"
}

func TestStartTLS(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	for _, tc := range []struct {
		protocol string
		port     uint16
		outcome  string // "ok" or a note
		product  string
		script   script
	}{
		{"smtp", 25, "ok", "Postfix", script{"220 mail.test ESMTP Postfix\r\n", map[string]string{"EHLO": "250-mail.test\r\n250-SIZE 1\r\n250-STARTTLS\r\n250 HELP\r\n", "STARTTLS": "220 go\r\n" + thenTLS}}},
		{"smtp", 587, "starttls-refused", "", script{"220 mail.test ESMTP\r\n", map[string]string{"EHLO": "250-mail.test\r\n250 STARTTLS\r\n", "STARTTLS": "454 TLS not available\r\n"}}},
		{"smtp", 25, "starttls-not-offered", "", script{"220 mail.test ESMTP\r\n", map[string]string{"EHLO": "250-mail.test\r\n250 XXXXXXXA\r\n"}}},
		{"imap", 143, "ok", "Dovecot", script{"* OK Dovecot ready\r\n", map[string]string{"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n", "a2 STARTTLS": "a2 OK begin\r\n" + thenTLS}}},
		{"imap", 143, "starttls-refused", "", script{"* OK ready\r\n", map[string]string{"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n", "a2 STARTTLS": "a2 NO later\r\n"}}},
		{"imap", 143, "starttls-not-offered", "", script{"* OK ready\r\n", map[string]string{"CAPABILITY": "* CAPABILITY IMAP4rev1\r\na1 OK done\r\n"}}},
		{"pop3", 110, "ok", "", script{"+OK ready\r\n", map[string]string{"CAPA": "+OK\r\nUIDL\r\nSTLS\r\n.\r\n", "STLS": "+OK\r\n" + thenTLS}}},
		{"pop3", 110, "starttls-refused", "", script{"+OK ready\r\n", map[string]string{"CAPA": "+OK\r\nSTLS\r\n.\r\n", "STLS": "-ERR no\r\n"}}},
		{"pop3", 110, "starttls-not-offered", "", script{"+OK ready\r\n", map[string]string{"CAPA": "-ERR what\r\n", "STLS": "-ERR what\r\n"}}},
		{"ftp", 21, "ok", "vsFTPd 3.0.3", script{"220 (vsFTPd 3.0.3)\r\n", map[string]string{"FEAT": "211-Features:\r\n AUTH TLS\r\n EPSV\r\n211 End\r\n", "AUTH TLS": "234 go\r\n" + thenTLS}}},
		{"ftp", 21, "starttls-refused", "", script{"220 ftp\r\n", map[string]string{"FEAT": "211-Features:\r\n AUTH SSL;TLS\r\n211 End\r\n", "AUTH TLS": "431 no\r\n", "USER": "530 no\r\n"}}},
		{"ftp", 21, "starttls-not-offered", "", script{"220 ftp\r\n", map[string]string{"FEAT": "500 what\r\n", "AUTH TLS": "530 Please login\r\n", "USER": "530 no\r\n"}}},
		{"nntp", 119, "ok", "", script{"200 news ready\r\n", map[string]string{"STARTTLS": "382 go\r\n" + thenTLS}}},
		{"nntp", 119, "starttls-refused", "", script{"200 news ready\r\n", map[string]string{"STARTTLS": "580 cannot\r\n"}}},
		{"nntp", 119, "starttls-not-offered", "", script{"200 news ready\r\n", map[string]string{"STARTTLS": "502 no\r\n"}}},
		{"ldap", 389, "ok", "", script{"", map[string]string{"1466.20037": ldapAnswer(0) + thenTLS}}},
		{"ldap", 389, "starttls-not-offered", "", script{"", map[string]string{"1466.20037": ldapAnswer(52)}}},
		{"ldap", 389, "starttls-not-offered", "", script{"", map[string]string{"1466.20037": ldapAnswer(2)}}},
		{"xmpp", 5222, "ok", "", script{"", map[string]string{"<stream:stream": xmppHead + xmppOffer, "<starttls": "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + thenTLS}}},
		{"xmpp", 5222, "starttls-refused", "", script{"", map[string]string{"<stream:stream": xmppHead + xmppOffer, "<starttls": "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"}}},
		{"xmpp", 5222, "starttls-not-offered", "", script{"", map[string]string{"<stream:stream": xmppHead + "<stream:features><bind/></stream:features>"}}},
		{"postgresql", 5432, "ok", "", script{"", map[string]string{"\x04\xd2\x16\x2f": "S" + thenTLS}}},
		{"postgresql", 5432, "starttls-not-offered", "", script{"", map[string]string{"\x04\xd2\x16\x2f": "N"}}},
		{"mysql", 3306, "ok", "MySQL 8.0.36", script{fmt.Sprintf(mysqlHello, "\xff\xff"), map[string]string{"\x20\x00\x00\x01": thenTLS}}},
		{"mysql", 3306, "starttls-not-offered", "MySQL 8.0.36", script{fmt.Sprintf(mysqlHello, "\xff\xf7"), nil}},
		{"rdp", 3389, "ok", "", script{"", map[string]string{"\x03\x00\x00\x13": rdpAnswer + "\x02\x1f\x08\x00\x02\x00\x00\x00" + thenTLS}}},
		{"rdp", 3389, "starttls-refused", "", script{"", map[string]string{"\x03\x00\x00\x13": rdpAnswer + "\x03\x00\x08\x00\x05\x00\x00\x00"}}},
		{"rdp", 3389, "starttls-not-offered", "", script{"", map[string]string{"\x03\x00\x00\x13": rdpAnswer + "\x02\x00\x08\x00\x00\x00\x00\x00"}}},
		{"rdp", 3389, "starttls-not-offered", "", script{"", map[string]string{"\x03\x00\x00\x13": "\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00"}}},
	} {
		t.Run(tc.protocol+" "+tc.outcome, func(t *testing.T) {
			s := serve(t, func(c net.Conn, _ int) { tc.script.perform(c, config) })
			got := ask(t, s, onPort(tc.port), named("server.test"), publicly(poolOf(ca)))
			if got.Identified != tc.protocol || got.TLS == nil || got.TLS.StartTLS != tc.protocol || got.Connections != 0 {
				t.Fatalf("%+v %+v", got, got.TLS)
			}
			if tc.outcome == "ok" && (got.TLS.State != evidence.TLSOK || got.TLS.Certificate == nil) ||
				tc.outcome != "ok" && (got.TLS.State != evidence.TLSNotTried || !has(got.TLS.Notes, tc.outcome) || len(got.TLS.Notes) != 1) {
				t.Errorf("%+v", got.TLS)
			}
			if tc.product != "" && got.Product != tc.product {
				t.Errorf("product %q", got.Product)
			}
		})
	}
}

func TestStartTLSOnAnUnusualPort(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	mail := script{"220 mail.test ESMTP\r\n", map[string]string{"EHLO": "250 STARTTLS\r\n", "STARTTLS": "220 go\r\n" + thenTLS}}
	s := serve(t, func(c net.Conn, _ int) { mail.perform(c, config) })
	// Promised or not: listened to first.
	for _, expect := range []string{"starttls", ""} {
		got := ask(t, s, onPort(2626), expecting(expect), named("server.test"), publicly(poolOf(ca)))
		if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.TLS.StartTLS != "smtp" || got.Connections != 0 {
			t.Errorf("%q: %+v %+v", expect, got, got.TLS)
		}
	}
	// Promised to be TLS, and it is STARTTLS.
	got := ask(t, s, onPort(2626), expecting("tls"), named("server.test"), publicly(poolOf(ca)))
	if got.TLS.State != evidence.TLSOK || got.TLS.StartTLS != "smtp" || got.Identified != "smtp" || got.Connections != 1 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
}

func TestSomethingElseOnAStartTLSPort(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	s := serveTLS(t, config, nil)
	for _, port := range []uint16{389, 5222, 5432, 3389} {
		got := ask(t, s, onPort(port), named("server.test"), publicly(poolOf(ca)))
		if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.TLS.StartTLS != "" || got.Identified != "tls" || got.Connections != 1 {
			t.Errorf("%d: %+v %+v", port, got, got.TLS)
		}
	}
}

func TestInjectionIntoStartTLS(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	mail := script{"220 mail.test ESMTP\r\n", map[string]string{"EHLO": "250 STARTTLS\r\n", "STARTTLS": "220 go\r\n250 injected\r\n" + thenTLS}}
	s := serve(t, func(c net.Conn, _ int) { mail.perform(c, config) })
	got := ask(t, s, onPort(25), named("server.test"), publicly(poolOf(ca)))
	if got.TLS.State != evidence.TLSOK || !has(got.TLS.Notes, "starttls-injection") {
		t.Errorf("%+v", got.TLS)
	}
}

// ftpd answers EPSV and PASV with what it is given, or wants a login first; whoever tries to log in is noted.
func ftpd(t *testing.T, open bool, epsv, pasv string, logins *atomic.Int32) *server {
	return serve(t, func(c net.Conn, _ int) {
		_, _ = io.WriteString(c, "220 FTP server\r\n")
		for in := bufio.NewScanner(c); in.Scan(); {
			answer := "500 what\r\n"
			switch word, _, _ := strings.Cut(in.Text(), " "); word {
			case "USER", "PASS":
				logins.Add(1)
			case "EPSV":
				answer = epsv
			case "PASV":
				answer = pasv
			}
			if strings.HasSuffix(in.Text(), "V") && !open {
				answer = "530 Please login with USER and PASS.\r\n"
			}
			_, _ = io.WriteString(c, answer)
		}
	})
}

func TestFTPData(t *testing.T) {
	data := serve(t, func(c net.Conn, _ int) { hold(c) })
	port := data.Addr().(*net.TCPAddr).Port
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	closed := gone.Addr().(*net.TCPAddr).Port
	_ = gone.Close()
	epsv := func(p int) string { return fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)\r\n", p) }
	pasv := func(ip string, p int) string {
		return fmt.Sprintf("227 Entering Passive Mode (%s,%d,%d)\r\n", strings.ReplaceAll(ip, ".", ","), p>>8, p&255)
	}
	no := "500 unknown\r\n"
	for _, tc := range []struct {
		name string
		open bool
		epsv string
		pasv string
		want evidence.FTP
	}{
		{"EPSV", true, epsv(port), no, evidence.FTP{Passive: "ok", Mode: "EPSV", Port: uint16(port)}},
		{"EPSV blocked", true, epsv(closed), no, evidence.FTP{Passive: "refused", Mode: "EPSV", Port: uint16(closed)}},
		{"PASV", true, no, pasv("127.0.0.1", port), evidence.FTP{Passive: "ok", Mode: "PASV", Port: uint16(port)}},
		{"PASV behind NAT", true, no, pasv("192.0.2.7", port), evidence.FTP{Passive: "ok", Mode: "PASV", Port: uint16(port), Told: "192.0.2.7"}},
		{"neither", true, no, no, evidence.FTP{Passive: "not-tested", Why: "no-passive"}},
		{"nonsense", true, "229 ok\r\n", "227 (999,0,0,1,1,1)\r\n", evidence.FTP{Passive: "not-tested", Why: "no-passive"}},
		{"port 0", true, epsv(0), no, evidence.FTP{Passive: "not-tested", Why: "no-passive"}},
		{"login first", false, epsv(port), no, evidence.FTP{Passive: "not-tested", Why: "login-required"}},
	} {
		var logins atomic.Int32
		got := ask(t, ftpd(t, tc.open, tc.epsv, tc.pasv, &logins), onPort(21))
		if logins.Load() > 0 {
			t.Errorf("%s: a login was tried", tc.name)
		}
		if got.FTP == nil || *got.FTP != tc.want || got.Identified != "ftp" {
			t.Errorf("%s: %+v", tc.name, got.FTP)
		}
	}
}
