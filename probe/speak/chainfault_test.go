package speak

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"whyport/probe/evidence"
)

// changedCA is an authority whose certificate is changed before it is signed by parent, or by itself.
func changedCA(t *testing.T, name string, parent *authority, change func(*x509.Certificate)) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(9, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	if change != nil {
		change(template)
	}
	by, issuer := a, template
	if parent != nil {
		by, issuer = parent, parent.cert
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, a.key.Public(), by.key)
	must(t, err)
	a.cert, err = x509.ParseCertificate(der)
	must(t, err)
	return a
}

func leafOf(t *testing.T, ca *authority, change leafOption) *x509.Certificate {
	t.Helper()
	var options []leafOption
	if change != nil {
		options = append(options, change)
	}
	c, err := x509.ParseCertificate(ca.leaf(t, nil, options...).Certificate[0])
	must(t, err)
	return c
}

// TestChainFaults: each fault of a chain has a code of its own, where openssl has a number of its own.
func TestChainFaults(t *testing.T) {
	critical := []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}}
	root := changedCA(t, "Root", nil, nil)
	middle := changedCA(t, "Middle", root, nil)
	low := changedCA(t, "Low", middle, nil)
	noCA := changedCA(t, "No Authority", root, func(c *x509.Certificate) { c.IsCA = false })
	short := changedCA(t, "Short", root, func(c *x509.Certificate) { c.MaxPathLenZero = true })
	below := changedCA(t, "Below", short, nil)
	narrow := changedCA(t, "Narrow", root, func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"other.test"}
	})
	strange := changedCA(t, "Strange", root, func(c *x509.Certificate) { c.ExtraExtensions = critical })
	old := changedCA(t, "Old", root, func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, -1, 0) })
	early := changedCA(t, "Early", root, func(c *x509.Certificate) { c.NotBefore = time.Now().AddDate(0, 1, 0) })
	oldRoot := changedCA(t, "Old Root", nil, func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, -1, 0) })
	underOld := changedCA(t, "Under", oldRoot, nil)
	superfish := changedCA(t, "Superfish, Inc.", nil, nil)
	for _, c := range []struct {
		name      string
		sent      []*x509.Certificate
		trusted   *authority
		want      string
		authority string
		openssl   []int
	}{
		{"all well", []*x509.Certificate{leafOf(t, middle, nil), middle.cert}, root, "", "", []int{0}},
		{"leaf alone", []*x509.Certificate{leafOf(t, middle, nil)}, root, evidence.CertMissingIntermediate, "Middle", []int{20, 21}},
		{"private root not installed", []*x509.Certificate{leafOf(t, middle, nil), middle.cert}, nil, evidence.CertUnknownAuthority, "Root", []int{20}},
		{"one of two was not sent", []*x509.Certificate{leafOf(t, low, nil), low.cert}, root, evidence.CertUnknownAuthority, "Middle", []int{20}},
		{"root sent, not installed", []*x509.Certificate{leafOf(t, middle, nil), middle.cert, root.cert}, nil, evidence.CertUnknownAuthority, "Root", []int{19}},
		{"no authority", []*x509.Certificate{leafOf(t, noCA, nil), noCA.cert}, root, evidence.CertNotCA, "Root", []int{24, 79}},
		{"no authority, nor a root", []*x509.Certificate{leafOf(t, noCA, nil), noCA.cert}, nil, evidence.CertNotCA, "Root", []int{20, 24, 79}},
		{"path length", []*x509.Certificate{leafOf(t, below, nil), below.cert, short.cert}, root, evidence.CertPathLength, "Root", []int{25}},
		{"name constraints", []*x509.Certificate{leafOf(t, narrow, nil), narrow.cert}, root, evidence.CertNameConstraints, "Root", []int{47}},
		{"name constraints, nor a root", []*x509.Certificate{leafOf(t, narrow, nil), narrow.cert}, nil, evidence.CertNameConstraints, "Root", []int{20, 47}},
		{"critical extension", []*x509.Certificate{leafOf(t, strange, nil), strange.cert}, root, evidence.CertCriticalExtension, "Root", []int{34}},
		{"critical extension of the leaf", []*x509.Certificate{leafOf(t, middle, func(c *x509.Certificate) { c.ExtraExtensions = critical }), middle.cert}, root, evidence.CertCriticalExtension, "Root", []int{34}},
		{"expired intermediate", []*x509.Certificate{leafOf(t, old, nil), old.cert}, root, evidence.CertExpiredIntermediate, "Root", []int{10}},
		{"early intermediate", []*x509.Certificate{leafOf(t, early, nil), early.cert}, root, evidence.CertEarlyIntermediate, "Root", []int{9}},
		{"expired root", []*x509.Certificate{leafOf(t, underOld, nil), underOld.cert}, oldRoot, evidence.CertExpiredRoot, "Old Root", []int{10}},
		{"expired root, sent", []*x509.Certificate{leafOf(t, underOld, nil), underOld.cert, oldRoot.cert}, nil, evidence.CertExpiredRoot, "Old Root", []int{10, 19}},
		{"begins tomorrow", []*x509.Certificate{leafOf(t, middle, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(24 * time.Hour) }), middle.cert}, root, evidence.CertNotYetValid, "Root", []int{9}},
		{"for clients", []*x509.Certificate{leafOf(t, middle, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), middle.cert}, root, evidence.CertWrongUsage, "Root", []int{26}},
		{"Superfish, installed", []*x509.Certificate{leafOf(t, superfish, nil)}, superfish, evidence.CertStolenAuthority, "Superfish, Inc.", []int{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool := x509.NewCertPool()
			if c.trusted != nil {
				pool.AddCert(c.trusted.cert)
			}
			got := judge(c.sent, question{name: "server.test", now: time.Now(), system: pool, public: pool}).verification
			if got.Error != c.want || got.Authority != c.authority {
				t.Errorf("%q %q, want %q %q", got.Error, got.Authority, c.want, c.authority)
			}
			opensslVerify(t, c.sent, c.trusted, c.openssl)
		})
	}
}

