package speak

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// question is what a chain is judged by.
type question struct {
	name           string         // asked for; "" for none
	addr           netip.Addr     // connected to
	now            time.Time      //
	system, public *x509.CertPool // nil: not asked
	mozilla        bool           // its roots are the public ones
	ocsp           []byte         // stapled; nil: none
	known          *known         // chains judged before; nil: none are
}

// soon is when an expiry is near enough for a warning: what renewals of 90-day certificates leave.
const soon = 21 * 24 * time.Hour

// judged is the answer to a question.
type judged struct {
	of           *knownChain
	verification evidence.Verification
	notes        []string
	ocsp         string
	systemChain  []*x509.Certificate // by which the system trusts it; nil if it does not
}

// judge answers a question about a chain of at least one certificate. It is pure: no network, no clock.
func judge(chain []*x509.Certificate, q question) judged {
	leaf := chain[0]
	out := judged{of: q.known.of(chain)}
	v := &out.verification
	v.NameOK = nameOK(leaf, q)
	v.TimeOK = new(!q.now.Before(leaf.NotBefore) && !q.now.After(leaf.NotAfter))
	v.ExpiresInDays = new(days(leaf.NotAfter.Sub(q.now)))
	var why, whyPublic error
	if q.system != nil {
		out.systemChain, why = out.of.trustedBy(q.system, q.now)
		v.SystemTrusted = new(why == nil)
	}
	if q.mozilla {
		q.public = out.of.public()
	}
	if q.public != nil {
		_, whyPublic = out.of.trustedBy(q.public, q.now)
		v.PublicTrusted = new(whyPublic == nil)
	}
	if q.system == nil {
		why = whyPublic
	}
	way := out.of.way()
	path := way // that counts: what is sent beside it does no harm
	if out.systemChain != nil {
		path = out.systemChain
	}
	out.ocsp = stapled(slices.Concat(chain, out.systemChain), q.ocsp, q.now)
	out.notes = append(strengthNotes(path, q), lifeNotes(leaf, v, out.ocsp)...)
	v.Error = verdictCode(out, q, why)
	if v.Error != "" {
		v.Authority = cut(commonName(way[len(way)-1].Issuer), maxName)
	}
	if v.Error == evidence.CertMissingIntermediate {
		out.notes = append(out.notes, fetchNote(way[len(way)-1]))
	}
	if (v.Error == evidence.CertMissingIntermediate || v.Error == evidence.CertUnknownAuthority) && fromPublicCA(leaf) {
		out.notes = append(out.notes, evidence.NotePublicLeaf)
	}
	return out
}

// verdictCode is the first reason for which a client refuses, worst first; "" where none would.
func verdictCode(j judged, q question, why error) string {
	of, v := j.of, &j.verification
	chain, leaf := of.sent, of.sent[0]
	switch {
	case j.ocsp == "revoked":
		return evidence.CertRevoked
	case publicKeyKnown(chain) || publicKeyKnown(j.systemChain):
		return evidence.CertStolenAuthority
	case !*v.TimeOK && *v.ExpiresInDays < 0:
		return evidence.CertExpired
	case !*v.TimeOK:
		return evidence.CertNotYetValid
	case v.NameOK != nil && !*v.NameOK:
		return evidence.CertWrongName
	case rsaBits(leaf) > 0 && rsaBits(leaf) < 1024:
		return evidence.CertWeak
	case why == nil:
		return ""
	case why == errTooMuchWork:
		return evidence.CertUnknownAuthority // nobody checked
	case of.own():
		return evidence.CertSelfSigned
	case isWeak(of.way(), why):
		return evidence.CertWeak
	}
	pool := q.system
	if pool == nil {
		pool = q.public
	}
	way := of.way()
	if fault := chainFault(way, pool, why, q.now); fault != "" {
		return fault
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](why); ok && invalid.Reason == x509.IncompatibleUsage {
		if forServers(leaf) {
			return evidence.CertAuthorityUsage
		}
		return evidence.CertWrongUsage
	}
	return lacking(way)
}

// nameOK compares with the name asked for; where an address was asked for it is nil unless the
// certificate carries that very address.
func nameOK(leaf *x509.Certificate, q question) *bool {
	if q.name != "" {
		return new(leaf.VerifyHostname(q.name) == nil)
	}
	for _, ip := range leaf.IPAddresses {
		if a, ok := netip.AddrFromSlice(ip); ok && a.Unmap() == q.addr.Unmap().WithZone("") {
			return new(true)
		}
	}
	return nil
}

// trustedChain verifies the chain against a pool as if the leaf were not expired: time is another question. What signed
// it may have to be of the leaf's time, or of today (a root that was renewed under its old key). Only what was sent is
// used; missing certificates are not fetched.
func trustedChain(chain []*x509.Certificate, pool *x509.CertPool, now time.Time) ([]*x509.Certificate, error) {
	if tooMuchWork(chain) {
		return nil, errTooMuchWork
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	leaf := *chain[0]
	then := now
	if now.After(leaf.NotAfter) {
		then = leaf.NotAfter
	} else if now.Before(leaf.NotBefore) {
		then = leaf.NotBefore
	}
	chains, err := leaf.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, CurrentTime: then})
	if err != nil && !then.Equal(now) {
		leaf.NotBefore, leaf.NotAfter = now, now // of this copy; the signature is over the bytes
		if today, errToday := leaf.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, CurrentTime: now}); errToday == nil {
			chains, err = today, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return chains[0], nil
}

// selfSigned reports whether a certificate is its own issuer, in name and in signature; where the
// algorithm is too old to be checked, or the key too large, the name alone decides.
func selfSigned(c *x509.Certificate) bool {
	if !bytes.Equal(c.RawIssuer, c.RawSubject) {
		return false
	}
	if tooMuchWork([]*x509.Certificate{c}) {
		return true
	}
	err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	_, old := errors.AsType[x509.InsecureAlgorithmError](err)
	return err == nil || old || rsaBits(c) > 0 && rsaBits(c) < 1024
}

// isWeak reports whether trust failed because of a signature or key that is not accepted any more.
func isWeak(chain []*x509.Certificate, why error) bool {
	if _, ok := errors.AsType[x509.InsecureAlgorithmError](why); ok {
		return true
	}
	// x509 hides the cause inside of "unknown authority": look for it where an issuer was sent.
	for _, c := range chain {
		if weakHash(c) && !bytes.Equal(c.RawIssuer, c.RawSubject) {
			return true
		}
	}
	return false
}

// days are whole days, rounded down: a certificate that expired an hour ago has -1.
func days(d time.Duration) int {
	n := int(d / (24 * time.Hour))
	if d < 0 && d%(24*time.Hour) != 0 {
		n--
	}
	return n
}
