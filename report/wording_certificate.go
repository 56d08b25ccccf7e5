package report

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
)

// handshakeWords are for TLS that came to its end: the certificate decides.
func (s *subject) handshakeWords(t *evidence.TLS) words {
	if t.Inspection != nil && (t.Verification == nil || t.Verification.Error == "") {
		return s.inspectionWords(t)
	}
	if t.Inspection.Sure() && t.Verification != nil {
		switch t.Verification.Error {
		case evidence.CertMissingIntermediate, evidence.CertUnknownAuthority:
			return s.foreignInspectionWords(t.Inspection)
		}
	}
	if v := t.Verification; t.State == evidence.TLSUntrusted || v != nil && v.Error != "" {
		w := s.untrustedWords(t)
		if t.Inspection.Sure() {
			by := short(t.Inspection.By, 50)
			w.why = strings.TrimSuffix(w.why, ".") + fmt.Sprintf("; it comes from %s, and TLS is opened and signed again %s.", by, strings.TrimSuffix(inspectedWhere(t.Inspection), ","))
		}
		return w
	}
	return s.trustedWords(t)
}

// inspectionWords say that somebody on the way reads along, as surely as the evidence does.
func (s *subject) inspectionWords(t *evidence.TLS) words {
	i := t.Inspection
	by := short(i.By, 60)
	if !i.Sure() {
		ok := "TLS ok"
		if slices.Contains(t.Notes, evidence.NoteOldVersion) {
			ok = "old " + tlsVersion(t)
		}
		return words{ok + "; private authority", fmt.Sprintf("Encryption (TLS) works with a certificate from %s, known to this computer but not to the public: "+
			"a company's own authority, or a device that opens TLS and signs it again.", by),
			fmt.Sprintf("If an application refuses the certificate, give it %s's root certificate, or ask your network administrator for an exception.", by)}
	}
	finding := "TLS opened and signed again by "
	if i.Evidence != evidence.KnownIssuer {
		finding = "TLS opened, most likely, by "
	}
	return words{finding + short(i.By, 30), fmt.Sprintf("TLS is opened and signed again %s by %s%s.", inspectedWhere(i), by, inspectionProof(i)),
		fmt.Sprintf("If the application refuses the certificate, ask whoever runs %s to exempt %s from inspection.", by, s.name())}
}

// foreignInspectionWords: somebody opens TLS whose authority this computer does not know.
func (s *subject) foreignInspectionWords(i *evidence.Inspection) words {
	by := short(i.By, 60)
	return words{"TLS opened by " + short(i.By, 30) + ", not trusted here",
		fmt.Sprintf("TLS is opened and signed again %s by %s%s, and this computer does not know its authority, so programs will refuse the certificate.", inspectedWhere(i), by, inspectionProof(i)),
		fmt.Sprintf("Ask whoever runs %s for its root certificate on this computer, or to exempt %s from inspection.", by, s.name())}
}

// inspectedWhere is where TLS is opened. Only a known product is sure: an owner may have several domains, and a server
// several authorities.
func inspectedWhere(i *evidence.Inspection) string {
	where := "on the way"
	if i.Local {
		where = "on this computer"
	}
	if i.Evidence != evidence.KnownIssuer {
		where += ", most likely,"
	}
	return where
}

// inspectionProof is what shows that it is no authority of the server's owner.
func inspectionProof(i *evidence.Inspection) string {
	switch i.Evidence {
	case evidence.KnownIssuer:
		return " (a product that does so)"
	case evidence.OtherPortPublic:
		return ": another port of this server shows a public certificate"
	case evidence.UnrelatedNames:
		return ": it signs for servers of other domains, too"
	}
	return ""
}

// trustedWords are for a certificate that programs accept.
func (s *subject) trustedWords(t *evidence.TLS) words {
	version := clean(t.Version)
	if version == "" {
		version = "TLS"
	}
	after := ""
	if t.StartTLS != "" {
		after = " after STARTTLS"
	}
	if t.ClientCert {
		after += ", client certificate wanted"
	}
	what := ""
	if sp := s.port.Speech; sp.Identified != "" && sp.Identified != "https" && sp.Identified != "tls" {
		what = protocolWords(clean(sp.Identified)) + ", "
	}
	next := ""
	if slices.Contains(t.Notes, evidence.NoteClientCertRequired) {
		next = installClientCertificate
	}
	v := t.Verification
	if v == nil || v.ExpiresInDays == nil {
		return words{what + version + after, "The server answers and encryption works (" + version + after + ").", next}
	}
	days := daysLeft(*v.ExpiresInDays)
	if slices.Contains(t.Notes, evidence.NoteExpiresSoon) {
		return words{fmt.Sprintf("%s%s%s; expires in %s", what, version, after, days),
			fmt.Sprintf("The server answers and encryption works (%s%s), but its certificate expires in %s.", version, after, days),
			"Ask the server's administrator to renew the certificate before it expires."}
	}
	if v.NameOK == nil {
		return words{what + version + after + ", certificate ok",
			fmt.Sprintf("The server answers and encryption works (%s%s); the certificate is trusted, and its name was not checked as an address was given.", version, after), next}
	}
	return words{what + version + after + ", certificate ok",
		fmt.Sprintf("The server answers and encryption works (%s%s); the certificate is trusted and valid for %s more.", version, after, days), next}
}

