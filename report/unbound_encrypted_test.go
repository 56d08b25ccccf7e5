package report_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	dns "whyport/probe/lookup"
	"whyport/report/reporttest"
)

const encryptedConf = `server:
 interface: 127.0.0.1@%[1]d
 interface: 127.0.0.1@%[2]d
 interface: 127.0.0.1@%[3]d
 port: %[1]d
 tls-port: %[2]d
 https-port: %[3]d
 tls-service-key: "%[4]s/key.pem"
 tls-service-pem: "%[4]s/cert.pem"
 do-daemonize: no
 use-syslog: no
 username: ""
 chroot: ""
 pidfile: ""
 directory: "%[4]s"
 local-zone: "." static
 local-data: "host.static.test. A 192.0.2.7"
remote-control:
 control-enable: no
`

// TestRealUnboundEncrypted: a real name server is asked over TLS and over HTTPS, and what it says stands beside this computer's.
func TestRealUnboundEncrypted(t *testing.T) {
	program, dir := unboundProgram(t), t.TempDir()
	plain, overTLS, overHTTPS := freePort(t), freePort(t), freePort(t)
	unsignedPair(t, dir)
	conf := fmt.Sprintf(encryptedConf, plain, overTLS, overHTTPS, dir)
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	local := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(ip("127.0.0.1"), port) }
	startUnbound(t, program, filepath.Join(dir, "conf"), local(overHTTPS))
	var servers []dns.Server
	for _, typed := range []string{fmt.Sprintf("tls://127.0.0.1:%d", overTLS), fmt.Sprintf("https://127.0.0.1:%d/dns-query", overHTTPS)} {
		s, err := dns.ParseServer(typed)
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	c := dns.Config{System: impatient{}, Servers: []netip.AddrPort{local(plain)}, Compare: servers, HostsFile: os.DevNull, Hostname: "client.test"}
	r := dns.New(c).Name(t.Context(), "host.static.test", 0)
	if len(r.Compared) != 4 {
		t.Fatalf("%+v", r.Compared)
	}
	for i, a := range r.Compared {
		want := []string{evidence.OverTLS, evidence.OverTLS, evidence.OverHTTPS, evidence.OverHTTPS}[i]
		if a.End != evidence.Answered || a.RCode != "NOERROR" || a.Over != want || !a.Untrusted || a.Family == evidence.IPv4 && (len(a.Addresses) != 1 || a.Addresses[0] != ip("192.0.2.7")) {
			t.Errorf("%+v", a)
		}
	}
	r.Problem, r.Addresses = "", []netip.Addr{ip("192.0.2.7")}
	document := run(probe.TargetRun{Target: target("host.static.test", 443), Resolution: r, Results: []probe.Result{result(0, connected(server, client, 443), open)}})
	said := noteOf(t, document, "names-compared")
	for _, want := range []string{fmt.Sprintf("tls://127.0.0.1:%d says the same (its certificate is not trusted", overTLS), fmt.Sprintf("https://127.0.0.1:%d says the same", overHTTPS)} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	reporttest.Validate(t, written(t, "json", document))
}

// unsignedPair writes a key and a certificate for 127.0.0.1 that nobody has signed.
func unsignedPair(t *testing.T, dir string) {
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	one := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	cert := must[[]byte](t)(x509.CreateCertificate(rand.Reader, one, one, key.Public(), key))
	private := must[[]byte](t)(x509.MarshalPKCS8PrivateKey(key))
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
