package speak

import (
	"slices"

	"whyport/probe/evidence"
)

// strange reports whether a certificate may be that of something in the server's place: a sign-in page or a filter has no
// certificate for the name that programs trust.
func (a *asker) strange() bool {
	switch v := a.s.TLS.Verification; {
	case a.s.TLS.State != evidence.TLSUntrusted || v == nil:
		return false
	case v.NameOK != nil && !*v.NameOK:
		return true
	default:
		return v.Error == evidence.CertUnknownAuthority ||
			v.Error == evidence.CertMissingIntermediate && !slices.Contains(a.s.TLS.Notes, evidence.NotePublicLeaf)
	}
}

// note adds a code once.
func note(notes []string, code string) []string {
	for _, n := range notes {
		if n == code {
			return notes
		}
	}
	return append(notes, code)
}
