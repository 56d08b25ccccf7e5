package speak

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"whyport/probe/evidence"
)

func newReader(b []byte) io.Reader { return bytes.NewReader(b) }

func privateCA(t testing.TB) *authority { return newCA(t, pkix.Name{CommonName: "Test Root"}, nil) }

func TestHealthyTLS(t *testing.T) {
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, NextProtos: []string{"h2"}}, nil)
	got := ask(t, s, named("server.test"), publicly(poolOf(ca)), onPort(443))
	tl := got.TLS
	if tl == nil || tl.State != evidence.TLSOK || tl.Version != "TLS 1.3" || tl.ALPN != "h2" || tl.Inspection != nil {
		t.Fatalf("%+v", tl)
	}
	if got.Connections != 0 || s.accepted() != 1 || got.Identified != "https" || got.Asked != "tls" {
		t.Errorf("%d connections, %d accepted, identified %q, asked %q", got.Connections, s.accepted(), got.Identified, got.Asked)
	}
	v := tl.Verification
	wantBool(t, "name", v.NameOK, "true")
	wantBool(t, "time", v.TimeOK, "true")
	wantBool(t, "system", v.SystemTrusted, "true")
	wantBool(t, "public", v.PublicTrusted, "true")
	if *v.ExpiresInDays != 89 || tl.Certificate.Key != "ECDSA P-256" || tl.ChainLength != 1 || len(tl.Notes) != 0 {
		t.Errorf("%+v %+v", v, tl)
	}
}

// turns counts how often the client waited for an answer after it had spoken.
type turns struct {
	net.Conn
	n     *atomic.Int32
	wrote bool
}

func (c *turns) Write(p []byte) (int, error) { c.wrote = true; return c.Conn.Write(p) }
func (c *turns) Read(p []byte) (int, error) {
	if c.wrote {
		c.n.Add(1)
		c.wrote = false
	}
	return c.Conn.Read(p)
}

func TestRoundTripsOfHealthyTLS(t *testing.T) {
	ca := privateCA(t)
	for _, tc := range []struct {
		name   string
		config *tls.Config
		most   int32
	}{
		// and one for the farewell, another where nothing is known of the port: does the session last?
		{"1.3", &tls.Config{}, 2},
		{"1.3 with another key share", &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP384}}, 3},
		{"1.2", &tls.Config{MaxVersion: tls.VersionTLS12}, 3},
		{"1.0", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.config.Certificates = []tls.Certificate{ca.leaf(t, nil)}
			s := serveTLS(t, tc.config, nil)
			var n atomic.Int32
			for port, more := range map[uint16]int32{443: 0, 4433: 1} {
				n.Store(0)
				got := ask(t, s, onPort(port), named("server.test"), publicly(poolOf(ca)),
					withFirst(func(c net.Conn) net.Conn { return &turns{Conn: c, n: &n} }))
				if got.TLS.State != evidence.TLSOK || n.Load() > tc.most+more || n.Load() == 0 {
					t.Errorf("%d: %s after %d round trips, at most %d", port, got.TLS.State, n.Load(), tc.most+more)
				}
			}
		})
	}
}

func TestOldSessions(t *testing.T) {
	ca := privateCA(t)
	ec, rsa2048 := ca.leaf(t, nil), ca.leaf(t, rsaKey(t, 2048))
	for _, tc := range []struct {
		version uint16
		suite   uint16
		cert    tls.Certificate
		notes   []string
	}{
		{tls.VersionTLS10, 0, ec, []string{"old-version"}},
		{tls.VersionTLS11, 0, ec, []string{"old-version"}},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_CBC_SHA, rsa2048, []string{"weak-suite"}},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, rsa2048, []string{"weak-suite"}},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_RC4_128_SHA, rsa2048, []string{"weak-suite"}},
		{tls.VersionTLS10, tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, rsa2048, []string{"old-version", "weak-suite"}},
		{tls.VersionTLS13, 0, rsa2048, nil},
	} {
		config := &tls.Config{MinVersion: tc.version, MaxVersion: tc.version, Certificates: []tls.Certificate{tc.cert}}
		if tc.suite != 0 {
			config.CipherSuites = []uint16{tc.suite}
		}
		s := serveTLS(t, config, nil)
		got := ask(t, s, named("server.test"), publicly(poolOf(ca))).TLS
		if got.State != evidence.TLSOK || got.Version != tls.VersionName(tc.version) {
			t.Errorf("%s %s: %s %s %s", tls.VersionName(tc.version), tls.CipherSuiteName(tc.suite), got.State, got.Version, got.Problem)
		}
		if tc.suite != 0 && got.CipherSuite != tls.CipherSuiteName(tc.suite) {
			t.Errorf("suite %s, want %s", got.CipherSuite, tls.CipherSuiteName(tc.suite))
		}
		if strings.Join(got.Notes, " ") != strings.Join(tc.notes, " ") {
			t.Errorf("notes %v, want %v", got.Notes, tc.notes)
		}
	}
}

