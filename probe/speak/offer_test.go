package speak

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"

	"whyport/probe/evidence"
)

// message is one handshake message in a record.
func message(kind uint8, body string) string {
	b := cryptobyte.NewBuilder(nil)
	b.AddBytes([]byte{22, 3, 3})
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8(kind)
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(body)) })
	})
	return string(b.BytesOrPanic())
}

const (
	nothing32 = "01234567890123456789012345678901"
	retry     = "\x03\x03" + nothing32 + "\x00\x13\x01\x00" + "\x00\x0c" + "\x00\x2b\x00\x02\x03\x04" + "\x00\x33\x00\x02\x00\x1e" // TLS 1.3, X448
	hello10   = "\x03\x01" + nothing32 + "\x00\x00\x39\x00"                                                                        // no extensions
	hello12   = "\x03\x03" + nothing32 + "\x00\xc0\x60\x00" + "\x00\x00"
)

func TestChoice(t *testing.T) {
	for _, tc := range []struct {
		name, answer   string
		version, suite uint16
		group          uint16
		certificates   int
	}{
		{"retry", message(2, retry), tls.VersionTLS13, 0x1301, 30, 0},
		{"without extensions", message(2, hello10) + message(11, "\x00\x00\x06\x00\x00\x03abc") + message(14, ""), tls.VersionTLS10, 0x39, 0, 1},
		{"named curve", message(2, hello12) + message(11, "\x00\x00\x00") + message(12, "\x03\x00\x1e\x00"), tls.VersionTLS12, 0xc060, 30, 0},
		{"anonymous", message(2, hello12) + message(12, "\x01"), tls.VersionTLS12, 0xc060, 0, 0},
		{"cut off", message(2, hello12) + message(11, "\x00\x10\x00\x00\x10\x00abc")[:12], tls.VersionTLS12, 0xc060, 0, 0},
		{"a lie about a length", message(2, hello12) + message(11, "\x00\x00\x06\x00\xff\x03abc"), tls.VersionTLS12, 0xc060, 0, 0},
		{"short hello", message(2, hello12[:20]), 0x0303, 0, 0, 0},
		{"alert", "\x15\x03\x03\x00\x02\x02\x28", 0, 0, 0, 0},
		{"plain text", "HTTP/1.1 400 Bad Request\r\n\r\n", 0, 0, 0, 0},
		{"nothing", "", 0, 0, 0, 0},
		{"empty records", strings.Repeat("\x16\x03\x03\x00\x00", 1000), 0, 0, 0, 0},
		{"other messages", strings.Repeat(message(4, "abc"), 1000), 0, 0, 0, 0},
		{"a message without an end", "\x16\x03\x03\x40\x00\x02\xff\xff\xff" + strings.Repeat("\x00", 1<<20), 0, 0, 0, 0},
	} {
		got, _ := choice(strings.NewReader(tc.answer))
		if got.version != tc.version || got.suite != tc.suite || got.group != tc.group || len(got.chain) != tc.certificates {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

// TestEverythingIsWellFormed: crypto/tls reads our ClientHello and finds in it what it should.
func TestEverythingIsWellFormed(t *testing.T) {
	here, there := net.Pipe()
	defer func() { _, _ = here.Close(), there.Close() }()
	var seen *tls.ClientHelloInfo
	go func() {
		_, _ = here.Write(everything("server.test"))
		_, _ = io.Copy(io.Discard, here)
	}()
	_ = tls.Server(there, &tls.Config{GetConfigForClient: func(i *tls.ClientHelloInfo) (*tls.Config, error) {
		seen = i
		return nil, io.EOF
	}}).Handshake()
	if seen == nil || seen.ServerName != "server.test" || len(seen.SupportedVersions) != 4 || len(seen.CipherSuites) < 130 ||
		len(seen.SupportedCurves) != len(tlsGroups()) || len(seen.SignatureSchemes) != len(everySignature()) {
		t.Fatalf("%+v", seen)
	}
	if n := len(everything(strings.Repeat("a", 253))); n > 1200 {
		t.Errorf("%d bytes: more than a packet", n)
	}
}

// refusing answers every ClientHello with an alert.
func refusing(c net.Conn) {
	if _, err := firstRecord(c); err == nil {
		_, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28")
	}
}

func TestEveryMethodRefused(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { refusing(c) })
	got := ask(t, s, onPort(443))
	if got.TLS == nil || got.TLS.State != evidence.TLSAlert || len(got.TLS.Variants) != 1 || got.TLS.Variants[0].Kind != "every-method" || got.Connections != 1 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
	got = ask(t, s, onPort(443), named("server.test"))
	if len(got.TLS.Variants) != 2 || got.TLS.Variants[1].Kind != "no-name" || got.Connections != 2 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
}

// upgraded serves SMTP with STARTTLS and hands over the connection.
func upgradedSMTP(t *testing.T, then func(net.Conn)) *server {
	return serve(t, func(c net.Conn, _ int) {
		buf := make([]byte, 1000)
		for _, say := range []string{"220 mail.test ESMTP\r\n", "250 STARTTLS\r\n", "220 go\r\n"} {
			_, _ = io.WriteString(c, say)
			if say != "220 go\r\n" {
				if _, err := c.Read(buf); err != nil {
					return
				}
			}
		}
		then(c)
	})
}

func TestStartTLSRefusedByAlert(t *testing.T) {
	got := ask(t, upgradedSMTP(t, refusing), onPort(25), named("server.test"))
	if got.TLS == nil || got.TLS.State != evidence.TLSAlert || got.TLS.StartTLS != "smtp" || len(got.TLS.Variants) != 2 || got.TLS.Variants[0].Kind != "every-method" {
		t.Errorf("%+v %+v", got, got.TLS)
	}
	// The choice from everything is made after an upgrade, too.
	chooses := upgradedSMTP(t, func(c net.Conn) {
		h, err := firstRecord(c)
		if err != nil {
			return
		}
		if bytes.Contains(h, []byte{0xc0, 0x60}) {
			_, _ = io.WriteString(c, message(2, hello12)+message(14, ""))
			return
		}
		_, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28")
	})
	got = ask(t, chooses, onPort(25), named("server.test"))
	if got.TLS.State != evidence.TLSFailed || !has(got.TLS.Notes, evidence.NoteUnsupportedMethod) || got.TLS.CipherSuite != "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256" ||
		got.TLS.StartTLS != "smtp" || got.Connections != 1 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
}

func TestStartTLSLargeHello(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}
	chokes := upgradedSMTP(t, func(c net.Conn) {
		h, err := firstRecord(c)
		if err != nil || len(h) > 1200 {
			reset(c)
			return
		}
		talkTLS(unread(c, h), config, nil)
	})
	got := ask(t, chokes, onPort(25), named("server.test"))
	if got.TLS == nil || got.TLS.State != evidence.TLSReset || !has(got.TLS.Notes, evidence.NoteBigHelloDropped) || got.Connections != 2 {
		t.Errorf("%+v %+v", got, got.TLS)
	}
}

// A server that wants a client certificate may hang up without an alert (GnuTLS in OpenLDAP's server).
func TestClientCertificateInsistedOnByHangingUp(t *testing.T) {
	ca := privateCA(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, ClientAuth: tls.RequestClientCert}
	hangUp := func(c *tls.Conn) { _ = c.Close() }
	got := ask(t, serveTLS(t, config, hangUp), onPort(636), named("server.test"))
	if !got.TLS.Completed() || !has(got.TLS.Notes, evidence.NoteClientCertRequired) || got.TLS.Alert != "" {
		t.Errorf("%+v", got.TLS)
	}
	got = ask(t, upgradedSMTP(t, func(c net.Conn) { talkTLS(c, config, hangUp) }), onPort(25), named("server.test"))
	if !got.TLS.Completed() || !has(got.TLS.Notes, evidence.NoteClientCertRequired) {
		t.Errorf("after STARTTLS: %+v", got.TLS)
	}
	got = ask(t, serveTLS(t, config, func(c *tls.Conn) { _, _ = io.Copy(io.Discard, c) }), onPort(636), named("server.test"))
	if !got.TLS.Completed() || has(got.TLS.Notes, evidence.NoteClientCertRequired) {
		t.Errorf("goes on: %+v", got.TLS)
	}
}

func TestXMPPServesOtherDomains(t *testing.T) {
	for _, say := range []string{"host-unknown", "improper-addressing", "undefined-condition"} {
		s := serve(t, func(c net.Conn, _ int) {
			script{"", map[string]string{"<stream:stream": xmppHead + "<stream:error><" + say + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"}}.perform(c, nil)
		})
		got := ask(t, s, onPort(5222), named("xmpp.test"))
		if got.Identified != "xmpp" || has(got.Notes, evidence.NoteDomainUnknown) != (say != "undefined-condition") {
			t.Errorf("%s: %+v", say, got)
		}
	}
}
