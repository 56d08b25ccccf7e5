// The program itself is built with these.
//
//go:debug rsa1024min=0
//go:debug tlssha1=1
//go:debug x509negativeserial=1
package report_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"whyport/probe/evidence"
	"whyport/probe/speak"
	"whyport/probe/verdict"
)

// kind is a kind of certificate, or of session, and what is to be said of it.
type kind struct {
	name   string
	chain  []*issuer
	roots  []*issuer // that this computer trusts
	public bool      // so does everybody
	asked  string    // the name; "-": an address was given
	config func(*tls.Config)
	err    string // of the verification
	use    string // is it usable: by default, where TLS was wanted by its name, where a page was
	says   string // a pattern in what is said where a page was wanted
	// openssl's number, any of them; empty: not compared
	openssl []int
}

func pool(roots []*issuer) *x509.CertPool {
	p := x509.NewCertPool()
	for _, r := range roots {
		p.AddCert(r.cert)
	}
	return p
}

// heard asks a server with this certificate what it speaks.
func heard(t *testing.T, k kind) *evidence.Speech {
	t.Helper()
	config := &tls.Config{MinVersion: tls.VersionTLS10, Certificates: []tls.Certificate{{PrivateKey: k.chain[0].key}}}
	for _, c := range k.chain {
		config.Certificates[0].Certificate = append(config.Certificates[0].Certificate, c.raw)
	}
	if k.config != nil {
		k.config(config)
	}
	l := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer func() { _ = c.Close() }()
				s := tls.Server(c, config)
				if s.Handshake() != nil {
					return
				}
				_, _ = s.Read(make([]byte, 1000))
				_, _ = s.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
				_ = s.Close()
			})
		}
	})
	defer running.Wait()
	defer func() { _ = l.Close() }()
	dial := func(context.Context) (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }
	name := k.asked
	switch name {
	case "":
		name = "server.test"
	case "-":
		name = ""
	}
	public := x509.NewCertPool()
	if k.public {
		public = pool(k.roots)
	}
	return speak.Ask(t.Context(), speak.Request{To: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), 8443), ServerName: name, Mode: "auto",
		First: must[net.Conn](t)(dial(nil)), RTT: time.Millisecond, Dial: dial, System: pool(k.roots), Public: public})
}

// TestKindsOfCertificates: each kind has the words that whoever acts on it needs, and is usable where the programs that would use
// it take it; openssl's own number stands beside.
func TestKindsOfCertificates(t *testing.T) {
	for _, k := range slices.Concat(trustKinds(t), timeKinds(t), nameKinds(t), ruleKinds(t), strengthKinds(t), orderKinds(t)) {
		t.Run(k.name, func(t *testing.T) {
			sp := heard(t, k)
			if sp.TLS == nil {
				t.Fatalf("%+v", sp)
			}
			code := ""
			if v := sp.TLS.Verification; v != nil {
				code = v.Error
			}
			if code != k.err {
				t.Errorf("error %q, want %q (%+v)", code, k.err, sp.TLS)
			}
			use, said := "", ""
			for i := range 3 {
				sp.Wanted, sp.Browser = i > 0, i > 1
				p := connected(server, client, 8443)
				p.Speech = sp
				v := verdict.Judge(&p, nil)
				use += map[bool]string{true: "y", false: "n"}[v.Usable]
				said = allSaid(t, k.name, says(sp, v))
			}
			if use != k.use {
				t.Errorf("usable %s, want %s: %s", use, k.use, said)
			}
			if !regexp.MustCompile(k.says).MatchString(said) {
				t.Errorf("/%s/ is not in: %s", k.says, said)
			}
			if os.Getenv("SHOW") != "" {
				fmt.Printf("%-40s %s %s\n    %s\n", k.name, use, code, said)
			}
			if len(k.openssl) > 0 {
				besideOpenSSL(t, k)
			}
		})
	}
}