// untrustedWords are for a certificate that programs refuse.
func (s *subject) untrustedWords(t *evidence.TLS) words {
	v := t.Verification
	if v == nil {
		v = &evidence.Verification{}
	}
	admin := "Ask the server's administrator to "
	c := t.Certificate
	if c == nil {
		c = &evidence.Certificate{}
	}
	switch v.Error {
	case evidence.CertExpired:
		ago := "some time ago"
		if v.ExpiresInDays != nil {
			ago = count(max(-*v.ExpiresInDays, 1), "day") + " ago"
		}
		return words{"certificate expired " + ago,
			"The server answers and encryption (TLS) works, but the certificate expired " + ago + s.date(c) + ", so programs will refuse it" + besides(t, v.Error) + ".",
			"Check this computer's date; if it is right, ask the server's administrator to renew the certificate."}
	case evidence.CertNotYetValid:
		from := ""
		if !c.NotBefore.IsZero() {
			from = ", only from " + c.NotBefore.UTC().Format("2006-01-02")
		}
		return words{"certificate not valid yet",
			"The server answers and encryption (TLS) works, but the certificate is not valid yet" + from + besides(t, v.Error) + ".",
			"Check this computer's date; if it is right, ask the server's administrator for a valid certificate."}
	case evidence.CertWrongName:
		if len(c.DNSNames) == 0 && c.Subject != "" {
			return words{"certificate names no server",
				fmt.Sprintf("The server answers and encryption (TLS) works, but its certificate has no name where programs look (subject alternative name), only %s%s.", short(c.Subject, 60), besides(t, v.Error)),
				fmt.Sprintf("Ask the server's administrator for a certificate with %s as its subject alternative name.", s.askedName(t))}
		}
		return words{"certificate is for another name",
			fmt.Sprintf("The server answers and encryption (TLS) works, but its certificate is for %s, not for %s%s.", certificateNames(c), s.askedName(t), besides(t, v.Error)),
			"Use a name that is in the certificate, or ask the server's administrator for a certificate with this name" + s.orPortal(c, t) + "."}
	case evidence.CertSelfSigned:
		return words{"certificate is self-signed",
			"The server answers and encryption (TLS) works, but it vouches for itself (self-signed certificate), as printers and test servers do.",
			"If the device is your own, let the application accept its certificate; otherwise " + lower(admin) + "get one from a known authority."}
	case evidence.CertMissingIntermediate:
		return words{"certificate chain is incomplete",
			fmt.Sprintf("The server answers and encryption (TLS) works, but its link to a known authority was not sent (intermediate certificate, %s)%s.",
				short(c.Issuer, 50), orPrivate(t)),
			admin + "send the whole certificate chain" + orInstall(t) + "."}
	case evidence.CertRevoked:
		return words{"certificate was revoked",
			"The server answers and encryption (TLS) works, but its certificate was withdrawn by its authority (revoked).",
			admin + "replace the certificate, and don't send secrets there until then."}
	case evidence.CertWeak:
		return words{"certificate is too weak",
			"The server answers and encryption (TLS) works, but its certificate is too weak for today's programs (key or signature).",
			admin + "replace the certificate."}
	case evidence.CertExpiredIntermediate:
		return words{"certificate chain has expired",
			"The server answers and encryption (TLS) works, but a certificate in the server's chain has expired (intermediate).",
			admin + "send a current certificate chain."}
	case evidence.CertWrongUsage:
		return words{"certificate not made for servers",
			"The server answers and encryption (TLS) works, but its certificate is not made for servers (key usage).", admin + "replace the certificate."}
	case evidence.CertUnknownAuthority:
		return words{"certificate from an unknown authority",
			fmt.Sprintf("The server answers and encryption (TLS) works, but this computer does not know who signed the certificate (%s).", short(c.Issuer, 60)),
			"If that is your company's or device's own authority, install its root certificate; otherwise " + lower(admin) + "use a known one."}
	}
	return words{"certificate is not trusted",
		"The server answers and encryption (TLS) works, but programs will refuse its certificate.", admin + "check the certificate."}
}

// orPrivate hedges: an authority of the company's own that sends its leaf alone looks like a chain with a gap.
func orPrivate(t *evidence.TLS) string {
	if slices.Contains(t.Notes, evidence.NotePublicLeaf) {
		return ""
	}
	return ", unless that is a company's own authority"
}

func orInstall(t *evidence.TLS) string {
	if orPrivate(t) == "" {
		return ""
	}
	return ", or install the authority's certificate here if it is a company's own"
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func (s *subject) date(c *evidence.Certificate) string {
	if c.NotAfter.IsZero() {
		return ""
	}
	return " (on " + c.NotAfter.UTC().Format("2006-01-02") + ")"
}

func (s *subject) askedName(t *evidence.TLS) string {
	if t.ServerName != "" {
		return short(t.ServerName, 40)
	}
	return s.name()
}

// certificateNames are the first names in a certificate.
func certificateNames(c *evidence.Certificate) string {
	switch n := len(c.DNSNames); {
	case n == 0 && c.Subject != "":
		return short(c.Subject, 40)
	case n == 0:
		return "no name at all"
	case n == 1:
		return short(c.DNSNames[0], 40)
	default:
		return fmt.Sprintf("%s and %d more", short(c.DNSNames[0], 40), n-1)
	}
}

// daysLeft are whole days of a certificate that has not expired.
func daysLeft(n int) string {
	if n < 1 {
		return "less than a day"
	}
	return count(n, "day")
}

// count is a number with its noun: "1 day", "12 days".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
