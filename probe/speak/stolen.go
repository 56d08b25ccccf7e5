package speak

import (
	"crypto/x509"
	"slices"
	"strings"
)

// stolen are authorities whose private key is in everybody's hands, as it was shipped with a product: Superfish (Lenovo,
// CVE-2015-2077), eDellRoot and DSDTestProvider (Dell, CERT VU#870761 and VU#925497), and the key in Preact's developer tools.
var stolen = []string{"superfish", "edellroot", "dsdtestprovider", "preact"}

// publicKeyKnown reports whether such an authority signed one of the certificates.
func publicKeyKnown(chain []*x509.Certificate) bool {
	return slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
		return slices.ContainsFunc(append(slices.Clone(c.Issuer.Organization), c.Issuer.CommonName), func(name string) bool {
			return slices.ContainsFunc(
				stolen,
				func(s string) bool { return strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), s) },
			)
		})
	})
}