// besideOpenSSL asks openssl for its number, at the level of Debian's configuration.
func besideOpenSSL(t *testing.T, k kind) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Log("no openssl here to compare with")
		return
	}
	dir := t.TempDir()
	file := func(name string, certs []*issuer) string {
		var all []byte
		for _, c := range certs {
			all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.raw})...)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, all, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{"verify", "-purpose", "sslserver", "-auth_level", "2", "-no-CApath", "-no-CAstore"}
	switch k.asked {
	case "-":
		args = append(args, "-verify_ip", "127.0.0.1")
	case "":
		args = append(args, "-verify_hostname", "server.test")
	default:
		args = append(args, "-verify_hostname", k.asked)
	}
	if len(k.roots) > 0 {
		args = append(args, "-CAfile", file("roots.pem", k.roots))
	} else {
		args = append(args, "-no-CAfile")
	}
	if len(k.chain) > 1 {
		args = append(args, "-untrusted", file("sent.pem", k.chain[1:]))
	}
	out, _ := exec.CommandContext(t.Context(), "openssl", append(args, file("leaf.pem", k.chain[:1]))...).CombinedOutput()
	number := 0
	if m := regexp.MustCompile(`error (\d+) at`).FindSubmatch(out); m != nil {
		number, _ = strconv.Atoi(string(m[1]))
	}
	if !slices.Contains(k.openssl, number) {
		t.Errorf("openssl says %d, want %v:\n%s", number, k.openssl, out)
	}
}

type template = x509.Certificate

func of(certs ...*issuer) []*issuer { return certs }

// trustKinds are about whose authority it is.
func trustKinds(t *testing.T) []kind {
	root := ca(t, nil, nil, "Corp Root", nil)
	middle := ca(t, root, nil, "Corp Issuing", nil)
	low := ca(t, middle, nil, "Corp Low", nil)
	aia := func(c *template) { c.IssuingCertificateURL = []string{"http://ca.test/issuing.crt"} }
	sct := func(c *template) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: []byte{4, 0}}}
	}
	both := func(c *template) { aia(c); sct(c) }
	own := leaf(t, nil, nil, nil)
	kinds := []kind{
		{"private root, known here", of(leaf(t, middle, nil, nil), middle), of(root), false, "", nil, "", "yyy", "private authority.*a company's own", []int{0}},
		{"public root", of(leaf(t, middle, nil, nil), middle), of(root), true, "", nil, "", "yyy", "certificate ok", []int{0}},
		{"private root not installed", of(leaf(t, middle, nil, nil), middle), nil, false, "", nil, "unknown-authority", "yyn", `does not know who signed the certificate \(Corp Root\), so browsers refuse it.*install its root`, []int{20}},
		{"its root sent", of(leaf(t, middle, nil, nil), middle, root), nil, false, "", nil, "unknown-authority", "yyn", `\(Corp Root\)`, []int{19}},
		{"one of two intermediates missing", of(leaf(t, low, nil, nil), low), of(root), false, "", nil, "unknown-authority", "yyn", `\(Corp Issuing\)`, []int{20}},
		{"leaf of an unknown issuer alone", of(leaf(t, middle, nil, nil)), nil, false, "", nil, "missing-intermediate", "yyn", "Corp Issuing.*company's own.*where to fetch", []int{20}},
		{"missing intermediate, public, nowhere to fetch it", of(leaf(t, middle, nil, sct)), of(root), true, "", nil, "missing-intermediate", "yyn", "link to a known authority was not sent.*send the whole.*where to fetch", []int{20}},
		{"missing intermediate, public, to be fetched", of(leaf(t, middle, nil, both)), of(root), true, "", nil, "missing-intermediate", "yyy", "link to a known authority was not sent.*send the whole", []int{20}},
		{"missing intermediate, private, to be fetched", of(leaf(t, middle, nil, aia)), of(root), false, "", nil, "missing-intermediate", "yyy", "Corp Issuing.*unless that is a company's own", []int{20}},
		{"self-signed", of(own), nil, false, "", nil, "self-signed", "yyn", "self-signed: no known authority signed it.*browsers refuse it", []int{18}},
		{"self-signed, sent twice", of(own, own), nil, false, "", nil, "self-signed", "yyn", "self-signed", []int{18}},
		{"self-signed, installed here", of(own), of(own), false, "", nil, "", "yyy", "certificate is trusted", []int{0}},
		{"self-signed authority as a server", of(ca(t, nil, nil, "Box", func(c *template) { c.DNSNames = []string{"server.test"} })), nil, false, "", nil, "self-signed", "yyn", "self-signed", []int{18}},
	}
	for _, name := range []string{"Superfish, Inc.", "eDellRoot", "DSDTestProvider"} {
		bad := ca(t, nil, nil, name, nil)
		for _, roots := range [][]*issuer{of(bad), nil} {
			kinds = append(kinds, kind{fmt.Sprintf("%s, installed %v", name, roots != nil), of(leaf(t, bad, nil, nil)), roots, false, "", nil, "stolen-authority", "nnn", "secret key is public.*never install", nil})
		}
	}
	return kinds
}

