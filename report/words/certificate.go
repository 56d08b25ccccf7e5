package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// handshakeWords are for TLS that came to its end: the certificate decides, the server's or the client's.
func (s *Subject) handshakeWords() Sentences {
	t := s.Port.Speech.TLS
	if !insists(t) {
		return s.certificateWords(t)
	}
	if root, _ := ownRoot(t); root != "" {
		return s.clientCertificateWords()
	}
	w := s.certificateWords(t)
	if v := t.Verification; v != nil && v.Error != "" || t.Inspection != nil {
		return alsoWants(w)
	}
	return w
}

// certificateWords are about the server's certificate.
func (s *Subject) certificateWords(t *evidence.TLS) Sentences {
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
			by := phrase.Short(t.Inspection.By, 50)
			w.Why = strings.TrimSuffix(w.Why, ".") + fmt.Sprintf("; it comes from %s, and TLS is opened and signed again %s.", by,
				strings.TrimSuffix(s.inspectedWhere(t.Inspection), ","))
		}
		return w
	}
	return s.trustedWords(t)
}

// trustedWords are for a certificate that programs accept.
func (s *Subject) trustedWords(t *evidence.TLS) Sentences {
	version := phrase.Clean(t.Version)
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
	if sp := s.Port.Speech; sp.Identified != "" && sp.Identified != "https" && sp.Identified != "tls" {
		what = protocolWords(phrase.Clean(sp.Identified)) + ", "
	}
	next := ""
	if slices.Contains(t.Notes, evidence.NoteClientCertRequired) {
		next = installClientCertificate
	}
	v := t.Verification
	if v == nil || v.ExpiresInDays == nil {
		return Sentences{what + version + after, "The server answers and encryption works (" + version + after + ").", next}
	}
	days := daysLeft(*v.ExpiresInDays)
	if slices.Contains(t.Notes, evidence.NoteExpiresSoon) {
		return Sentences{fmt.Sprintf("%s%s%s; expires in %s", what, version, after, days),
			fmt.Sprintf("The server answers and encryption works (%s%s), but its certificate expires in %s.", version, after, days),
			"Ask the server's administrator to renew the certificate before it expires."}
	}
	if v.NameOK == nil {
		return Sentences{what + version + after + ", certificate ok",
			fmt.Sprintf(
				"The server answers and encryption works (%s%s); the certificate is trusted, and its name was not checked as an address "+
					"was given.",
				version,
				after,
			), next}
	}
	return Sentences{what + version + after + ", certificate ok",
		fmt.Sprintf("The server answers and encryption works (%s%s); the certificate is trusted and valid for %s more.", version, after,
			days), next}
}

