package report_test

import (
	"bytes"
	"crypto"
	//lint:ignore SA1019 old servers have such keys
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"
)

// issuer is an authority, or a server's certificate, with its key.
type issuer struct {
	cert *x509.Certificate // nil where crypto/x509 does not read it
	raw  []byte
	key  crypto.Signer
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ecKey(t testing.TB) crypto.Signer {
	return must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	return must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, bits))
}

// certify signs a template; by nil signs it with its own key.
func certify(t testing.TB, by *issuer, key crypto.Signer, c x509.Certificate) *issuer {
	t.Helper()
	if key == nil {
		key = ecKey(t)
	}
	if c.SerialNumber == nil {
		c.SerialNumber = must[*big.Int](t)(rand.Int(rand.Reader, big.NewInt(1<<62)))
	}
	if c.NotBefore.IsZero() {
		c.NotBefore = time.Now().AddDate(0, -2, 0)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = time.Now().AddDate(0, 2, 0)
	}
	parent, signer := &c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	raw := must[[]byte](t)(x509.CreateCertificate(rand.Reader, &c, parent, key.Public(), signer))
	return &issuer{must[*x509.Certificate](t)(x509.ParseCertificate(raw)), raw, key}
}

// ca makes an authority that is changed before it is signed.
func ca(t testing.TB, by *issuer, key crypto.Signer, name string, change func(*x509.Certificate)) *issuer {
	c := x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(9, 0, 0)}
	if change != nil {
		change(&c)
	}
	return certify(t, by, key, c)
}

// leaf makes a certificate for server.test.
func leaf(t testing.TB, by *issuer, key crypto.Signer, change func(*x509.Certificate)) *issuer {
	c := x509.Certificate{Subject: pkix.Name{CommonName: "server.test"}, DNSNames: []string{"server.test"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment}
	if change != nil {
		change(&c)
	}
	return certify(t, by, key, c)
}

// tbs is what of a certificate is signed (RFC 5280, 4.1), as far as it is to be changed.
type tbs struct {
	Version    int `asn1:"explicit,tag:0,default:0"`
	Serial     *big.Int
	Signature  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	Validity   asn1.RawValue
	Subject    asn1.RawValue
	PublicKey  asn1.RawValue
	Extensions []pkix.Extension `asn1:"explicit,tag:3,optional"`
}

// The signatures that crypto/x509 does not make any more (RFC 8017, appendix A.2.4).
var (
	withMD5    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}
	withSHA1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	withSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
)

// resign changes a finished certificate and signs it again with an RSA key.
func resign(t testing.TB, of, by *issuer, alg asn1.ObjectIdentifier, change func(*tbs)) *issuer {
	t.Helper()
	var c tbs
	if _, err := asn1.Unmarshal(of.cert.RawTBSCertificate, &c); err != nil {
		t.Fatal(err)
	}
	c.Signature = pkix.AlgorithmIdentifier{Algorithm: alg, Parameters: asn1.NullRawValue}
	if change != nil {
		change(&c)
	}
	inner := must[[]byte](t)(asn1.Marshal(c))
	hash, sum := crypto.SHA256, []byte(nil)
	switch {
	case alg.Equal(withMD5):
		s := md5.Sum(inner)
		hash, sum = crypto.MD5, s[:]
	case alg.Equal(withSHA1):
		s := sha1.Sum(inner)
		hash, sum = crypto.SHA1, s[:]
	default:
		h := hash.New()
		h.Write(inner)
		sum = h.Sum(nil)
	}
	signature := must[[]byte](t)(rsa.SignPKCS1v15(rand.Reader, by.key.(*rsa.PrivateKey), hash, sum))
	raw := must[[]byte](t)(asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: inner}, c.Signature, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}}))
	cert, _ := x509.ParseCertificate(raw)
	return &issuer{cert, raw, of.key}
}

// otherKey puts another key into a certificate (RFC 5280, 4.1.2.7).
func otherKey(info []byte) func(*tbs) {
	return func(c *tbs) { c.PublicKey = asn1.RawValue{FullBytes: bytes.Clone(info)} }
}

// dsaInfo is a DSA key as certificates have it (RFC 3279, 2.3.2); p and q need not be good for anything.
func dsaInfo(t testing.TB) []byte {
	p := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 2047), big.NewInt(981))
	k := dsa.PublicKey{Parameters: dsa.Parameters{P: p, Q: new(big.Int).Lsh(big.NewInt(1), 255), G: big.NewInt(2)}, Y: big.NewInt(4)}
	parameters := must[[]byte](t)(asn1.Marshal(k.Parameters))
	key := must[[]byte](t)(asn1.Marshal(k.Y))
	return must[[]byte](t)(asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, Parameters: asn1.RawValue{FullBytes: parameters}}, asn1.BitString{Bytes: key, BitLength: 8 * len(key)}}))
}