// timeKinds are about what has ended or not begun.
func timeKinds(t *testing.T) []kind {
	ago, ahead := time.Now().AddDate(0, -1, 0), time.Now().AddDate(0, 0, 1)
	over := func(c *template) { c.NotAfter = ago }
	early := func(c *template) { c.NotBefore = ahead }
	root := ca(t, nil, nil, "Root", nil)
	middle := ca(t, root, nil, "Issuing", nil)
	oldMiddle, newMiddle := ca(t, root, nil, "Old Issuing", over), ca(t, root, nil, "New Issuing", early)
	oldRoot := ca(t, nil, nil, "Old Root", over)
	underOld := ca(t, oldRoot, nil, "Under Old", nil)
	crossed := certify(t, oldRoot, root.key, template{Subject: root.cert.Subject, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: ago})
	good := leaf(t, middle, nil, nil)
	return []kind{
		{"expired", of(leaf(t, middle, nil, over), middle), of(root), true, "", nil, "expired", "nnn", `expired 3\d days ago.*renew`, []int{10}},
		{"expired an hour ago", of(leaf(t, middle, nil, func(c *template) { c.NotAfter = time.Now().Add(-time.Hour) }), middle), of(root), true, "", nil, "expired", "nnn", "expired less than a day ago", []int{10}},
		{"expired, self-signed", of(leaf(t, nil, nil, over)), nil, false, "", nil, "expired", "nnn", "expired.*also is self-signed", []int{18, 10}},
		{"expired, and another name", of(leaf(t, middle, nil, func(c *template) { over(c); c.DNSNames = []string{"other.test"} }), middle), of(root), true, "", nil, "expired", "nnn", "also is for another name", []int{10, 62}},
		{"begins tomorrow", of(leaf(t, middle, nil, early), middle), of(root), true, "", nil, "not-yet-valid", "nnn", "not valid yet, only from .*this computer's date", []int{9}},
		{"expires in a week", of(leaf(t, middle, nil, func(c *template) { c.NotAfter = time.Now().Add(7*24*time.Hour + time.Hour) }), middle), of(root), true, "", nil, "", "yyy", "expires in 7 days.*renew", []int{0}},
		{"expired intermediate", of(leaf(t, oldMiddle, nil, nil), oldMiddle), of(root), true, "", nil, "expired-intermediate", "nnn", `has expired \(intermediate\).*Windows, macOS, openssl and browsers refuse it.*current certificate chain`, []int{10}},
		{"intermediate begins tomorrow", of(leaf(t, newMiddle, nil, nil), newMiddle), of(root), true, "", nil, "intermediate-not-yet-valid", "nnn", `not valid yet \(intermediate\)`, []int{9}},
		{"expired root", of(leaf(t, underOld, nil, nil), underOld), of(oldRoot), true, "", nil, "expired-root", "nnn", `authority itself has expired \(root certificate, Old Root\)`, []int{10}},
		{"expired root, sent and not known", of(leaf(t, underOld, nil, nil), underOld, oldRoot), nil, true, "", nil, "expired-root", "nnn", `authority itself has expired`, []int{10, 19}},
		{"expired cross-signature, root known", of(good, middle, crossed), of(root), true, "", nil, "", "yyy", "certificate ok", []int{0}},
		{"expired cross-signature, only the old root known", of(good, middle, crossed), of(oldRoot), true, "", nil, "expired-intermediate", "nnn", `expired`, []int{10}},
	}
}

