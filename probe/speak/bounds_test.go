package speak

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"whyport/probe/evidence"
	"whyport/probe/realtime"
)

// hugeCertificate is issued by issuer and has an RSA key of so many bits; the signature is as long as one of that key, and wrong.
func hugeCertificate(t testing.TB, subject, issuer string, bits, exponent int) []byte {
	t.Helper()
	type validity struct{ From, To time.Time }
	type body struct {
		Version   int `asn1:"explicit,tag:0"`
		Serial    *big.Int
		Algorithm pkix.AlgorithmIdentifier
		Issuer    pkix.RDNSequence
		Validity  validity
		Subject   pkix.RDNSequence
		Key       asn1.RawValue
	}
	n := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(bits)), big.NewInt(1))
	key, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: exponent})
	must(t, err)
	algorithm := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue}
	name := func(s string) pkix.RDNSequence { return pkix.Name{CommonName: s}.ToRDNSequence() }
	valid := validity{time.Now().Add(-time.Hour).UTC(), time.Now().AddDate(1, 0, 0).UTC()}
	tbs, err := asn1.Marshal(body{2, big.NewInt(7), algorithm, name(issuer), valid, name(subject), asn1.RawValue{FullBytes: key}})
	must(t, err)
	signature := make([]byte, bits/8)
	sum := sha256.Sum256(tbs)
	copy(signature, sum[:])
	der, err := asn1.Marshal(struct {
		Body      asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	must(t, err)
	return der
}

func parsed(t testing.TB, ders ...[]byte) []*x509.Certificate {
	t.Helper()
	chain := parse(ders)
	if len(chain) == 0 {
		_, err := x509.ParseCertificate(ders[0])
		t.Fatal("nothing was parsed: ", err)
	}
	return chain
}

// What a chain costs is bounded, whatever is in it.
func TestChainsCostAMoment(t *testing.T) {
	ca := newCA(t, pkix.Name{CommonName: "test"}, nil)
	many := [][]byte{hugeCertificate(t, "a", "a", 16384, 1<<31-1)}
	for range 19 {
		many = append(many, hugeCertificate(t, "a", "a", 16384, 1<<31-1))
	}
	for name, chain := range map[string][]*x509.Certificate{
		"huge own":         parsed(t, hugeCertificate(t, "a", "a", 900_000, 65537)),
		"huge issuer":      parsed(t, hugeCertificate(t, "a", "b", 2048, 65537), hugeCertificate(t, "b", "b", 900_000, 65537)),
		"many large":       parsed(t, many...),
		"exponents":        parsed(t, hugeCertificate(t, "a", "b", 16384, 1<<31-1), hugeCertificate(t, "b", "b", 16384, 1<<31-1)),
		"many names":       parsed(t, ca.leaf(t, nil, manyNames(9000)).Certificate[0], ca.cert.Raw),
		"many parts":       parsed(t, ca.leaf(t, nil, manyParts(9000)).Certificate[0], ca.cert.Raw),
		"huge in response": parsed(t, ca.leaf(t, nil, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(7) }).Certificate[0], ca.cert.Raw),
	} {
		q := question{name: "server.test", now: time.Now(), system: poolOf(ca), public: poolOf(ca), mozilla: true}
		if name == "huge in response" {
			q.ocsp = responseWith(t, hugeCertificate(t, "test", "test", 900_000, 65537))
		}
		spent := realtime.CPU()
		got := judge(chain, q)
		own, text, inspection := got.of.own(), describe(chain[0]), inspected(got)
		if cpu := spent(); cpu > 2*time.Second {
			t.Errorf("%s: %v of CPU", name, cpu)
		}
		if len(text.Subject) > maxSubject || len(text.DNSNames) > maxNames {
			t.Errorf("%s: %d, %d", name, len(text.Subject), len(text.DNSNames))
		}
		if name == "huge own" && (!own || inspection != nil || got.verification.Error == "" || !has(got.notes, evidence.NoteUnsupportedKey)) {
			t.Errorf("%s: %v, %+v, %+v", name, own, inspection, got)
		}
	}
}

