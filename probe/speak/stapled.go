package speak

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

// stapled is the status in a stapled OCSP response that the certificate's issuer is answerable for, and that is of today.
func stapled(chain []*x509.Certificate, staple []byte, now time.Time) string {
	if len(staple) == 0 {
		return ""
	}
	if len(staple) > maxStapled || tooMuchWork(chain) {
		return "unverified"
	}
	resp, err := ocsp.ParseResponseForCert(staple, chain[0], nil) // a certificate that comes with it has signed it
	if err != nil {
		return "invalid"
	}
	switch answerable, known := responder(chain, resp); {
	case !known:
		return "unverified" // signed by a certificate that was not sent
	case !answerable:
		return "invalid"
	case resp.Status == ocsp.Revoked:
		return "revoked" // does not become good again with time
	case !resp.NextUpdate.IsZero() && now.After(resp.NextUpdate):
		return "stale"
	case resp.Status == ocsp.Good:
		return "good"
	}
	return "unknown"
}

// responder reports whether a response is signed by the leaf's issuer, or by whom the issuer made its responder (RFC 6960,
// 4.2.2.2). It is not known where the issuer was sent neither in the chain nor with the response.
func responder(chain []*x509.Certificate, resp *ocsp.Response) (answerable, known bool) {
	leaf, signer := chain[0], resp.Certificate
	if signer != nil && bytes.Equal(signer.RawSubject, leaf.RawIssuer) && signed(signer, leaf) {
		return true, true
	}
	i := slices.IndexFunc(chain, func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, leaf.RawIssuer) && signed(c, leaf) })
	switch {
	case i < 0:
		return false, false
	case signer == nil:
		return resp.CheckSignatureFrom(chain[i]) == nil, true
	}
	return signed(chain[i], signer) && slices.Contains(signer.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning), true
}
