package speak

import (
	"bytes"
	"crypto/x509"
	"slices"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Roots are the two sets of trusted roots: this computer's, loaded when it is first needed, and Mozilla's. The zero
// value is ready; it must not be copied after use.
type Roots struct {
	system     sync.Once
	systemPool *x509.CertPool
	known      known
}

// System is what this computer trusts; nil where it has no roots or they can't be read.
func (r *Roots) System() *x509.CertPool {
	r.system.Do(func() {
		pool, complete, err := systemAnchors()
		if err != nil || pool.Equal(x509.NewCertPool()) {
			return
		}
		if !complete {
			for root := range bundle.Roots() {
				addRoot(pool, root)
			}
		}
		r.systemPool = pool
	})
	return r.systemPool
}

// publicRoots are those of Mozilla's set, as it was when this program was built, that can have signed a certificate of
// the chain: their subject is its issuer, byte for byte (RFC 5280 section 6.1), so the issuer stands in them. To read
// all of them would take as long as half a dozen handshakes.
func publicRoots(chain []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		if !slices.ContainsFunc(chain, func(c *x509.Certificate) bool { return bytes.Contains(root.Certificate, c.RawIssuer) }) {
			continue
		}
		addRoot(pool, root)
	}
	return pool
}

func addRoot(pool *x509.CertPool, root bundle.Root) {
	cert, err := x509.ParseCertificate(root.Certificate)
	switch {
	case err != nil:
	case root.Constraint == nil:
		pool.AddCert(cert)
	default:
		pool.AddCertWithConstraint(cert, root.Constraint)
	}
}

// system is what the request's certificates are held against; nil: nothing.
func (r *Request) system() *x509.CertPool {
	if r.System == nil && r.Roots != nil {
		return r.Roots.System()
	}
	return r.System
}
