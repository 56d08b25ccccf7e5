package words

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// besides are a certificate's faults beside the one that the sentence is about: programs stop at the first, but whoever
// mends the certificate wants to know all. It begins with "; ", or is "".
func besides(t *evidence.TLS, said string) string {
	v := t.Verification
	if v == nil {
		return ""
	}
	no := func(b *bool) bool { return b != nil && !*b }
	var faults []string
	add := func(code, fault string, is bool) {
		if is && code != said {
			faults = append(faults, fault)
		}
	}
	add(evidence.CertRevoked, "was revoked", v.Error == evidence.CertRevoked)
	add(evidence.CertExpired, "has expired", no(v.TimeOK) && v.ExpiresInDays != nil && *v.ExpiresInDays < 0)
	add(evidence.CertNotYetValid, "is not valid yet", v.Error == evidence.CertNotYetValid)
	add(evidence.CertWrongName, "is for another name", no(v.NameOK))
	c := t.Certificate
	alone := c != nil && c.Subject == c.Issuer && t.ChainLength == 1
	add(evidence.CertSelfSigned, "is self-signed", alone && no(v.SystemTrusted))
	switch v.Error { // others are why it is not trusted
	case evidence.CertRevoked, evidence.CertExpired, evidence.CertNotYetValid, evidence.CertWrongName,
		evidence.CertMissingIntermediate, evidence.CertUnknownAuthority:
		add(evidence.CertUnknownAuthority, "comes from an authority that this computer does not know", !alone && no(v.SystemTrusted))
	}
	if len(faults) == 0 {
		return ""
	}
	which := "the certificate also "
	if said == "" {
		which = "the certificate "
	}
	return fmt.Sprintf("; %s%s", which, strings.Join(faults, " and "))
}

// tlsVersion is the session's, "TLS" where it is not known.
func tlsVersion(t *evidence.TLS) string {
	if t.Version == "" {
		return "TLS"
	}
	return phrase.Clean(t.Version)
}

// oneLevel explains a wildcard that seems to fit: it stands for one label (RFC 9525, 6.3).
func oneLevel(c *evidence.Certificate, asked string) string {
	for _, name := range c.DNSNames {
		if domain, is := strings.CutPrefix(strings.ToLower(name), "*."); is &&
			(strings.EqualFold(asked, domain) || strings.HasSuffix(strings.ToLower(asked), "."+domain)) {
			return " (an asterisk stands for one level of a name)"
		}
	}
	return ""
}
