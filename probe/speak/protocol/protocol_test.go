package protocol

import (
	"slices"
	"testing"

	"whyport/services/wants"
)

func TestRecognise(t *testing.T) {
	for _, tc := range []struct{ said, usual, protocol, product string }{
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5\r\n", "", "ssh", "OpenSSH_9.2p1"},
		{"Authorised use only\r\nSSH-1.99-Cisco-1.25\r\n", "", "ssh", "Cisco-1.25"},
		{"220 mail.test ESMTP Postfix (Debian/GNU)\r\n", "", "smtp", "Postfix"},
		{"220 mail.test ESMTP Exim 4.96 Sat, 21 Nov 2026 11:00:00 +0000\r\n", "", "smtp", "Exim 4.96"},
		{"220 ready\r\n", "smtp", "smtp", ""},
		{"220 ready\r\n", "ftp", "ftp", ""},
		{"220 ready\r\n", "", "", ""},
		{"554 no SMTP service here\r\n", "smtp", "smtp", ""},
		{"220 (vsFTPd 3.0.3)\r\n", "", "ftp", "vsFTPd 3.0.3"},
		{"220---------- Welcome to Pure-FTPd [privsep] ----------\r\n", "", "ftp", "Pure-FTPd"},
		{"220 ProFTPD 1.3.8 Server (Debian) [127.0.0.1]\r\n", "", "ftp", "ProFTPD 1.3.8"},
		{"* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.\r\n", "", "imap", "Dovecot"},
		{"+OK Dovecot (Debian) ready.\r\n", "", "pop3", "Dovecot"},
		{"200 news.test InterNetNews NNRP server INN 2.7.1 ready\r\n", "", "nntp", "InterNetNews"},
		{"RFB 003.008\n", "", "vnc", "RFB 003.008"},
		{"\xff\xfd\x18\xff\xfd\x20", "", "telnet", ""},
		{"J\x00\x00\x00\n8.0.36\x00\x0b\x00\x00\x00aaaaaaaa\x00\xff\xff\xff", "", "mysql", "MySQL 8.0.36"},
		{"Y\x00\x00\x00\n5.5.5-10.11.6-MariaDB-0+deb12u1\x00\x0b\x00\x00\x00aaaaaaaa\x00\xfe\xf7\xff", "", "mysql", "10.11.6-MariaDB-0+deb12u1"},
		{"E\x00\x00\x00\xffj\x04Host '10.0.0.1' is not allowed to connect to this MariaDB server", "", "mysql", ""},
		{"Sat Nov 21 11:00:00 2026\r\n", "", "daytime", ""},
		{"21 NOV 2026 11:00:00 UTC\r\n", "daytime", "daytime", ""},
		{"60635 26-11-21 11:00:00 00 0 0 100.0 UTC(NIST) *\r\n", "", "daytime", ""},
		{"11:00:00 21.11.2026\r\n", "daytime", "daytime", ""},
		{"Come back at 11:00 please\r\n", "", "", ""},
		{"\xe9\x00\x00\x01", "time", "time", ""},
		{"\xe9\x00\x00\x01", "", "", ""},
		{"-ERR unknown command 'HEAD', with args beginning with: '/'\r\n", "redis", "redis", ""},
		{"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n\r\n", "", "http", "nginx/1.22.1"},
		{"\n<!DOCTYPE html><html>", "", "http", ""},
		{":irc.test NOTICE AUTH :*** Looking up your hostname...\r\n", "", "irc", ""},
		{"@RSYNCD: 31.0\n", "", "rsync", "@RSYNCD: 31.0"},
		{"\x00\x00\x00\x0bBarrier\x00\x01\x00\x06", "", "synergy", "Barrier 1.6"},
		{"hello, world\r\n", "", "", ""},
		{"", "smtp", "", ""},
	} {
		protocol := ""
		p, product := Recognise([]byte(tc.said), tc.usual)
		if p != nil {
			protocol = p.Name
		}
		if protocol != tc.protocol || product != tc.product {
			t.Errorf("%q on %q: %q %q, want %q %q", tc.said, tc.usual, protocol, product, tc.protocol, tc.product)
		}
	}
}

// A number has one habit, a name one row; who greets can be recognised, and what is upgraded is found by its name.
func TestTableIsWhole(t *testing.T) {
	names, tcp, udp := map[string]bool{}, map[uint16]bool{}, map[uint16]bool{}
	for _, p := range Table() {
		for _, name := range []string{p.Name, p.Inside} {
			if name != "" && names[name] {
				t.Errorf("two rows are called %s", name)
			}
			names[name] = true
		}
		for _, port := range slices.Concat(p.Ports, p.Secure) {
			if tcp[port] {
				t.Errorf("%s and another row have TCP port %d in Ports or Secure: the rarer one has it in Often", p.Name, port)
			}
			tcp[port] = true
		}
		if p.UDP == nil {
			continue
		}
		for _, port := range p.UDP.Ports {
			if udp[port] {
				t.Errorf("%s and another row have UDP port %d", p.Name, port)
			}
			udp[port] = true
		}
		if p.UDP.Ask == nil && p.UDP.With == nil || p.UDP.Read == nil || len(p.UDP.Ports) == 0 {
			t.Errorf("%s: UDP needs Ports, Read, and Ask or With", p.Name)
		}
	}
	for _, p := range Table() {
		if p.Upgrade != nil && Named(p.Name) != p || p.Refused != nil && p.Match == nil || p.Name == "" && p.Match != nil {
			t.Errorf("%q: Upgrade and Match need a Name of their own, Refused needs Match", p.Name)
		}
		for _, port := range p.Promised {
			if !slices.Contains(p.Ports, port) {
				t.Errorf("%s: %d is in Promised, and not in Ports", p.Name, port)
			}
		}
	}
}

// What can be expected of a port by its name has a row that can tell, and every such row can be expected.
func TestExpectations(t *testing.T) {
	listed := wants.Protocols()
	for _, name := range listed {
		if p := Named(name); p == nil || p.Ask == nil && p.Match == nil && p.Upgrade == nil {
			t.Errorf("Protocols (services/wants/wants.go) has %s: no row has that name and Ask, Match or Upgrade", name)
		}
	}
	for _, p := range Table() {
		if p.Name != "" && (p.Ask != nil || p.Match != nil || p.Upgrade != nil) && !slices.Contains(listed, p.Name) && !slices.Contains(wants.Expectations(), p.Name) &&
			p.Name != "time" {
			t.Errorf("%s has a row, and can't be expected of a port: add it to Protocols in services/wants/wants.go", p.Name)
		}
	}
}