// untrustedWords are for a certificate that programs refuse.
func (s *Subject) untrustedWords(t *evidence.TLS) Sentences {
	v := t.Verification
	if v == nil {
		v = &evidence.Verification{}
	}
	admin := "Ask the server's administrator to "
	c := t.Certificate
	if c == nil {
		c = &evidence.Certificate{}
	}
	if w, is := chainWords(v, c); is {
		return w
	}
	switch v.Error {
	case evidence.CertExpired:
		ago := "some time ago"
		switch {
		case v.ExpiresInDays == nil:
		case *v.ExpiresInDays >= -1:
			ago = "less than a day ago"
		default:
			ago = phrase.Count(-*v.ExpiresInDays, "day") + " ago"
		}
		return Sentences{"certificate expired " + ago,
			"The server answers and encryption (TLS) works, but the certificate expired " + ago + s.date(c) + ", so programs will refuse " +
				"it" + besides(t, v.Error) + ".",
			"Check this computer's date; if it is right, ask the server's administrator to renew the certificate."}
	case evidence.CertNotYetValid:
		from := ""
		if !c.NotBefore.IsZero() {
			from = ", only from " + c.NotBefore.UTC().Format("2006-01-02")
		}
		return Sentences{"certificate not valid yet",
			"The server answers and encryption (TLS) works, but the certificate is not valid yet" + from + besides(t, v.Error) + ".",
			"Check this computer's date; if it is right, ask the server's administrator for a valid certificate."}
	case evidence.CertWrongName:
		if len(c.DNSNames) == 0 && c.Subject != "" {
			return Sentences{"certificate names no server",
				fmt.Sprintf(
					"The server answers and encryption (TLS) works, but its certificate has no name where programs look (subject alternative name): only %s%s.",
					phrase.Short(c.Subject, 60),
					besides(t, v.Error),
				),
				fmt.Sprintf("Ask the server's administrator for a certificate with %s as its subject alternative name.", s.askedName(t))}
		}
		if len(c.DNSNames) == 0 {
			return Sentences{"certificate names no server",
				fmt.Sprintf("The server answers and encryption (TLS) works, but its certificate has no name at all%s.", besides(t, v.Error)),
				fmt.Sprintf("Ask the server's administrator for a certificate with %s as its subject alternative name.", s.askedName(t))}
		}
		return Sentences{"certificate is for another name",
			fmt.Sprintf("The server answers and encryption (TLS) works, but its certificate is for %s, not for %s%s%s.", certificateNames(c),
				s.askedName(t), oneLevel(c, t.ServerName), besides(t, v.Error)),
			"Use a name that is in the certificate, or ask the server's administrator for a certificate with this name" + s.orPortal(
				c,
				t,
			) + "."}
	case evidence.CertSelfSigned:
		return Sentences{"certificate is self-signed",
			"The server answers and encryption (TLS) works. The certificate is self-signed: no known authority signed it.",
			"If the device is your own, let the application accept its certificate; otherwise " + phrase.Lower(
				admin,
			) + "get one from a known " +
				"authority."}
	case evidence.CertMissingIntermediate:
		return Sentences{"certificate chain is incomplete",
			fmt.Sprintf(
				"The server answers and encryption (TLS) works, but its link to a known authority was not sent (intermediate certificate, "+
					"%s)%s.",
				phrase.Short(authority(v, c), 50),
				orPrivate(t),
			),
			admin + "send the whole certificate chain" + orInstall(t) + "."}
	case evidence.CertRevoked:
		return Sentences{"certificate was revoked",
			"The server answers and encryption (TLS) works, but its certificate was withdrawn by its authority (revoked).",
			admin + "replace the certificate, and don't send secrets there until then."}
	case evidence.CertWeak:
		return Sentences{"certificate is too weak",
			"The server answers and encryption (TLS) works, but its certificate is too weak for today's programs (key or signature). " +
				"So macOS, openssl and browsers refuse it.",
			admin + "replace the certificate."}
	case evidence.CertUnknownAuthority:
		return Sentences{"certificate from an unknown authority",
			fmt.Sprintf("The server answers and encryption (TLS) works, but this computer does not know who signed the certificate (%s).",
				phrase.Short(authority(v, c), 60)),
			"If that is your company's or device's own authority, install its root certificate; otherwise " + phrase.Lower(
				admin,
			) + "use a known " +
				"one."}
	}
	return Sentences{"certificate is not trusted",
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

func (s *Subject) date(c *evidence.Certificate) string {
	if c.NotAfter.IsZero() {
		return ""
	}
	return " (on " + c.NotAfter.UTC().Format("2006-01-02") + ")"
}

func (s *Subject) askedName(t *evidence.TLS) string {
	if t.ServerName != "" {
		return phrase.Short(t.ServerName, 40)
	}
	return s.name()
}

// certificateNames are the first names in a certificate.
func certificateNames(c *evidence.Certificate) string {
	switch n := len(c.DNSNames); {
	case n == 0:
		return phrase.Short(c.Subject, 40)
	case n == 1:
		return phrase.Short(c.DNSNames[0], 40)
	default:
		return fmt.Sprintf("%s and %d more", phrase.Short(c.DNSNames[0], 40), n-1)
	}
}

// daysLeft are whole days of a certificate that has not expired.
func daysLeft(n int) string {
	if n < 1 {
		return "less than a day"
	}
	return phrase.Count(n, "day")
}
