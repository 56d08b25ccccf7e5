package speak

import (
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"
)

// known are chains that were verified before in the same run: the ports of a host mostly show one certificate, and a
// verification costs as much as a tenth of a handshake. The zero value is ready.
type known struct {
	mu     sync.Mutex
	chains map[chainKey]*knownChain
}

type chainKey struct {
	sum  [sha256.Size]byte // of the certificates as they were sent
	pool *x509.CertPool    // nil: its own signature
}

type knownChain struct {
	once  sync.Once
	chain []*x509.Certificate
	err   error
	own   bool // signed by itself
}

// mostKnown bounds what is kept; further chains are verified each time.
const mostKnown = 512

// trustedChain is trustedChain, once for each chain and pool. A run is too short for time to make a difference.
func (k *known) trustedChain(chain []*x509.Certificate, pool *x509.CertPool, now time.Time) ([]*x509.Certificate, error) {
	one := k.entry(chain, pool)
	if one == nil {
		return trustedChain(chain, pool, now)
	}
	one.once.Do(func() { one.chain, one.err = trustedChain(chain, pool, now) })
	return one.chain, one.err
}

// selfSigned is selfSigned, once for each certificate.
func (k *known) selfSigned(leaf *x509.Certificate) bool {
	one := k.entry([]*x509.Certificate{leaf}, nil)
	if one == nil {
		return selfSigned(leaf)
	}
	one.once.Do(func() { one.own = selfSigned(leaf) })
	return one.own
}

// entry is nil where nothing is kept.
func (k *known) entry(chain []*x509.Certificate, pool *x509.CertPool) *knownChain {
	if k == nil {
		return nil
	}
	sum := sha256.New()
	for _, c := range chain {
		sum.Write(c.Raw) // its length stands in it
	}
	key := chainKey{[sha256.Size]byte(sum.Sum(nil)), pool}
	k.mu.Lock()
	defer k.mu.Unlock()
	one := k.chains[key]
	if one == nil && len(k.chains) < mostKnown {
		if k.chains == nil {
			k.chains = map[chainKey]*knownChain{}
		}
		one = &knownChain{}
		k.chains[key] = one
	}
	return one
}

// known is the run's; nil where there are no roots for all of it.
func (r *Request) known() *known {
	if r.Roots == nil {
		return nil
	}
	return &r.Roots.known
}