func TestSmallKeys(t *testing.T) {
	ca := privateCA(t)
	for bits, want := range map[int]string{512: "weak", 1024: "", 2048: ""} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS10} {
			s := serveTLS(t, &tls.Config{
				Certificates: []tls.Certificate{ca.leaf(t, rsaKey(t, bits))}, MinVersion: version, MaxVersion: version,
				CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
			}, nil)
			got := ask(t, s, named("server.test"), publicly(poolOf(ca))).TLS
			if !got.Completed() || got.Verification.Error != want || has(got.Notes, "weak-key") != (bits < 2048) {
				t.Errorf("%d bits: %s, error %q, notes %v, %s", bits, got.State, got.Verification.Error, got.Notes, got.Problem)
			}
		}
	}
}

func TestClientCertificate(t *testing.T) {
	ca := privateCA(t)
	for _, tc := range []struct {
		auth    tls.ClientAuthType
		version uint16
		state   evidence.TLSState
	}{
		{tls.RequestClientCert, tls.VersionTLS12, evidence.TLSOK},
		{tls.RequestClientCert, tls.VersionTLS13, evidence.TLSOK},
		{tls.RequireAnyClientCert, tls.VersionTLS13, evidence.TLSOK},    // refuses after the client has finished
		{tls.RequireAnyClientCert, tls.VersionTLS12, evidence.TLSAlert}, // refuses within the handshake
	} {
		s := serveTLS(t, &tls.Config{
			Certificates: []tls.Certificate{ca.leaf(t, nil)}, ClientAuth: tc.auth, MinVersion: tc.version, MaxVersion: tc.version,
		}, nil)
		got := ask(t, s, named("server.test"), publicly(poolOf(ca))).TLS
		if got.State != tc.state || !got.ClientCert || got.Certificate == nil || got.Verification.Error != "" || len(got.Variants) != 0 {
			t.Errorf("auth %v %s: %+v", tc.auth, tls.VersionName(tc.version), got)
		}
	}
}

func TestCertificateJudgement(t *testing.T) {
	root := privateCA(t)
	middle := newCA(t, pkix.Name{CommonName: "Test Intermediate"}, root)
	other := newCA(t, pkix.Name{CommonName: "Nobody's Root"}, nil)
	until := func(d time.Duration) leafOption {
		return func(c *x509.Certificate) { c.NotAfter = time.Now().Add(d) }
	}
	for _, tc := range []struct {
		name, err, system, time, nameOK string
		cert                            tls.Certificate
		note                            string
	}{
		{"good through an intermediate", "", "true", "true", "true", with(middle.leaf(t, nil), middle), ""},
		{"soon over", "", "true", "true", "true", root.leaf(t, nil, until(72*time.Hour)), "expires-soon"},
		{"expired", "expired", "true", "false", "true", root.leaf(t, nil, until(-time.Hour)), ""},
		{"not yet valid", "not-yet-valid", "true", "false", "true", root.leaf(t, nil, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), ""},
		{"wrong name", "wrong-name", "true", "true", "false", root.leaf(t, nil, func(c *x509.Certificate) { c.DNSNames = []string{"other.test"} }), ""},
		{"name in CN only", "wrong-name", "true", "true", "false", root.leaf(t, nil, func(c *x509.Certificate) { c.DNSNames = nil }), ""},
		{"wildcard", "", "true", "true", "true", root.leaf(t, nil, func(c *x509.Certificate) { c.DNSNames = []string{"*.test"} }), ""},
		{"self-signed", "self-signed", "false", "true", "true", selfSignedLeaf(t, newKey(t)), ""},
		{"no intermediate", "missing-intermediate", "false", "true", "true", middle.leaf(t, nil), ""},
		{"unknown root, sent", "unknown-authority", "false", "true", "true", with(other.leaf(t, nil), other), ""},
		{"for clients only", "wrong-usage", "false", "true", "true", root.leaf(t, nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{tc.cert}}, nil)
			got := ask(t, s, named("server.test"), publicly(poolOf(root))).TLS
			if got.Verification == nil || got.Verification.Error != tc.err || (got.State == evidence.TLSOK) != (tc.err == "") {
				t.Fatalf("%s %+v", got.State, got.Verification)
			}
			wantBool(t, "system", got.Verification.SystemTrusted, tc.system)
			wantBool(t, "time", got.Verification.TimeOK, tc.time)
			wantBool(t, "name", got.Verification.NameOK, tc.nameOK)
			if tc.note != "" && !has(got.Notes, tc.note) {
				t.Errorf("notes %v without %s", got.Notes, tc.note)
			}
		})
	}
}

