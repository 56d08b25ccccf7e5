//go:build unix

package proxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/proxy/proxytest"
)

// greeter is a server that speaks first, in the same packet as the proxy's answer at times.
func greeter(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(c, "SSH-2.0-behind\r\n")
			c.Close()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

func TestSquid(t *testing.T) {
	proxytest.Needs(t, "squid", "squid-openssl")
	t.Parallel()
	dir := proxytest.Room(t)
	open, basic, ntlm, secure := proxytest.FreePort(t), proxytest.FreePort(t), proxytest.FreePort(t), proxytest.FreePort(t)
	hash, err := exec.Command("openssl", "passwd", "-apr1", "s:cret").Output()
	if err != nil {
		t.Skip("openssl is not installed")
	}
	passwords := proxytest.Put(t, dir, "passwords", "user:"+string(hash))
	cert, roots := certificate(t, dir)
	port, closed := greeter(t), proxytest.FreePort(t)
	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	proxytest.Squid(t, nil, "127.0.0.1 only.proxy.example", fmt.Sprintf(`
dns_nameservers %[7]s
http_port 127.0.0.1:%[1]d name=open
http_port 127.0.0.1:%[2]d name=basic
http_port 127.0.0.1:%[3]d name=ntlm
https_port 127.0.0.1:%[4]d name=secure tls-cert=%[6]s
auth_param ntlm program /usr/lib/squid/ntlm_fake_auth
auth_param negotiate program /usr/lib/squid/ntlm_fake_auth
auth_param basic program /usr/lib/squid/basic_ncsa_auth %[5]s
auth_param basic realm Example, Inc
acl on_basic myportname basic
acl on_ntlm myportname ntlm
acl user proxy_auth REQUIRED
acl forbidden port 5986
http_access deny forbidden
http_access deny on_basic !user
http_access deny on_ntlm !user
http_access allow all
`, open, basic, ntlm, secure, passwords, cert, proxytest.NoNames(t)))
	at := func(scheme string, p uint16) string { return fmt.Sprintf("%s://127.0.0.1:%d", scheme, p) }

	seen, line := ask(t, at("http", open), "127.0.0.1", port)
	if seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" || seen.HTTP.Status != 200 || seen.Sent != "" {
		t.Errorf("open: %+v, %q", seen, line)
	}
	seen, line = ask(t, at("http", open), "only.proxy.example", port)
	if seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" || !seen.Named {
		t.Errorf("a name that the proxy alone knows: %+v, %q", seen, line)
	}
	seen, _ = ask(t, at("http", open), "127.0.0.1", 5986)
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status != 403 || !strings.HasPrefix(seen.Error, "ERR_ACCESS_DENIED") || seen.Title == "" ||
		!strings.HasPrefix(seen.HTTP.Server, "squid") {
		t.Errorf("denied: %+v %+v", seen, seen.HTTP)
	}
	seen, _ = ask(t, at("http", open), "127.0.0.1", closed)
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status != 503 || seen.Cause != "ECONNREFUSED" {
		t.Errorf("nothing listens: %+v %+v", seen, seen.HTTP)
	}
	seen, _ = ask(t, at("http", open), "nobody.invalid", port)
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status/100 != 5 || seen.Error == "" {
		t.Errorf("no such name: %+v %+v", seen, seen.HTTP)
	}
	seen, _ = ask(t, at("http", basic), "127.0.0.1", port)
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status != 407 || !slices.Contains(seen.Auth, "Basic") || seen.Sent != "" {
		t.Errorf("no login: %+v", seen)
	}
	if want := []string{"Negotiate", "NTLM", "Basic"}; len(seen.Auth) != 3 || slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(seen.Auth, w) }) {
		t.Errorf("schemes: %q", seen.Auth)
	}
	seen, line = ask(t, at("http", basic), "127.0.0.1", port, login("user", "s:cret"))
	if seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" || seen.Sent != "Basic" {
		t.Errorf("login: %+v, %q", seen, line)
	}
	seen, _ = ask(t, at("http", basic), "127.0.0.1", port, login("user", "wrong-word"))
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status != 407 || seen.Sent != "Basic" {
		t.Errorf("wrong login: %+v", seen)
	}
	seen, line = ask(t, at("https", secure), "127.0.0.1", port, func(r *Request) { r.Roots = roots })
	if seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" {
		t.Errorf("TLS to the proxy: %+v, %q", seen, line)
	}
	seen, _ = ask(t, at("https", secure), "127.0.0.1", port, func(r *Request) { r.Roots = x509.NewCertPool() })
	if seen.Outcome != evidence.ProxyUnsafe || !strings.HasPrefix(seen.Problem, "certificate: ") {
		t.Errorf("TLS to an untrusted proxy: %+v", seen)
	}
	seen, _ = ask(t, at("socks5", open), "127.0.0.1", port, func(r *Request) { r.Timeout = time.Second })
	if seen.Outcome == evidence.ProxyConnected || seen.Outcome == evidence.ProxyRefused {
		t.Errorf("SOCKS to an HTTP proxy: %+v", seen)
	}
}

