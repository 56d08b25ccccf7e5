package words

import (
	"cmp"
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// authority is who would have to be known: the issuer at which what was sent ends.
func authority(v *evidence.Verification, c *evidence.Certificate) string {
	return cmp.Or(v.Authority, c.Issuer)
}

// issuerName is the common name of a certificate's issuer, or else all that is said of it.
func issuerName(c *evidence.Certificate) string {
	name, is := strings.CutPrefix(c.Issuer, "CN=")
	if !is {
		return phrase.Short(c.Issuer, 50)
	}
	for i := range name {
		if name[i] == ',' && (i == 0 || name[i-1] != '\\') { // RFC 4514, 2.4
			name = name[:i]
			break
		}
	}
	return phrase.Short(strings.ReplaceAll(name, "\\", ""), 50)
}

// chainWords are for faults above the server's own certificate: whose authority it is does not mend them.
func chainWords(v *evidence.Verification, c *evidence.Certificate) (Sentences, bool) {
	const works = "The server answers and encryption (TLS) works, but "
	const all = ", so Windows, macOS, openssl and browsers refuse it."
	const anew = "Ask the server's administrator for a certificate that its authority issued by the rules; installing an authority " +
		"here does not help."
	of := issuerName(c)
	switch v.Error {
	case evidence.CertStolenAuthority:
		return Sentences{
			"signed with a stolen key",
			fmt.Sprintf("The certificate is signed by %s, whose secret key is public: anybody can open and change what is sent "+
				"under it.", of),
			"Don't send secrets, and never install this authority: remove it from this computer if it is there, with the program " +
				"that brought it, " +
				"and test again.",
		}, true
	case evidence.CertNameConstraints:
		return Sentences{
			"authority may not sign this name",
			works + fmt.Sprintf("an authority of the certificate (%s, or one above it) is not allowed to sign for this name "+
				"(name constraints), so programs will refuse it.", of),
			anew,
		}, true
	case evidence.CertPathLength:
		return Sentences{
			"chain longer than allowed",
			works + "an authority in the certificate's chain has more authorities below it than it may have " +
				"(path length). Programs will refuse it.",
			anew,
		}, true
	case evidence.CertNotCA:
		return Sentences{
			"signed by no authority",
			works + fmt.Sprintf("what signed the certificate (%s) is not allowed to sign any: it is not an authority's (CA), so "+
				"programs will refuse it.", of),
			anew,
		}, true
	case evidence.CertCriticalExtension:
		return Sentences{
			"certificate not understood",
			works + "a certificate of the chain has a part that must be understood (critical extension). Programs don't know it and will " +
				"refuse it.",
			"Ask the server's administrator for a certificate without it, or use the program that it is made for.",
		}, true
	case evidence.CertExpiredRoot:
		return Sentences{
			"authority has expired",
			works + fmt.Sprintf("the authority itself has expired (root certificate, %s)%s", phrase.Short(authority(v, c), 50), all),
			"Update this computer's list of authorities (system update); if it is up to date, ask the server's administrator for a " +
				"certificate from a current one.",
		}, true
	case evidence.CertEarlyIntermediate:
		return Sentences{"chain not valid yet", works + "a certificate in the server's chain is not valid yet (intermediate)" + all,
			"Check this computer's date; if it is right, ask the server's administrator to send a current certificate chain."}, true
	case evidence.CertExpiredIntermediate:
		return Sentences{"certificate chain has expired", works + "a certificate in the server's chain has expired (intermediate)" + all,
			"Ask the server's administrator to send a current certificate chain."}, true
	case evidence.CertAuthorityUsage:
		return Sentences{"authority is not for servers",
			works + fmt.Sprintf("an authority of the certificate (%s, or one above it) is made for something else than servers (key usage)%s",
				of, all),
			anew}, true
	case evidence.CertWrongUsage:
		return Sentences{"certificate not made for servers", works + "its certificate is not made for servers (key usage)" + all,
			"Ask the server's administrator to replace the certificate."}, true
	}
	return Sentences{}, false
}