// nameKinds are about names.
func nameKinds(t *testing.T) []kind {
	root := ca(t, nil, nil, "Root", nil)
	names := func(all ...string) *issuer {
		return leaf(t, root, nil, func(c *template) { c.DNSNames = all })
	}
	at := func(all ...string) *issuer {
		return leaf(t, root, nil, func(c *template) {
			c.DNSNames = nil
			for _, a := range all {
				c.IPAddresses = append(c.IPAddresses, net.ParseIP(a))
			}
		})
	}
	k := func(name string, cert *issuer, asked, err, use, says string, openssl ...int) kind {
		return kind{name, of(cert), of(root), true, asked, nil, err, use, says, openssl}
	}
	bare := leaf(t, root, nil, func(c *template) { c.DNSNames, c.Subject = nil, pkix.Name{} })
	return []kind{
		k("another name", names("other.test", "third.test"), "", "wrong-name", "nnn", "is for other.test and 1 more, not for server.test", 62),
		k("name in CN only", names(), "", "wrong-name", "nnn", "no name where programs look.*only CN=server.test", 0, 62),
		k("no name at all", bare, "", "wrong-name", "nnn", "no name at all.*subject alternative name", 62),
		k("wildcard", names("*.server.test"), "www.server.test", "", "yyy", "certificate ok", 0),
		k("wildcard, too deep", names("*.server.test"), "a.b.server.test", "wrong-name", "nnn", `is for \*.server.test, not for a.b.server.test .*one level`, 62),
		k("wildcard, the domain itself", names("*.server.test"), "server.test", "wrong-name", "nnn", `is for \*.server.test, not for server.test.*one level`, 62),
		k("part of a wildcard", names("ser*.test"), "", "wrong-name", "nnn", `is for ser\*.test`, 0, 62),
		k("IDN", names("xn--bcher-kva.test"), "xn--bcher-kva.test", "", "yyy", "certificate ok", 0),
		k("capitals", names("SERVER.Test"), "", "", "yyy", "certificate ok", 0),
		k("address, named", at("127.0.0.1"), "-", "", "yyy", "certificate ok", 0),
		k("address, not named", names("server.test"), "-", "", "yyn", "does not name the address", 64),
		k("another address", at("192.0.2.7"), "-", "", "yyn", "does not name the address", 64),
		k("address as a name", names("127.0.0.1"), "-", "", "yyn", "does not name the address", 64),
		k("a name, and only an address in it", at("127.0.0.1"), "", "wrong-name", "nnn", "is for 127.0.0.1, not for server.test", 0, 62),
	}
}

// ruleKinds are about what authorities may do (RFC 5280).
func ruleKinds(t *testing.T) []kind {
	odd := []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}}
	root := ca(t, nil, nil, "Root", nil)
	middle := ca(t, root, nil, "Issuing", nil)
	under := func(name string, change func(*template)) []*issuer {
		a := ca(t, root, nil, name, change)
		return of(leaf(t, a, nil, nil), a)
	}
	short := ca(t, root, nil, "Short", func(c *template) { c.MaxPathLenZero = true })
	below := ca(t, short, nil, "Below", nil)
	byLeaf := leaf(t, root, nil, func(c *template) { c.Subject = pkix.Name{CommonName: "shop.test"} })
	use := func(usages ...x509.ExtKeyUsage) []*issuer {
		return of(leaf(t, middle, nil, func(c *template) { c.ExtKeyUsage = usages }), middle)
	}
	k := func(name string, chain []*issuer, err, use, says string, openssl ...int) kind {
		return kind{name, chain, of(root), true, "", nil, err, use, says, openssl}
	}
	return []kind{
		k("name constraints, permitted", under("Narrow", func(c *template) { c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"other.test"} }), "name-constraints", "nnn", `not allowed to sign for this name \(name constraints\)`, 47),
		k("name constraints, excluded", under("Narrow", func(c *template) { c.PermittedDNSDomainsCritical, c.ExcludedDNSDomains = true, []string{"server.test"} }), "name-constraints", "nnn", `not allowed to sign for this name`, 48),
		k("path length", of(leaf(t, below, nil, nil), below, short), "path-length", "nnn", `more authorities below it than it may have \(path length\)`, 25),
		k("issuer is no authority", under("Clerk", func(c *template) { c.IsCA = false }), "issuer-not-ca", "nnn", `not allowed to sign any`, 24, 79),
		k("signed with a server's certificate", of(leaf(t, byLeaf, nil, nil), byLeaf), "issuer-not-ca", "nnn", `not allowed to sign any`, 24, 79),
		k("issuer may not sign certificates", under("Clerk", func(c *template) { c.KeyUsage = x509.KeyUsageDigitalSignature }), "issuer-not-ca", "nnn", `not allowed to sign any`, 32, 20, 79),
		k("critical extension of the leaf", of(leaf(t, middle, nil, func(c *template) { c.ExtraExtensions = odd }), middle), "critical-extension", "nnn", `must be understood`, 34),
		k("critical extension of an authority", under("Odd", func(c *template) { c.ExtraExtensions = odd }), "critical-extension", "nnn", `must be understood`, 34),
		k("for clients", use(x509.ExtKeyUsageClientAuth), "wrong-usage", "nnn", `not made for servers \(key usage\), so Windows, macOS, openssl and browsers refuse it`, 26),
		k("for programs", use(x509.ExtKeyUsageCodeSigning), "wrong-usage", "nnn", `not made for servers`, 26),
		k("for anything", use(x509.ExtKeyUsageAny), "", "yyy", `certificate ok`, 0, 26),
		k("without a usage", use(), "", "yyy", `certificate ok`, 0),
		k("authority for clients", under("Clients CA", func(c *template) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), "authority-usage", "nnn", `authority is not for servers.*Clients CA`, 24, 26, 79),
	}
}

