package speak

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
)

func TestVendorsNames(t *testing.T) {
	for name, want := range map[string]string{
		"Avast Web/Mail Shield Root":                "Avast Web/Mail Shield",
		"avast! Web/Mail Shield Root":               "Avast Web/Mail Shield",
		"AVG Web/Mail Shield Untrusted Root":        "AVG Web/Mail Shield",
		"Norton Web/Mail Shield Root":               "Norton Web/Mail Shield",
		"Norton Web/Mail Shield Self-signed Root":   "Norton Web/Mail Shield",
		"Avira Web/Mail Shield Root":                "", // nobody has published one
		"Bitdefender Personal CA.Net-Defender":      "Bitdefender",
		"Avast Web/Mail Shield Root Cause Analysis": "",
		"The Avast Web/Mail Shield Root":            "",
		"Zscaler Inc. Appreciation Society":         "",
		"Web/Mail Shield Root":                      "",
	} {
		got := ""
		if v := knownIssuer([]*x509.Certificate{{Issuer: pkix.Name{CommonName: name}}}); v != nil {
			got = v.product
		}
		if got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
}
