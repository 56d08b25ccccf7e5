package speak

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"strconv"
	"strings"

	"whyport/probe/evidence"
)

// parse takes what can be parsed of the certificates that were sent, the leaf first.
func parse(raw [][]byte) (chain []*x509.Certificate) {
	for _, der := range bounded(raw) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			break
		}
		chain = append(chain, cert)
	}
	return chain
}

// describe is the leaf in words, each of bounded length.
func describe(cert *x509.Certificate) *evidence.Certificate {
	sum := sha256.Sum256(cert.Raw)
	names := make([]string, 0, min(len(cert.DNSNames)+len(cert.IPAddresses), maxNames))
	for _, n := range cert.DNSNames[:min(len(cert.DNSNames), maxNames)] {
		names = append(names, cut(n, maxName))
	}
	for _, ip := range cert.IPAddresses {
		if len(names) == maxNames {
			break
		}
		names = append(names, ip.String())
	}
	return &evidence.Certificate{
		Subject: nameText(cert.Subject), Issuer: nameText(cert.Issuer),
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), DNSNames: names,
		SHA256: hex.EncodeToString(sum[:]), Key: keyName(cert), Signature: cert.SignatureAlgorithm.String(),
	}
}

// keyName is the algorithm and size of a certificate's key: "RSA 2048", "ECDSA P-256", "Ed25519".
func keyName(cert *x509.Certificate) string {
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	if cert.PublicKeyAlgorithm != x509.UnknownPublicKeyAlgorithm {
		return cert.PublicKeyAlgorithm.String()
	}
	return rareKey(cert)
}

// rareKey names kinds of key that crypto/x509 does not read, by their object identifiers (RFC 4055, RFC 8410).
func rareKey(cert *x509.Certificate) string {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(cert.RawSubjectPublicKeyInfo, &info); err != nil {
		return "unknown"
	}
	switch id := info.Algorithm.Algorithm.String(); id {
	case "1.2.840.113549.1.1.10":
		return "RSA-PSS"
	case "1.3.101.113":
		return "Ed448"
	default:
		return cut(id, maxName)
	}
}

// rsaBits is the size of an RSA key, 0 for another kind.
func rsaBits(cert *x509.Certificate) int {
	if k, ok := cert.PublicKey.(*rsa.PublicKey); ok {
		return k.N.BitLen()
	}
	return 0
}

// weakHash reports a signature whose hash can be forged.
func weakHash(cert *x509.Certificate) bool {
	switch cert.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

// cut shortens foreign text to n bytes, without half a character at its end where it was UTF-8.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