// strengthKinds are about keys, signatures, versions and methods.
func strengthKinds(t *testing.T) []kind {
	big2048 := rsaKey(t, 2048)
	root := ca(t, nil, big2048, "Root", nil)
	k := func(name string, cert *issuer, config func(*tls.Config), err, use, says string, openssl ...int) kind {
		return kind{name, of(cert), of(root), true, "", config, err, use, says, openssl}
	}
	good := leaf(t, root, big2048, nil)
	p224 := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P224(), rand.Reader))
	p521 := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	oldMiddle := resign(t, ca(t, root, big2048, "Old Issuing", nil), root, withSHA1, nil)
	only := func(version uint16, suites ...uint16) func(*tls.Config) {
		return func(c *tls.Config) { c.MinVersion, c.MaxVersion, c.CipherSuites = version, version, suites }
	}
	info1 := infoOf(t, big2048.Public().(*rsa.PublicKey).N, 1)
	duplicate := func(c *tbs) { c.Extensions = append(c.Extensions, c.Extensions[len(c.Extensions)-1]) }
	kinds := []kind{
		k("SHA-1", resign(t, good, root, withSHA1, nil), nil, "weak", "nnn", "too weak for today's programs", 68),
		k("MD5", resign(t, good, root, withMD5, nil), nil, "weak", "nnn", "too weak for today's programs", 68),
		{"SHA-1 in the chain", of(leaf(t, oldMiddle, big2048, nil), oldMiddle), of(root), true, "", nil, "weak", "nnn", "too weak for today's programs", []int{68}},
		{"SHA-1 beside the chain", of(good, oldMiddle), of(root), true, "", nil, "", "yyy", "certificate ok", []int{0}},
		k("RSA 512", leaf(t, root, rsaKey(t, 512), nil), only(tls.VersionTLS12), "weak", "nnn", "too weak for today's programs", 66),
		k("RSA 1024", leaf(t, root, rsaKey(t, 1024), nil), nil, "", "yyn", "shorter than 2048 bits, which macOS, iOS and Debian's openssl refuse", 66),
		k("RSA 2047", leaf(t, root, rsaKey(t, 2047), nil), nil, "", "yyn", "shorter than 2048 bits", 0, 66),
		k("RSA, exponent 1", resign(t, good, root, withSHA256, otherKey(info1)), nil, "", "nnn", "malformed|not valid TLS", 0),
		k("P-521", leaf(t, root, p521, nil), nil, "", "yyy", "certificate ok", 0),
		k("P-224", leaf(t, root, p224, nil), nil, "", "nnn", "rare methods", 0),
		k("Ed25519", leaf(t, root, ed, nil), nil, "", "yyy", "certificate ok", 0),
		k("DSA", resign(t, good, root, withSHA256, otherKey(dsaInfo(t))), nil, "", "nnn", "size or kind", 0),
		k("an extension twice", resign(t, good, root, withSHA256, duplicate), nil, "", "nnn", "malformed"),
		k("negative serial number", resign(t, good, root, withSHA256, func(c *tbs) { c.Serial = big.NewInt(-17) }), nil, "", "yyy", "certificate ok", 0),
		k("900 days, public", leaf(t, root, nil, func(c *template) { c.NotAfter = time.Now().AddDate(0, 0, 900) }), nil, "", "yyn", "398 days", 0),
		{"900 days, private", of(leaf(t, root, nil, func(c *template) { c.NotAfter = time.Now().AddDate(0, 0, 900) })), of(root), false, "", nil, "", "yyy", "private authority", []int{0}},
		k("TLS 1.0", good, only(tls.VersionTLS10), "", "ynn", "TLS 1.0.*nothing newer.*Chrome, Edge, Firefox, Safari and Debian's openssl refuse"),
		k("TLS 1.1", good, only(tls.VersionTLS11), "", "ynn", "TLS 1.1.*nothing newer"),
		k("RC4", good, only(tls.VersionTLS12, tls.TLS_RSA_WITH_RC4_128_SHA), "", "ynn", "old method.*RC4"),
		k("3DES", good, only(tls.VersionTLS12, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA), "", "ynn", "old method.*3DES"),
	}
	staple := func(name, says, use, code string, change func(*template), r *ocsp.Response) kind {
		cert := leaf(t, root, nil, change)
		return k(name, cert, func(c *tls.Config) {
			if r != nil {
				r.SerialNumber, r.ThisUpdate = cert.cert.SerialNumber, time.Now().AddDate(0, 0, -9)
				c.Certificates[0].OCSPStaple = must[[]byte](t)(ocsp.CreateResponse(root.cert, root.cert, *r, root.key))
			}
		}, code, use, says, 0)
	}
	demand := func(c *template) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}}
	}
	next := time.Now().AddDate(0, 0, 1)
	return append(kinds,
		staple("revoked", "withdrawn by its authority", "nnn", "revoked", nil, &ocsp.Response{Status: ocsp.Revoked, RevokedAt: time.Now().AddDate(0, 0, -9), NextUpdate: next}),
		staple("good staple", "certificate ok", "yyy", "", demand, &ocsp.Response{Status: ocsp.Good, NextUpdate: next}),
		staple("stale staple", "out of date", "yyy", "", nil, &ocsp.Response{Status: ocsp.Good, NextUpdate: time.Now().AddDate(0, 0, -2)}),
		staple("staple demanded, none sent", "Firefox refuses", "yyn", "", demand, nil),
	)
}

