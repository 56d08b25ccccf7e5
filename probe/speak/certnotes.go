package speak

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// strengthNotes are findings that do not decide.
func strengthNotes(chain []*x509.Certificate, q question) (notes []string) {
	leaf := chain[0]
	if left := leaf.NotAfter.Sub(q.now); left >= 0 && left < soon {
		notes = append(notes, evidence.NoteExpiresSoon)
	}
	for _, c := range chain {
		if bits := rsaBits(c); bits > 0 && bits < 2048 {
			notes = append(notes, evidence.NoteWeakKey)
			break
		}
	}
	if tooMuchWork(chain) {
		notes = append(notes, evidence.NoteUnsupportedKey)
	}
	for i, c := range chain {
		// A root's own signature is never looked at.
		if weakHash(c) && (i == 0 || !bytes.Equal(c.RawIssuer, c.RawSubject)) {
			notes = append(notes, evidence.NoteWeakSignature)
			break
		}
	}
	return notes
}

// fromPublicCA reports whether a leaf carries signed certificate timestamps (RFC 6962 section 3.3),
// which CAs that browsers know must embed and re-signing devices do not.
func fromPublicCA(leaf *x509.Certificate) bool {
	scts := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	return slices.ContainsFunc(leaf.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(scts) })
}

// longest is what browsers let public authorities sign for, since longSince (CA/Browser Forum ballot SC31, Chrome 85, Safari).
const longest = 398 * 24 * time.Hour

var longSince = time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC)

// lifeNotes are about how long the certificate lives, and the proof that it still does.
func lifeNotes(leaf *x509.Certificate, v *evidence.Verification, ocsp string) (notes []string) {
	if v.PublicTrusted != nil && *v.PublicTrusted && !leaf.NotBefore.Before(longSince) && leaf.NotAfter.Sub(leaf.NotBefore) > longest {
		notes = append(notes, evidence.NoteLongValidity)
	}
	if ocsp == "stale" {
		notes = append(notes, evidence.NoteStaleStaple)
	}
	if (ocsp == "" || ocsp == "stale") && demandsStaple(leaf) {
		notes = append(notes, evidence.NoteStapleMissing)
	}
	return notes
}

// demandsStaple reports the TLS feature status_request in a certificate (RFC 7633; the number is RFC 6066's).
func demandsStaple(leaf *x509.Certificate) bool {
	const statusRequest = 5
	feature := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
	return slices.ContainsFunc(leaf.Extensions, func(e pkix.Extension) bool {
		var features []int
		if !e.Id.Equal(feature) {
			return false
		}
		_, err := asn1.Unmarshal(e.Value, &features)
		return err == nil && slices.Contains(features, statusRequest)
	})
}

// fetchNote says whether programs can get a missing issuer's certificate themselves (RFC 5280, 4.2.2.1).
func fetchNote(c *x509.Certificate) string {
	if len(c.IssuingCertificateURL) > 0 {
		return evidence.NoteIssuerToFetch
	}
	return evidence.NoteIssuerNowhere
}

// forServers reports whether a certificate's own key usage lets it be a server's.
func forServers(c *x509.Certificate) bool {
	return len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 ||
		slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}
