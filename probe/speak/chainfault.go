package speak

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// chainFault says what is wrong with a chain itself, whoever's authority it ends at: crypto/x509 calls all of that "unknown
// authority", and openssl tells it apart (errors 34, 24, 25, 47 and 10). "" where only the authority is unknown, or missing.
func chainFault(way []*x509.Certificate, pool *x509.CertPool, why error, now time.Time) string {
	for i, c := range way {
		switch {
		case len(c.UnhandledCriticalExtensions) > 0: // RFC 5280, 4.2
			return evidence.CertCriticalExtension
		case i > 0 && c.Version >= 3 && !(c.BasicConstraintsValid && c.IsCA), // 4.2.1.9; a root of version 1 has no extensions
			i > 0 && c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0: // 4.2.1.3
			return evidence.CertNotCA
		}
	}
	if code := constrained(why); code != "" {
		return code
	}
	if code := outOfTime(way, pool, now); code != "" {
		return code
	}
	if len(way) < 2 {
		return ""
	}
	_, err := trustedChain(way, poolOfOne(way[len(way)-1]), now) // as if its end were trusted: what else?
	return constrained(err)
}

// constrained are faults that crypto/x509 finds in a chain as a whole.
func constrained(why error) string {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](why)
	if !ok {
		return ""
	}
	switch invalid.Reason {
	case x509.CANotAuthorizedForThisName, x509.UnconstrainedName, x509.TooManyConstraints, x509.NameConstraintsWithoutSANs:
		return evidence.CertNameConstraints // RFC 5280, 4.2.1.10
	case x509.TooManyIntermediates:
		return evidence.CertPathLength
	case x509.NotAuthorizedToSign:
		return evidence.CertNotCA
	}
	return ""
}

// outOfTime says which certificate above the leaf is not valid today.
func outOfTime(way []*x509.Certificate, pool *x509.CertPool, now time.Time) string {
	full := whole(way, pool)
	for i, c := range full[1:] {
		switch root := i+2 == len(full) && bytes.Equal(c.RawIssuer, c.RawSubject); {
		case now.Before(c.NotBefore):
			return evidence.CertEarlyIntermediate
		case now.After(c.NotAfter) && root:
			return evidence.CertExpiredRoot
		case now.After(c.NotAfter):
			return evidence.CertExpiredIntermediate
		}
	}
	return ""
}

// whole is the way with the trusted root at its end, which need not be sent, as it was when the certificates below were valid;
// the way itself where none is trusted.
func whole(way []*x509.Certificate, pool *x509.CertPool) []*x509.Certificate {
	for i := range way { // the leaf may be younger than its root's end
		then := time.Time{}
		for _, c := range way[i:] {
			if c.NotBefore.After(then) {
				then = c.NotBefore
			}
		}
		if chain, err := trustedChain(way[i:], pool, then.Add(time.Minute)); err == nil {
			return append(slices.Clone(way[:i]), chain...)
		}
	}
	return way
}

func poolOfOne(c *x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return pool
}

// lacking is what the climb lacks: the link to an authority, or an authority that is known here.
func lacking(way []*x509.Certificate) string {
	top := way[len(way)-1]
	if bytes.Equal(top.RawIssuer, top.RawSubject) {
		return evidence.CertUnknownAuthority // the authority itself was sent
	}
	if len(way) == 1 || fromPublicCA(way[0]) {
		return evidence.CertMissingIntermediate
	}
	return evidence.CertUnknownAuthority // its issuer was sent: what is not known here is most likely the root
}
