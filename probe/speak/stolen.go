package speak

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
)

// stolen are authorities whose private key is in everybody's hands, as it was shipped with a product, by their names:
// Superfish (Lenovo, CVE-2015-2077), eDellRoot and DSDTestProvider (Dell, CERT VU#870761 and VU#925497). All three are
// subdomains of badssl.com, too (looked up in 2026-11).
var stolen = []string{"superfish", "edellroot", "dsdtestprovider"}

// preactKey is the key that preact-cli shipped (src/resources/cert.pem, of 2017; chromium/badssl.com issue 297, looked up
// in 2026-11). The certificate's name, "Acme Co", is that of every certificate that Go's generate_cert makes, so the key decides.
const preactKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAl/9ezgiwy6O9MyQRdOWWfYGX6zvMOjup+ocMn09IJfB9VaoaZvwQR8v5" +
	"EV8RmpdK1f/5wyuVqaHGvWTnDDbW9pUm+3gS8Dk4zCKToKmmUlL2xJiq5fu6QTPyg3Uzy9CICjKSWMTw6lAMi8gPw4afIAG2LBLS" +
	"EBGBGT4cgd2L88F1M8FJmKUfNGo4BP4mCc98jhQwLS1hCj9ayj+JQX8O07h86/NJDY/jdHGyuGOTitpucBnTd5jv8LyPNJcXKHNi" +
	"OI6+u2c3H8dAO0I/TYDeI8SuRxIn+W+YclRPzV/7gRbkKiKz2SPmZ+ERJDVNXEJgTYx8pTMZGxyAdT61Rhq1xwIDAQAB"

var preact = sync.OnceValue(func() *x509.Certificate {
	info, _ := base64.StdEncoding.DecodeString(preactKey)
	key, err := x509.ParsePKIXPublicKey(info)
	if err != nil {
		return nil
	}
	return &x509.Certificate{RawSubjectPublicKeyInfo: info, PublicKey: key, PublicKeyAlgorithm: x509.RSA}
})

// publicKeyKnown reports whether such an authority signed one of the certificates.
func publicKeyKnown(chain []*x509.Certificate) bool {
	return slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
		names := append(slices.Clone(c.Issuer.Organization), c.Issuer.CommonName)
		return slices.ContainsFunc(names, func(name string) bool {
			return slices.ContainsFunc(stolen, func(s string) bool { return strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), s) })
		}) || slices.Contains(names, "Acme Co") && signedWith(preact(), c)
	})
}

// signedWith reports whether a key signed a certificate, or is its own.
func signedWith(key, c *x509.Certificate) bool {
	return key != nil && (bytes.Equal(c.RawSubjectPublicKeyInfo, key.RawSubjectPublicKeyInfo) || signed(key, c))
}
