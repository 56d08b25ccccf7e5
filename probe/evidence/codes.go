package evidence

// Codes of Speech.Notes, TLS.Notes, Verification.Error and Inspection.Evidence: stable, for the judge, the report and
// scripts. The functions below list them, so that none is without a sentence.

// Findings beside TLS.
const (
	NoteListenedOnly = "listened-only" // the port prints or obeys whatever is sent (raw printing), so nothing was
	NoteTurnedAway   = "turned-away"   // the server's first words were a refusal
	// NoteSilentByDesign: servers of the usual protocol say nothing to strangers, or nothing at all.
	NoteSilentByDesign = "silent-by-design"
	NoteUnfinished     = "unfinished"  // its first words began and did not come to their end
	NoteBadRequest     = "bad-request" // a well-formed request was called malformed (400)
	NoteOneCaller      = "one-caller"  // further connections ended otherwise than the first: while it stood, or soon after
	// NoteDomainUnknown: an XMPP server does not serve the name, or wants one; its domains are seldom its own name.
	NoteDomainUnknown = "domain-unknown"
	// NoteUnlisted: the service's own list of computers (pg_hba.conf) lacks this one, at least for the user that was named.
	NoteUnlisted = "unlisted"
)

// Findings of a handshake that do not decide, or that say why it failed.
const (
	NoteOldVersion          = "old-version" // TLS 1.0 or 1.1, which RFC 8996 forbids; with TLSFailed: older still
	NoteWeakSuite           = "weak-suite"
	NoteNameUnknown         = "name-unknown"          // the server warned that it does not know the name, and went on
	NoteClientCertRequired  = "client-cert-required"  // completed, then ended by the alert certificate_required (TLS 1.3)
	NoteInjection           = "starttls-injection"    // plaintext sent before the upgrade counts as sent after it (CVE-2011-0411)
	NoteExpiresSoon         = "expires-soon"          //
	NoteWeakKey             = "weak-key"              //
	NoteWeakSignature       = "weak-signature"        //
	NotePublicLeaf          = "public-ca-leaf"        // logged in public: not from a private authority
	NoteStartTLSRefused     = "starttls-refused"      // offered, then refused
	NoteStartTLSNotOffered  = "starttls-not-offered"  //
	NoteStalled             = "stalled"               // failed: the answer began and stopped
	NoteCutOff              = "cut-off"               // failed: the connection ended in the middle
	NoteCertificateTooLarge = "certificate-too-large" // failed
	NoteBadCertificate      = "bad-certificate"       // failed: malformed
	NoteUnsupportedKey      = "unsupported-key"       // failed: a size or kind that this program can't use
	NoteUnsupportedMethod   = "unsupported-method"    // failed: the server only takes what this program can't do; Problem names it
	NoteBigHelloDropped     = "big-hello-dropped"     // a ClientHello of one packet is answered, a larger one is not
	NoteLargePacketsLost    = "large-packets-lost"    // the same ClientHello is answered where all packets are small
	NoteUnsteady            = "unsteady"              // the first try failed, its repetition worked
	NoteIssuerToFetch       = "issuer-to-fetch"       // not sent; the certificate says where it can be fetched
	NoteIssuerNowhere       = "issuer-nowhere"        // not sent, and it does not say so
	NoteLongValidity        = "long-validity"         // from a public authority, for more than 398 days
	NoteStaleStaple         = "staple-stale"          // the stapled OCSP response is out of date
	NoteStapleMissing       = "staple-missing"        // the certificate demands one (RFC 7633), and none of today was sent
)

// RDPFailure begins a Speech.Code: the rest is the server's word for why it will not go over to TLS.
const RDPFailure = "rdp-"

// SpeechNotes are all codes of Speech.Notes.
func SpeechNotes() []string {
	return []string{
		NoteListenedOnly, NoteTurnedAway, NoteUnfinished, NoteBadRequest, NoteOneCaller, NoteSilentByDesign, NoteDomainUnknown, NoteUnlisted,
	}
}

// TLSNotes are all codes of TLS.Notes.
func TLSNotes() []string {
	return []string{
		NoteOldVersion, NoteWeakSuite, NoteNameUnknown, NoteClientCertRequired, NoteInjection, NoteExpiresSoon, NoteWeakKey,
		NoteWeakSignature, NotePublicLeaf, NoteStartTLSRefused, NoteStartTLSNotOffered, NoteStalled, NoteCutOff,
		NoteCertificateTooLarge, NoteBadCertificate, NoteUnsupportedKey, NoteUnsupportedMethod, NoteBigHelloDropped,
		NoteLargePacketsLost, NoteUnsteady, NoteIssuerToFetch, NoteIssuerNowhere, NoteLongValidity, NoteStaleStaple, NoteStapleMissing,
	}
}

// Why a certificate would be refused, the worst first.
const (
	CertRevoked             = "revoked"
	CertExpired             = "expired"
	CertNotYetValid         = "not-yet-valid"
	CertWrongName           = "wrong-name"
	CertWeak                = "weak"
	CertSelfSigned          = "self-signed"
	CertExpiredIntermediate = "expired-intermediate"
	CertExpiredRoot         = "expired-root"
	CertEarlyIntermediate   = "intermediate-not-yet-valid"
	CertWrongUsage          = "wrong-usage"
	CertAuthorityUsage      = "authority-usage"    // an authority of the chain may not sign for servers
	CertNameConstraints     = "name-constraints"   // an authority signed for a name that it may not sign for
	CertPathLength          = "path-length"        // more authorities below one than it may have
	CertNotCA               = "issuer-not-ca"      // signed by a certificate that is no authority's
	CertCriticalExtension   = "critical-extension" // must be understood, and is not
	CertStolenAuthority     = "stolen-authority"   // its private key is known to everybody
	// CertMissingIntermediate: the issuer was not sent and is not known here. A private authority that sends its leaf
	// alone looks the same, unless the notes have NotePublicLeaf.
	CertMissingIntermediate = "missing-intermediate"
	CertUnknownAuthority    = "unknown-authority"
)

// VerificationErrors are all codes of Verification.Error.
func VerificationErrors() []string {
	return []string{
		CertRevoked, CertStolenAuthority, CertExpired, CertNotYetValid, CertWrongName, CertWeak, CertSelfSigned, CertCriticalExtension,
		CertNotCA, CertPathLength, CertNameConstraints, CertEarlyIntermediate, CertExpiredRoot,
		CertExpiredIntermediate, CertWrongUsage, CertAuthorityUsage, CertMissingIntermediate, CertUnknownAuthority,
	}
}

// What points to somebody who opens TLS on the way.
const (
	KnownIssuer     = "known-issuer"      // a product known to do so signed the certificate
	SystemOnlyRoot  = "system-only-root"  // only this computer trusts the root: as a private authority of the server's owner, too
	OtherPortPublic = "other-port-public" // that, and another port of the same name has a certificate that everybody trusts
	UnrelatedNames  = "unrelated-names"   // that, and the same authority signs for names of other owners
)

// Inspections are all codes of Inspection.Evidence.
func Inspections() []string {
	return []string{KnownIssuer, SystemOnlyRoot, OtherPortPublic, UnrelatedNames}
}
