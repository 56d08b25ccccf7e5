package speak

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"whyport/probe/evidence"
)

// inspected says who seems to open TLS on the way; nil where nothing points to it. Two facts do:
// an issuer known to re-sign, on a certificate that is trusted here or made out for the name that was
// asked for; and a root that only this computer trusts. The second is also what a server with a
// private CA of its own organisation looks like.
func inspected(j judged) *evidence.Inspection {
	v := j.verification
	trusted := v.SystemTrusted != nil && *v.SystemTrusted
	if v.PublicTrusted == nil || *v.PublicTrusted || publicKeyKnown(j.of.sent) {
		return nil // or anybody's at all
	}
	named := v.NameOK != nil && *v.NameOK
	if known := cmp.Or(j.of.maker(), knownIssuer(j.systemChain)); known != nil && (trusted || named) {
		return &evidence.Inspection{By: known.product, Evidence: evidence.KnownIssuer, Local: known.local}
	}
	if !trusted || fromPublicCA(j.of.sent[0]) || len(j.systemChain) < 2 {
		return nil // not trusted, or logged in public, or pinned as the leaf itself
	}
	root := j.systemChain[len(j.systemChain)-1]
	if inBundle(root) {
		return nil // public, but distrusted for new certificates
	}
	return &evidence.Inspection{By: cut(commonName(root.Subject), maxName), Evidence: evidence.SystemOnlyRoot}
}

// knownIssuer finds the product that made one of the certificates.
func knownIssuer(chain []*x509.Certificate) *vendor {
	for _, c := range chain {
		for _, v := range vendors {
			if v.made(c.Issuer) {
				return &v
			}
		}
	}
	return nil
}

// made reports whether an issuer's name is this vendor's.
func (v vendor) made(issuer pkix.Name) bool {
	text := append(append([]string(nil), issuer.Organization...), issuer.OrganizationalUnit...)
	if !v.organisation {
		text = []string{issuer.CommonName}
	}
	for _, s := range text {
		s = strings.ToLower(strings.TrimSpace(s))
		if v.prefix && strings.HasPrefix(s, v.issuer) || v.within && strings.Contains(s, v.issuer) || s == v.issuer {
			return true
		}
	}
	return false
}

// commonName is what a person would call an issuer.
func commonName(n pkix.Name) string {
	if n.CommonName != "" {
		return n.CommonName
	}
	return nameText(n)
}

// inBundle reports whether a certificate is one of the public roots, whatever is thought of it.
func inBundle(c *x509.Certificate) bool {
	want := sha256.Sum256(c.Raw)
	for root := range bundle.Roots() {
		if have := sha256.Sum256(root.Certificate); bytes.Equal(have[:], want[:]) {
			return true
		}
	}
	return false
}