func TestTinyproxy(t *testing.T) {
	program, dir := proxytest.Needs(t, "tinyproxy", "tinyproxy"), proxytest.Room(t)
	t.Parallel()
	at, port, closed := proxytest.FreePort(t), greeter(t), proxytest.FreePort(t)
	conf := proxytest.Put(t, dir, "conf", fmt.Sprintf("Port %d\nListen 127.0.0.1\nTimeout 5\nAllow 127.0.0.1\nConnectPort %d\nConnectPort %d\nLogLevel Error\n", at, port, closed))
	address := fmt.Sprintf("127.0.0.1:%d", at)
	proxytest.Start(t, nil, proxytest.Listens(address), program, "-d", "-c", conf)
	seen, line := ask(t, "http://"+address, "127.0.0.1", port)
	if seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" {
		t.Errorf("allowed: %+v, %q", seen, line)
	}
	seen, _ = ask(t, "http://"+address, "127.0.0.1", 25)
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status != 403 {
		t.Errorf("a port that is not allowed: %+v", seen)
	}
	seen, _ = ask(t, "http://"+address, "127.0.0.1", closed)
	if seen.Outcome != evidence.ProxyRefused || seen.HTTP.Status/100 != 5 {
		t.Errorf("nothing listens: %+v", seen)
	}
}

func TestMicrosocks(t *testing.T) {
	program := proxytest.Needs(t, "microsocks", "microsocks")
	t.Parallel()
	open, locked, port := proxytest.FreePort(t), proxytest.FreePort(t), greeter(t)
	openAt, lockedAt := fmt.Sprintf("127.0.0.1:%d", open), fmt.Sprintf("127.0.0.1:%d", locked)
	proxytest.Start(t, nil, proxytest.Listens(openAt), program, "-i", "127.0.0.1", "-p", fmt.Sprint(open))
	proxytest.Start(t, nil, proxytest.Listens(lockedAt), program, "-i", "127.0.0.1", "-p", fmt.Sprint(locked), "-u", "user", "-P", "secret")
	if seen, line := ask(t, "socks5h://"+openAt, "localhost", port); seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" || !seen.Named {
		t.Errorf("%+v, %q", seen, line)
	}
	if seen, _ := ask(t, "socks5://"+openAt, "127.0.0.1", proxytest.FreePort(t)); seen.Outcome != evidence.ProxyRefused || seen.Code == nil || *seen.Code != 5 {
		t.Errorf("nothing listens: %+v", seen)
	}
	if seen, _ := ask(t, "socks5://"+lockedAt, "127.0.0.1", port); seen.Outcome != evidence.ProxyRefused || !slices.Equal(seen.Auth, []string{"username-password"}) || seen.Sent != "" {
		t.Errorf("no login: %+v", seen)
	}
	if seen, line := ask(t, "socks5://"+lockedAt, "127.0.0.1", port, login("user", "secret")); seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" {
		t.Errorf("login: %+v, %q", seen, line)
	}
	if seen, _ := ask(t, "socks5://"+lockedAt, "127.0.0.1", port, login("user", "wrong-word")); seen.Outcome != evidence.ProxyRefused || seen.Sent != "username-password" {
		t.Errorf("wrong login: %+v", seen)
	}
}

func TestDante(t *testing.T) {
	program, dir := proxytest.Needs(t, "danted", "dante-server"), proxytest.Room(t)
	t.Parallel()
	at, port, forbidden := proxytest.FreePort(t), greeter(t), greeter(t)
	conf := proxytest.Put(t, dir, "conf", fmt.Sprintf(`
logoutput: %[2]s/log
internal: 127.0.0.1 port = %[1]d
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 port = %[3]d }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
`, at, dir, forbidden))
	address := fmt.Sprintf("127.0.0.1:%d", at)
	proxytest.Start(t, nil, proxytest.Listens(address), program, "-f", conf, "-p", dir+"/pid")
	for _, kind := range []string{"socks4", "socks4a", "socks5", "socks5h"} {
		if seen, line := ask(t, kind+"://"+address, "127.0.0.1", port); seen.Outcome != evidence.ProxyConnected || line != "SSH-2.0-behind" {
			t.Errorf("%s: %+v, %q", kind, seen, line)
		}
		want := uint8(2) // not allowed by ruleset
		if strings.HasPrefix(kind, "socks4") {
			want = 91
		}
		if seen, _ := ask(t, kind+"://"+address, "127.0.0.1", forbidden); seen.Outcome != evidence.ProxyRefused || seen.Code == nil || *seen.Code != want {
			t.Errorf("%s, forbidden: %+v", kind, seen)
		}
	}
}

// certificate is a self-signed one for 127.0.0.1, with its key, in one file.
func certificate(t *testing.T, dir string) (path string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "proxy.example"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	path = proxytest.Put(t, dir, "proxy.pem", text)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	return path, roots
}
