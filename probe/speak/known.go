package speak

import (
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// known are chains that were judged before in the same run: the ports of a host mostly show one certificate, and a
// verification costs as much as a tenth of a handshake. The zero value is ready.
type known struct {
	mu     sync.Mutex
	chains map[[sha256.Size]byte]*knownChain // by the certificates as they were sent
}

// knownChain is what is found out once of a chain that was sent, whoever asks for it; each part at its first use.
type knownChain struct {
	sent        []*x509.Certificate
	certificate func() *evidence.Certificate // the leaf; not to be changed
	own         func() bool                  // signed by itself
	way         func() []*x509.Certificate   // from the leaf up, as far as it was sent
	maker       func() *vendor               // by an issuer's name; nil: none is known
	public      func() *x509.CertPool        // the public roots that it can end at

	mu    sync.Mutex
	trust map[*x509.CertPool]*trust
}

type trust struct {
	once  sync.Once
	chain []*x509.Certificate
	err   error
}

// mostKnown bounds what is kept; further chains are judged each time.
const mostKnown = 512

// of is a chain of at least one certificate; nobody else knows it where k is nil.
func (k *known) of(sent []*x509.Certificate) *knownChain {
	if k == nil {
		return newKnownChain(sent)
	}
	sum := sha256.New()
	for _, c := range sent {
		sum.Write(c.Raw) // its length stands in it
	}
	key := [sha256.Size]byte(sum.Sum(nil))
	k.mu.Lock()
	defer k.mu.Unlock()
	one := k.chains[key]
	if one == nil {
		one = newKnownChain(sent)
	}
	if k.chains == nil {
		k.chains = map[[sha256.Size]byte]*knownChain{}
	}
	if len(k.chains) < mostKnown {
		k.chains[key] = one
	}
	return one
}

func newKnownChain(sent []*x509.Certificate) *knownChain {
	return &knownChain{
		sent:        sent,
		certificate: sync.OnceValue(func() *evidence.Certificate { return describe(sent[0]) }),
		own:         sync.OnceValue(func() bool { return selfSigned(sent[0]) }),
		way:         sync.OnceValue(func() []*x509.Certificate { return climb(sent) }),
		maker:       sync.OnceValue(func() *vendor { return knownIssuer(sent) }),
		public:      sync.OnceValue(func() *x509.CertPool { return publicRoots(sent) }),
		trust:       map[*x509.CertPool]*trust{},
	}
}

// trustedBy is trustedChain, once for each pool. A run is too short for time to make a difference.
func (c *knownChain) trustedBy(pool *x509.CertPool, now time.Time) ([]*x509.Certificate, error) {
	c.mu.Lock()
	t := c.trust[pool]
	if t == nil {
		t = &trust{}
		c.trust[pool] = t
	}
	c.mu.Unlock()
	t.once.Do(func() { t.chain, t.err = trustedChain(c.sent, pool, now) })
	return t.chain, t.err
}

// known is the run's; nil where there are no roots for all of it.
func (r *Request) known() *known {
	if r.Roots == nil {
		return nil
	}
	return &r.Roots.known
}
