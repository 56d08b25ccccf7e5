// Package farend is what the two ends of a check say to each other: a listener at the server (probe/farend/listen) and the
// client's question to it (probe/farend/ask). Both know a token, and nobody else learns anything from them.
//
//	token    the secret, and what is derived from it                        (token.go)
//	frame    how a message looks on the wire, and that its sender has the token (frame.go)
//	message  what is asked and answered                                     (message.go)
//	bait     lines that devices like to rewrite                             (bait.go)
//	code     what a person types where no port works                        (code.go)
package farend

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base32"
	"errors"
	"math/big"
	"strings"
	"time"
)

// Token is a listener's secret: 80 random bits, made anew for each run.
type Token struct{ secret [secretBytes]byte }

const secretBytes = 10

// letters are Crockford's: none looks like another.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewToken makes one.
func NewToken() (t Token) {
	rand.Read(t.secret[:]) // it does not fail (crypto/rand)
	return t
}

// errToken is every mistake in a token.
var errToken = errors.New("a token is 16 letters and digits, as whyport listen prints it")

// ParseToken reads a token as people type it: with or without hyphens, in any case.
func ParseToken(text string) (t Token, err error) {
	text = crockford(text)
	raw, err := letters.DecodeString(text)
	if err != nil || len(raw) != secretBytes || len(text) != letters.EncodedLen(secretBytes) {
		return t, errToken
	}
	copy(t.secret[:], raw)
	return t, nil
}

// crockford reads letters that are taken for others as those.
func crockford(text string) string {
	return strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(text))
}

// String is the token in groups of four.
func (t Token) String() string {
	s := letters.EncodeToString(t.secret[:])
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// mac is an HMAC-SHA256 for one purpose; what is for one proves nothing for another.
func (t Token) mac(purpose string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, t.secret[:])
	h.Write([]byte("whyport " + purpose + "\x00"))
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// Key is the public half of the key that the listener's certificate has: a client computes it, and needs no fingerprint.
func (t Token) Key() ed25519.PublicKey { return t.private().Public().(ed25519.PublicKey) }

func (t Token) private() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(t.mac("certificate"))
}

// Certificate is the listener's own, for any name.
func (t Token) Certificate(now time.Time) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(t.mac("serial")[:15]), Subject: pkix.Name{CommonName: "whyport listen"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	key := t.private()
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