// opensslVerify asks openssl for its number, where it is installed.
func opensslVerify(t *testing.T, sent []*x509.Certificate, trusted *authority, want []int) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Log("no openssl here to compare with")
		return
	}
	dir := t.TempDir()
	file := func(name string, certs ...*x509.Certificate) string {
		var all []byte
		for _, c := range certs {
			all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, all, 0o600))
		return path
	}
	args := []string{"verify", "-purpose", "sslserver", "-no-CApath", "-no-CAstore"}
	if trusted != nil {
		args = append(args, "-CAfile", file("root.pem", trusted.cert))
	} else {
		args = append(args, "-no-CAfile")
	}
	if len(sent) > 1 {
		args = append(args, "-untrusted", file("sent.pem", sent[1:]...))
	}
	out, _ := exec.Command("openssl", append(args, file("leaf.pem", sent[0]))...).CombinedOutput()
	number := 0
	if m := regexp.MustCompile(`error (\d+) at`).FindSubmatch(out); m != nil {
		number, _ = strconv.Atoi(string(m[1]))
	}
	for _, w := range want {
		if w == number {
			return
		}
	}
	t.Errorf("openssl says %d, want %v:\n%s", number, want, out)
}

// TestResponders: a staple counts that the issuer signed, or whom the issuer made its responder; no other one.
func TestResponders(t *testing.T) {
	root := changedCA(t, "Root", nil, nil)
	middle := changedCA(t, "Middle", root, nil)
	leaf := leafOf(t, middle, nil)
	delegated := changedCA(t, "Responder", middle, func(c *x509.Certificate) {
		c.IsCA, c.ExtKeyUsage = false, []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	})
	other := changedCA(t, "Other", middle, func(c *x509.Certificate) { c.IsCA = false })
	stranger := changedCA(t, "Stranger", root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
	namesake := changedCA(t, "Middle", nil, nil)
	for _, c := range []struct {
		name   string
		signer *authority
		with   *x509.Certificate
		sent   []*x509.Certificate
		want   string
	}{
		{"the issuer", middle, nil, []*x509.Certificate{leaf, middle.cert}, "revoked"},
		{"the issuer, with its certificate", middle, middle.cert, []*x509.Certificate{leaf, middle.cert}, "revoked"},
		{"the issuer, with its certificate, not sent", middle, middle.cert, []*x509.Certificate{leaf}, "revoked"},
		{"delegated", delegated, delegated.cert, []*x509.Certificate{leaf, middle.cert}, "revoked"},
		{"delegated, issuer not sent", delegated, delegated.cert, []*x509.Certificate{leaf}, "unverified"},
		{"not a responder", other, other.cert, []*x509.Certificate{leaf, middle.cert}, "invalid"},
		{"another authority's responder", stranger, stranger.cert, []*x509.Certificate{leaf, middle.cert}, "invalid"},
		{"a namesake", namesake, namesake.cert, []*x509.Certificate{leaf, middle.cert}, "invalid"},
		{"a namesake, without its certificate", namesake, nil, []*x509.Certificate{leaf, middle.cert}, "invalid"},
		{"the issuer, not sent", middle, nil, []*x509.Certificate{leaf}, "unverified"},
	} {
		staple, err := ocsp.CreateResponse(middle.cert, c.signer.cert, ocsp.Response{Status: ocsp.Revoked, SerialNumber: leaf.SerialNumber,
			ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour), RevokedAt: time.Now().Add(-time.Hour), Certificate: c.with}, c.signer.key)
		must(t, err)
		if got := stapled(c.sent, staple, time.Now()); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