func manyParts(n int) leafOption {
	return func(c *x509.Certificate) {
		for range n {
			c.Subject.ExtraNames = append(c.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{1, 2, 3}, Value: "x"})
			c.Subject.OrganizationalUnit = append(c.Subject.OrganizationalUnit, "y")
		}
	}
}

// responseWith is an OCSP response that carries a certificate (RFC 6960, 4.2.1).
func responseWith(t testing.TB, der []byte) []byte {
	t.Helper()
	type single struct {
		ID struct {
			Algorithm pkix.AlgorithmIdentifier
			Name, Key []byte
			Serial    *big.Int
		}
		Good asn1.Flag `asn1:"tag:0,optional"`
		At   time.Time `asn1:"generalized"`
	}
	var data struct {
		Responder asn1.RawValue
		At        time.Time `asn1:"generalized"`
		Responses []single
	}
	sha := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, Parameters: asn1.NullRawValue}
	data.Responder = asn1.RawValue{Class: 2, Tag: 2, IsCompound: true, Bytes: []byte{4, 1, 1}}
	data.At, data.Responses = time.Now().UTC(), make([]single, 1)
	one := &data.Responses[0]
	one.ID.Algorithm, one.ID.Name, one.ID.Key, one.ID.Serial = sha, []byte{1}, []byte{2}, big.NewInt(7)
	one.Good, one.At = true, time.Now().UTC()
	tbs, err := asn1.Marshal(data)
	must(t, err)
	signed := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue}
	basic, err := asn1.Marshal(struct {
		Data         asn1.RawValue
		Algorithm    pkix.AlgorithmIdentifier
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0"`
	}{asn1.RawValue{FullBytes: tbs}, signed,
		asn1.BitString{Bytes: make([]byte, 112_500), BitLength: 900_000}, []asn1.RawValue{{FullBytes: der}}})
	must(t, err)
	type bytesOf struct {
		Type asn1.ObjectIdentifier
		Body []byte
	}
	response, err := asn1.Marshal(struct {
		Status asn1.Enumerated
		Bytes  bytesOf `asn1:"explicit,tag:0"`
	}{0, bytesOf{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}, basic}})
	must(t, err)
	return response
}

// A server that takes only what crypto/tls does not offer, and then shows a key that takes 40 seconds to check.
func TestHugeKeyBehindARareMethod(t *testing.T) {
	der := hugeCertificate(t, "a", "a", 900_000, 65537)
	s := serve(t, func(c net.Conn, nth int) {
		if _, err := firstRecord(c); err != nil {
			return
		}
		if nth == 0 {
			_, _ = c.Write([]byte{0x15, 3, 3, 0, 2, 2, 40})
			return
		}
		_, _ = c.Write(helloWith(0x0095, der)) // a suite without ECDHE that Go does not have
		_, _ = io.Copy(io.Discard, c)
	})
	spent := realtime.CPU()
	got := ask(t, s, expecting("tls"), lasting(2*time.Second), publicly(x509.NewCertPool()))
	if cpu := spent(); cpu > time.Second || got.Elapsed > 3*time.Second {
		t.Errorf("%v of CPU in %v", cpu, got.Elapsed)
	}
	if got.TLS == nil || got.TLS.Certificate == nil || got.TLS.Certificate.Key != "RSA 900000" {
		t.Errorf("%+v", got.TLS)
	}
}

// helloWith is a ServerHello of TLS 1.2 and a Certificate, in as many records as they need.
func helloWith(suite uint16, ders ...[]byte) (out []byte) {
	var b cryptobyte.Builder
	b.AddUint8(2)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint16(tls.VersionTLS12)
		b.AddBytes(make([]byte, 32))
		b.AddUint8(0)
		b.AddUint16(suite)
		b.AddUint8(0)
	})
	b.AddUint8(11)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, der := range ders {
				b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
			}
		})
	})
	b.AddBytes([]byte{14, 0, 0, 0})
	all := b.BytesOrPanic()
	for len(all) > 0 {
		n := min(len(all), 1<<14)
		out = append(append(out, 22, 3, 3), binary.BigEndian.AppendUint16(nil, uint16(n))...)
		out, all = append(out, all[:n]...), all[n:]
	}
	return out
}
