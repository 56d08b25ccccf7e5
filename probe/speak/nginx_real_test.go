//go:build unix

package speak

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"whyport/probe/evidence"
)

// nginx is one real server with a block for each case.
type nginx struct {
	t    *testing.T
	dir  string
	conf strings.Builder
	port []int
}

// block adds a server on a port with a certificate and more directives.
func (n *nginx) block(port int, name string, c tls.Certificate, more string) {
	cert, key := keep(n.t, n.dir, name, c)
	fmt.Fprintf(&n.conf, "server { listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s; %s return 200 ok; }\n", port, cert, key, more)
}

func (n *nginx) start() {
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	conf := write(n.t, n.dir, "nginx.conf", user+"daemon off; master_process on; worker_processes 1; pid "+n.dir+"/pid; error_log "+n.dir+"/error.log;\n"+
		"events {}\nhttp { access_log off; client_body_temp_path "+n.dir+"/b; proxy_temp_path "+n.dir+"/p; fastcgi_temp_path "+n.dir+"/f; uwsgi_temp_path "+n.dir+"/u; scgi_temp_path "+n.dir+"/s;\n"+
		n.conf.String()+"}\n", 0o644)
	start(n.t, n.port, program(n.t, "nginx", "nginx-light"), "-p", n.dir, "-c", conf, "-e", filepath.Join(n.dir, "error.log"))
}

func TestRealNginx(t *testing.T) {
	program(t, "nginx", "nginx-light")
	root := privateCA(t)
	middle := newCA(t, pkix.Name{CommonName: "Test Intermediate"}, root)
	stranger := newCA(t, pkix.Name{CommonName: "Stranger Root"}, nil)
	dir := room(t)
	n := &nginx{t: t, dir: dir, port: freePorts(t, 12)}
	p := n.port
	rootPEM := rootFile(t, dir, root)
	good := root.leaf(t, nil)
	n.block(p[0], "v12", good, "ssl_protocols TLSv1.2;")
	n.block(p[1], "v13", good, "ssl_protocols TLSv1.3;")
	n.block(p[2], "client", good, "ssl_verify_client on; ssl_client_certificate "+rootPEM+";")
	n.block(p[3], "expired", root.leaf(t, nil, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), "")
	n.block(p[4], "alone", middle.leaf(t, nil), "")
	n.block(p[5], "whole", with(middle.leaf(t, nil), middle), "")
	n.block(p[6], "self", selfSignedLeaf(t, rsaKey(t, 2048)), "")
	n.block(p[7], "stranger", with(stranger.leaf(t, nil), stranger), "")
	n.block(p[8], "sni", good, "server_name server.test;")
	fmt.Fprintf(&n.conf, "server { listen 127.0.0.1:%d ssl default_server; ssl_reject_handshake on; }\n", p[8])
	n.block(p[9], "old", root.leaf(t, rsaKey(t, 2048)), "ssl_protocols TLSv1; ssl_ciphers AES128-SHA:@SECLEVEL=0;")
	fmt.Fprintf(&n.conf, "server { listen 127.0.0.1:%d; return 301 https://server.test/; }\n", p[10])
	revoked := with(root.leaf(t, nil), root)
	n.block(p[11], "revoked", revoked, "ssl_stapling on; ssl_stapling_file "+staple(t, dir, root, revoked)+";")
	n.start()

	for _, tc := range []struct {
		port       int
		name       string
		state      evidence.TLSState
		err        string
		clientCert bool
		openssl    []string
	}{
		{p[0], "server.test", evidence.TLSOK, "", false, nil},
		{p[1], "server.test", evidence.TLSOK, "", false, nil},
		{p[2], "server.test", evidence.TLSOK, "", true, nil},
		{p[3], "server.test", evidence.TLSUntrusted, "expired", false, nil},
		{p[4], "server.test", evidence.TLSUntrusted, "missing-intermediate", false, nil},
		{p[5], "server.test", evidence.TLSOK, "", false, nil},
		{p[5], "other.test", evidence.TLSUntrusted, "wrong-name", false, nil},
		{p[6], "server.test", evidence.TLSUntrusted, "self-signed", false, nil},
		{p[7], "server.test", evidence.TLSUntrusted, "unknown-authority", false, nil},
		{p[8], "server.test", evidence.TLSOK, "", false, nil},
		{p[9], "server.test", evidence.TLSOK, "", false, []string{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}},
		{p[11], "server.test", evidence.TLSUntrusted, "revoked", false, nil},
	} {
		got := ask(t, at(tc.port), named(tc.name), publicly(poolOf(root)))
		if got.TLS == nil || got.TLS.State != tc.state || got.TLS.Verification == nil || got.TLS.Verification.Error != tc.err ||
			got.TLS.ClientCert != tc.clientCert || got.Connections != 0 {
			t.Errorf("%+v %+v", tc, got.TLS)
			continue
		}
		o := openssl(t, tc.port, rootPEM, tc.name, "", tc.openssl...)
		agree(t, got.TLS, o)
		if o.clientCert != tc.clientCert {
			t.Errorf("client certificate: openssl %v", o.clientCert)
		}
	}
	got := ask(t, at(p[8]), named("other.test"), publicly(poolOf(root))).TLS
	if got.State != evidence.TLSAlert || got.Alert != "unrecognized_name" {
		t.Errorf("rejected name: %+v", got)
	}
	plain := ask(t, at(p[10]), onPort(80), named("server.test"))
	if plain.Identified != "http" || plain.HTTP == nil || plain.HTTP.Status != 301 || plain.HTTP.Location != "https://server.test/" ||
		!strings.HasPrefix(plain.Product, "nginx") || plain.TLS != nil || plain.Connections != 0 {
		t.Errorf("plain: %+v %+v", plain, plain.HTTP)
	}
}

