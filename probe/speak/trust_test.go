package speak

import (
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

// A root that was renewed under its old key after a leaf had expired still vouches for it: the leaf is expired, and its
// authority known.
func TestExpiredLeafOfARenewedRoot(t *testing.T) {
	ca := privateCA(t)
	c := ca.leaf(t, nil, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().AddDate(0, -6, 0), time.Now().AddDate(0, -3, 0)
	})
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	must(t, err)
	template := *ca.cert
	template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(99), time.Now().AddDate(0, -1, 0), time.Now().AddDate(9, 0, 0)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, ca.key.Public(), ca.key)
	must(t, err)
	renewed, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(renewed)
	got := judge([]*x509.Certificate{leaf}, question{name: "server.test", now: time.Now(), system: pool, public: pool}).verification
	if got.Error != "expired" || !*got.SystemTrusted {
		t.Errorf("%+v, trusted %v", got, *got.SystemTrusted)
	}
	if leaf.NotAfter.After(time.Now()) {
		t.Error("the leaf was changed")
	}
}