func TestWeakSignature(t *testing.T) {
	ca := privateCA(t)
	ca.key = rsaKey(t, 2048) // only RSA signs with SHA-1 here
	template := *ca.cert
	template.SignatureAlgorithm, template.PublicKey = 0, nil
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, ca.key.Public(), ca.key)
	must(t, err)
	ca.cert, err = x509.ParseCertificate(der)
	must(t, err)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })}}, nil)
	got := ask(t, s, named("server.test"), publicly(poolOf(ca))).TLS
	if got.Verification.Error != "weak" || !has(got.Notes, "weak-signature") || got.Certificate.Signature != "SHA1-RSA" {
		t.Errorf("%+v %v %s", got.Verification, got.Notes, got.Certificate.Signature)
	}
}

func TestAddressInsteadOfName(t *testing.T) {
	ca := privateCA(t)
	for _, tc := range []struct {
		ips  []net.IP
		want string
	}{{nil, "null"}, {[]net.IP{net.IPv4(127, 0, 0, 2)}, "null"}, {[]net.IP{net.IPv4(127, 0, 0, 1)}, "true"}} {
		var sni atomic.Value
		s := serveTLS(t, &tls.Config{
			Certificates:       []tls.Certificate{ca.leaf(t, nil, func(c *x509.Certificate) { c.IPAddresses = tc.ips })},
			GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) { sni.Store(h.ServerName); return nil, nil },
		}, nil)
		got := ask(t, s, publicly(poolOf(ca))).TLS
		wantBool(t, "name", got.Verification.NameOK, tc.want)
		if got.State != evidence.TLSOK || got.ServerName != "" || sni.Load() != "" {
			t.Errorf("%s, name sent %q", got.State, sni.Load())
		}
	}
}

func TestStapledOCSP(t *testing.T) {
	ca := privateCA(t)
	cert := ca.leaf(t, nil)
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	must(t, err)
	for _, tc := range []struct {
		status int
		next   time.Duration
		want   string
		err    string
		chain  bool
		roots  *x509.CertPool
	}{
		{ocsp.Good, time.Hour, "good", "", true, poolOf(ca)},
		{ocsp.Revoked, time.Hour, "revoked", "revoked", true, poolOf(ca)},
		{ocsp.Good, -time.Hour, "stale", "", true, poolOf(ca)},
		{ocsp.Revoked, time.Hour, "revoked", "revoked", false, poolOf(ca)}, // the issuer is among the roots
		{ocsp.Revoked, time.Hour, "unverified", "missing-intermediate", false, x509.NewCertPool()},
	} {
		staple, err := ocsp.CreateResponse(ca.cert, ca.cert, ocsp.Response{
			Status: tc.status, SerialNumber: leaf.SerialNumber, ThisUpdate: time.Now().Add(-2 * time.Hour),
			NextUpdate: time.Now().Add(tc.next), RevokedAt: time.Now().Add(-time.Hour),
		}, ca.key)
		must(t, err)
		served := cert
		if tc.chain {
			served = with(served, ca)
		}
		served.OCSPStaple = staple
		s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{served}}, nil)
		got := ask(t, s, named("server.test"), publicly(tc.roots)).TLS
		if got.OCSP != tc.want || got.Verification.Error != tc.err {
			t.Errorf("%q error %q, want %q %q", got.OCSP, got.Verification.Error, tc.want, tc.err)
		}
	}
}

