package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

const installClientCertificate = "Install the client certificate that the server's operator hands out, or ask the operator for one."

// insists reports whether the server goes no further without a client's certificate.
func insists(t *evidence.TLS) bool {
	return slices.Contains(t.Notes, evidence.NoteClientCertRequired) || t.ClientCert && !t.Completed()
}

// clientCertificateWords are for a server that insists on a client's certificate. That its own comes from an authority that
// programs may not know is said with it: who installs one needs the other, too.
func (s *Subject) clientCertificateWords() Sentences {
	const wants = "The server answers with TLS and wants a certificate from the client, which this test has not"
	t := s.Port.Speech.TLS
	if root, from := ownRoot(t); root != "" {
		return Sentences{"TLS wants a client certificate; " + from,
			fmt.Sprintf("%s; the server's own certificate comes from %s (%s).", wants, root, from),
			fmt.Sprintf("Install the client certificate that the server's operator hands out, and with it the root certificate of %s "+
				"where the application does not know it.", root)}
	}
	return Sentences{"TLS wants a client certificate", wants + besides(t, "") + ".", installClientCertificate}
}

// ownRoot is the authority of a certificate that is not from a public one, and what it is to this computer; "" where it is
// public, or where more than its authority is wrong.
func ownRoot(t *evidence.TLS) (root, is string) {
	v := t.Verification
	switch {
	case v == nil:
		return "", ""
	case v.Error == "" && t.Inspection != nil && !t.Inspection.Sure():
		return phrase.Short(t.Inspection.By, 50), "private authority"
	case t.Inspection.Sure():
		return "", ""
	case v.Error == evidence.CertUnknownAuthority, v.Error == evidence.CertMissingIntermediate:
		c := t.Certificate
		if c == nil {
			c = &evidence.Certificate{}
		}
		return phrase.Short(authority(v, c), 50), "unknown authority"
	}
	return "", ""
}

// alsoWants adds to what is said of a server's own certificate that a client's is wanted.
func alsoWants(w Sentences) Sentences {
	w.Finding += "; wants a client certificate"
	w.Why = strings.TrimSuffix(w.Why, ".") + "; it also insists on a certificate from the client, which this test has not."
	return w
}
