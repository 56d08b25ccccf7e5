package speak

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
)

// mostBits are those of an RSA key that is worked with: what is larger only costs time.
const mostBits = 16384

// climb is the way from the leaf to the last certificate that was sent, each one signed by the next.
func climb(sent []*x509.Certificate) (way []*x509.Certificate) {
	at := sent[0]
	for way = append(way, at); !bytes.Equal(at.RawIssuer, at.RawSubject); way = append(way, at) {
		i := slices.IndexFunc(sent, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, at.RawIssuer) && !slices.Contains(way, c) && signed(c, at)
		})
		if i < 0 {
			break
		}
		at = sent[i]
	}
	return way
}

// signed reports whether an issuer's key signed a certificate, whatever else the issuer may do; a method that is not checked
// any more counts as if it had.
func signed(issuer, c *x509.Certificate) bool {
	if rsaBits(issuer) > mostBits {
		return false
	}
	err := issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	_, old := errors.AsType[x509.InsecureAlgorithmError](err)
	return err == nil || old
}