func TestInspection(t *testing.T) {
	for _, tc := range []struct {
		issuer pkix.Name
		want   evidence.Inspection
	}{
		{pkix.Name{CommonName: "FG100F0000000000", Organization: []string{"Fortinet"}}, evidence.Inspection{By: "Fortinet FortiGate", Evidence: "known-issuer"}},
		{pkix.Name{CommonName: "avast! Web/Mail Shield Root"}, evidence.Inspection{By: "Avast Web/Mail Shield", Evidence: "known-issuer", Local: true}},
		{pkix.Name{CommonName: "ca.customer.eu.goskope.com"}, evidence.Inspection{By: "Netskope", Evidence: "known-issuer"}},
		{pkix.Name{CommonName: "Example Corp Proxy CA"}, evidence.Inspection{By: "Example Corp Proxy CA", Evidence: "system-only-root"}},
	} {
		ca := newCA(t, tc.issuer, nil)
		s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, NextProtos: []string{"h2", "http/1.1"}}, func(c *tls.Conn) {
			if c.ConnectionState().NegotiatedProtocol == "h2" {
				return
			}
			buf := make([]byte, 2048)
			if n, _ := c.Read(buf); bytes.HasPrefix(buf[:n], []byte("HEAD ")) {
				_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n")
			}
			if n, _ := c.Read(buf); bytes.HasPrefix(buf[:n], []byte("GET ")) {
				page := "<title>Web Page Blocked</title>Powered By FortiGuard"
				_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: "+itoa(len(page))+"\r\n\r\n"+page)
			}
		})
		got := ask(t, s, named("server.test"), trusting(poolOf(ca)))
		if got.TLS.Inspection == nil || *got.TLS.Inspection != tc.want {
			t.Errorf("%s: %+v", tc.issuer, got.TLS.Inspection)
		}
		if got.HTTP == nil || got.HTTP.BlockPage != "FortiGuard" || got.HTTP.Status != 403 || got.Connections != 1 {
			t.Errorf("%s: page %+v, %d connections", tc.issuer, got.HTTP, got.Connections)
		}
		// Untrusted and made out for another name: a device's own certificate, not inspection; its page says whose it is.
		got = ask(t, s, named("else.test"), trusting(x509.NewCertPool()))
		if got.TLS.Inspection != nil {
			t.Errorf("%s accused: %+v", tc.issuer, got.TLS.Inspection)
		}
		if got.HTTP == nil || got.HTTP.BlockPage != "FortiGuard" || got.Connections != 1 {
			t.Errorf("%s: page under another name %+v, %d connections", tc.issuer, got.HTTP, got.Connections)
		}
	}
}

// Proxies close after an error, so the page behind HEAD's answer needs another session (squid).
func TestPageOfAProxyThatCloses(t *testing.T) {
	ca := newCA(t, pkix.Name{CommonName: "Example Corp Proxy CA"}, nil)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, func(c *tls.Conn) {
		buf := make([]byte, 2048)
		n, _ := c.Read(buf)
		_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nVia: 1.1 proxy.test (squid/5.7)\r\nConnection: close\r\n\r\n")
		if bytes.HasPrefix(buf[:n], []byte("GET ")) {
			_, _ = io.WriteString(c, "/* Stylesheet for Squid Error pages */")
		}
	})
	for _, trust := range []change{trusting(poolOf(ca)), trusting(x509.NewCertPool())} {
		got := ask(t, s, onPort(443), named("server.test"), trust)
		if got.HTTP == nil || got.HTTP.BlockPage != "Squid" || got.Connections != 1 {
			t.Errorf("%+v %+v", got, got.HTTP)
		}
	}
}

// A leaf that was logged in public comes from a public CA, whatever this computer's sets of roots say.
func TestLoggedLeaf(t *testing.T) {
	ca := newCA(t, pkix.Name{CommonName: "New Public Root"}, nil)
	logged := func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: []byte{4, 2, 0, 0}}}
	}
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, logged)}}, nil)
	if got := ask(t, s, named("server.test"), trusting(poolOf(ca))).TLS; got.State != evidence.TLSOK || got.Inspection != nil || len(got.Notes) != 0 {
		t.Errorf("%+v", got)
	}
	got := ask(t, s, named("server.test"), publicly(poolOf(privateCA(t)))).TLS
	if got.Verification.Error != "missing-intermediate" || !has(got.Notes, "public-ca-leaf") {
		t.Errorf("%+v %v", got.Verification, got.Notes)
	}
}

func itoa(n int) string { return big.NewInt(int64(n)).String() }
