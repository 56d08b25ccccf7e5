package verdict

import (
	"slices"
	"strings"

	"whyport/probe/evidence"
)

// Refusal is why browsers do not show a page although TLS was completed; "" where they do.
type Refusal string

// What browsers refuse, and what today's systems refuse on their behalf.
const (
	RefusedCertificate Refusal = "certificate" // Verification.Error says why
	RefusedAddress     Refusal = "address"     // an address was asked for, and the certificate does not name it
	RefusedVersion     Refusal = "version"     // TLS 1.0 and 1.1: RFC 8996; Chrome 84, Firefox 78, Safari 14 and later
	RefusedCipher      Refusal = "cipher"      // RC4: RFC 7465; 3DES: Chrome 93 and later
	RefusedSignature   Refusal = "signature"   // SHA-1: Chrome 56, Firefox 51, Windows since 2017, macOS 10.15 and later
	RefusedValidity    Refusal = "validity"    // over 398 days from a public authority: Chrome 85, Safari 13.1.1 and later
	RefusedStaple      Refusal = "staple"      // demanded and not sent: Firefox 45 and later
	RefusedKey         Refusal = "key"         // RSA below 2048 bits: macOS 10.15, iOS 13, Debian 10's openssl and later
)

// BrowserRefuses says why a browser would refuse a handshake that was completed. A missing intermediate it may have, or fetch
// from where the certificate says; Firefox has those of all public authorities.
func BrowserRefuses(t *evidence.TLS) Refusal {
	v := t.Verification
	switch {
	case v != nil && v.Error != "" && (v.Error != evidence.CertMissingIntermediate || slices.Contains(t.Notes, evidence.NoteIssuerNowhere)):
		return RefusedCertificate
	case v != nil && v.NameOK == nil && t.ServerName == "":
		return RefusedAddress
	}
	if why := SystemsRefuse(t); why != "" {
		return why
	}
	switch {
	case slices.Contains(t.Notes, evidence.NoteWeakKey):
		return RefusedKey
	case slices.Contains(t.Notes, evidence.NoteLongValidity):
		return RefusedValidity
	case slices.Contains(t.Notes, evidence.NoteStapleMissing):
		return RefusedStaple
	}
	return ""
}

// uselessCertificate: what every program refuses, or the programs of today's systems (Windows, macOS, Debian's openssl, Chrome) do,
// whose authority it is left aside: that an application may know.
func uselessCertificate(t *evidence.TLS) bool {
	if refusedCertificate(t) || t == nil || t.Verification == nil {
		return refusedCertificate(t)
	}
	switch t.Verification.Error {
	case evidence.CertWrongUsage, evidence.CertAuthorityUsage, evidence.CertExpiredIntermediate, evidence.CertExpiredRoot,
		evidence.CertEarlyIntermediate, evidence.CertWeak:
		return true
	}
	return false
}

// SystemsRefuse is what of a handshake's method the programs of today's systems refuse. One that is old itself takes it.
func SystemsRefuse(t *evidence.TLS) Refusal {
	switch {
	case slices.Contains(t.Notes, evidence.NoteOldVersion):
		return RefusedVersion
	case strings.Contains(t.CipherSuite, "RC4") || strings.Contains(t.CipherSuite, "3DES"):
		return RefusedCipher
	case slices.Contains(t.Notes, evidence.NoteWeakSignature):
		return RefusedSignature
	}
	return ""
}