// infoOf is an RSA key as certificates have it, whatever its exponent.
func infoOf(t *testing.T, n *big.Int, e int) []byte {
	key := must[[]byte](t)(asn1.Marshal(struct {
		N *big.Int
		E int
	}{n, e}))
	return must[[]byte](t)(asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}, asn1.BitString{Bytes: key, BitLength: 8 * len(key)}}))
}

// orderKinds are about what is sent beside, and in which order.
func orderKinds(t *testing.T) []kind {
	root := ca(t, nil, nil, "Root", nil)
	middle := ca(t, root, nil, "Issuing", nil)
	low := ca(t, middle, nil, "Low", nil)
	other := ca(t, nil, nil, "Other Root", nil)
	cert := leaf(t, low, nil, nil)
	a, b := ecKey(t), ecKey(t)
	loop := func(subject, by string, key, signer crypto.Signer) *issuer {
		parent := &issuer{cert: &template{Subject: pkix.Name{CommonName: by}}, key: signer}
		return certify(t, parent, key, template{Subject: pkix.Name{CommonName: subject}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	}
	ab, ba := loop("A", "B", a, b), loop("B", "A", b, a)
	k := func(name string, err, use, says string, number int, roots []*issuer, chain ...*issuer) kind {
		return kind{name, chain, roots, true, "", nil, err, use, says, []int{number}}
	}
	return []kind{
		k("out of order", "", "yyy", "certificate ok", 0, of(root), cert, middle, low),
		k("root sent, too", "", "yyy", "certificate ok", 0, of(root), cert, low, middle, root),
		k("strangers sent, too", "", "yyy", "certificate ok", 0, of(root), cert, other, low, middle),
		k("leaf twice", "", "yyy", "certificate ok", 0, of(root), cert, cert, low, middle),
		k("authorities that sign each other", "unknown-authority", "yyn", `\(A\)|\(B\)`, 20, of(root), leaf(t, ab, nil, nil), ab, ba),
		k("only strangers sent", "missing-intermediate", "yyn", `Low`, 20, of(root), cert, other),
	}
}
