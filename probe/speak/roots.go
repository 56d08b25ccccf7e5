package speak

import (
	"crypto/x509"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Roots loads the two sets of trusted roots when they are first needed and keeps them. The zero value
// is ready; it must not be copied after use.
type Roots struct {
	system, public         sync.Once
	systemPool, publicPool *x509.CertPool
	known                  known
}

// System is what this computer trusts; nil where it has no roots or they can't be read.
func (r *Roots) System() *x509.CertPool {
	r.system.Do(func() {
		pool, err := x509.SystemCertPool()
		if err == nil && !pool.Equal(x509.NewCertPool()) {
			r.systemPool = pool
		}
	})
	return r.systemPool
}

// Public is Mozilla's set, as it was when this program was built.
func (r *Roots) Public() *x509.CertPool {
	r.public.Do(func() {
		pool := x509.NewCertPool()
		for root := range bundle.Roots() {
			cert, err := x509.ParseCertificate(root.Certificate)
			switch {
			case err != nil:
			case root.Constraint == nil:
				pool.AddCert(cert)
			default:
				pool.AddCertWithConstraint(cert, root.Constraint)
			}
		}
		r.publicPool = pool
	})
	return r.publicPool
}

// pools are the roots that a request is judged with; either may be nil.
func (r *Request) pools() (system, public *x509.CertPool) {
	system, public = r.System, r.Public
	if r.Roots != nil {
		if system == nil {
			system = r.Roots.System()
		}
		if public == nil {
			public = r.Roots.Public()
		}
	}
	return system, public
}
