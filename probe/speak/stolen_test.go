package speak

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
)

// A name that everybody uses proves nothing: the key decides. What Go's generate_cert makes is no stolen authority.
func TestStolenKeyNotName(t *testing.T) {
	if preact() == nil {
		t.Fatal("the key can't be read")
	}
	acme := newCA(t, pkix.Name{Organization: []string{"Acme Co"}}, nil)
	leaf := leafOf(t, acme, nil)
	if publicKeyKnown([]*x509.Certificate{leaf, acme.cert}) || signedWith(preact(), leaf) {
		t.Error("a certificate of Go's generate_cert is taken for a stolen one")
	}
	if !signedWith(acme.cert, leaf) || !signedWith(acme.cert, acme.cert) {
		t.Error("what the key signed is not known")
	}
	shipped := *acme.cert
	shipped.RawSubjectPublicKeyInfo = preact().RawSubjectPublicKeyInfo
	if !publicKeyKnown([]*x509.Certificate{&shipped}) {
		t.Error("the authority itself is not known by its key")
	}
}
