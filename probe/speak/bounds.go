package speak

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
)

// The bounds of what a server can make this program do, beside those of bytes and time (record.go). crypto/tls holds some of them
// too, but not every chain comes through it: offer.go reads a handshake of its own.
const (
	maxChainLen  = 20        // certificates that are looked at; public chains have 2 to 4
	maxChainSize = 256 << 10 // bytes of them, crypto/tls's limit for the message that they come in
	maxKeyBits   = 16384     // of an RSA key, as main.go's tlsmaxrsasize; work grows with the square: 900,000 bits took 40 s
	maxWork      = 4 * workUnit
	maxStapled   = 8 << 10 // bytes of an OCSP response, which can hold a certificate and key of its own; usual are 0.5 to 3 KB
	maxNames     = 50      // of a certificate that are kept; the rest is counted by nobody
	maxName      = 253     // bytes of a name, DNS's limit
	maxSubject   = 512     // bytes of a distinguished name
	maxParts     = 32      // of a distinguished name: to write it takes the square of them
)

// workUnit is that of one signature of the largest key with the usual exponent, 65537.
const workUnit = maxKeyBits * maxKeyBits * 17

// bounded is the part of a chain that may be looked at.
func bounded(raw [][]byte) [][]byte {
	size := 0
	for i, der := range raw {
		if size += len(der); i == maxChainLen || size > maxChainSize {
			return raw[:i]
		}
	}
	return raw
}

var errTooMuchWork = errors.New("the chain's signatures are more work than a client does")

// tooMuchWork reports a chain whose signatures nobody is made to check: a key above what clients accept, or many of the largest.
func tooMuchWork(chain []*x509.Certificate) bool {
	work := int64(0)
	for _, c := range chain {
		k, ok := c.PublicKey.(*rsa.PublicKey)
		if !ok {
			continue
		}
		bits := k.N.BitLen()
		if bits > maxKeyBits {
			return true
		}
		if work += int64(bits) * int64(bits) * int64(big.NewInt(int64(k.E)).BitLen()); work > maxWork {
			return true
		}
	}
	return false
}

// nameText is a distinguished name of bounded length.
func nameText(n pkix.Name) string {
	n.Names, n.ExtraNames = n.Names[:min(len(n.Names), maxParts)], nil
	parts := []*[]string{&n.Country, &n.Organization, &n.OrganizationalUnit, &n.Locality, &n.Province, &n.StreetAddress, &n.PostalCode}
	for _, part := range parts {
		*part = slices.Clone((*part)[:min(len(*part), maxParts)])
	}
	return cut(n.String(), maxSubject)
}