// staple writes an OCSP response that revokes a certificate.
func staple(t *testing.T, dir string, ca *authority, c tls.Certificate) string {
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	must(t, err)
	response, err := ocsp.CreateResponse(ca.cert, ca.cert, ocsp.Response{
		Status: ocsp.Revoked, SerialNumber: leaf.SerialNumber, RevokedAt: time.Now().Add(-time.Hour),
		ThisUpdate: time.Now().Add(-time.Minute), NextUpdate: time.Now().Add(time.Hour),
	}, ca.key)
	must(t, err)
	return write(t, dir, "staple.der", string(response), 0o644)
}

// TestRealNginxWithRareMethods: what crypto/tls can't do is told from a server that refuses everybody, and the
// certificate is judged all the same where it is not encrypted.
func TestRealNginxWithRareMethods(t *testing.T) {
	program(t, "nginx", "nginx-light")
	root, dir := privateCA(t), room(t)
	n := &nginx{t: t, dir: dir, port: freePorts(t, 5)}
	p := n.port
	rootPEM := rootFile(t, dir, root)
	good := root.leaf(t, rsaKey(t, 2048))
	expired := root.leaf(t, rsaKey(t, 2048), func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	run(t, program(t, "openssl", "openssl"), "dhparam", "-dsaparam", "-out", filepath.Join(dir, "dh.pem"), "2048")
	dhe := "ssl_protocols TLSv1.2; ssl_ciphers kDHE; ssl_dhparam " + dir + "/dh.pem;"
	n.block(p[0], "dhe", good, dhe)
	n.block(p[1], "dhe-expired", expired, dhe)
	n.block(p[2], "x448", good, "ssl_protocols TLSv1.3; ssl_ecdh_curve X448;")
	n.block(p[3], "x448-12", good, "ssl_protocols TLSv1.2; ssl_ecdh_curve X448; ssl_ciphers kECDHE;")
	n.block(p[4], "camellia", good, "ssl_protocols TLSv1.2; ssl_ciphers CAMELLIA256-SHA;")
	n.start()
	for _, tc := range []struct {
		port                    int
		version, problem, fault string
		certificate             bool
	}{
		{p[0], "TLS 1.2", "cipher suite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "", true},
		{p[1], "TLS 1.2", "cipher suite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "expired", true},
		{p[2], "TLS 1.3", "key exchange with X448", "", false},
		{p[3], "TLS 1.2", "key exchange with X448", "", true},
		{p[4], "TLS 1.2", "cipher suite TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", "", true},
	} {
		got := ask(t, at(tc.port), named("server.test"), publicly(poolOf(root)))
		s := got.TLS
		if s == nil || s.State != evidence.TLSFailed || !has(s.Notes, evidence.NoteUnsupportedMethod) || s.Version != tc.version || s.Problem != tc.problem || got.Connections != 1 {
			t.Errorf("%+v: %+v %+v", tc, got, s)
			continue
		}
		o := openssl(t, tc.port, rootPEM, "server.test", "", "-cipher", "ALL")
		if o.version != tc.version || (s.Certificate != nil) != tc.certificate || tc.certificate && (s.Certificate.SHA256 != o.sha256 || s.Verification.Error != tc.fault) {
			t.Errorf("%+v: %+v, openssl %+v", tc, s.Certificate, o)
		}
	}
}
