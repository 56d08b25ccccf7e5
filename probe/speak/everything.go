package speak

import (
	"cmp"
	"crypto/rand"
	"crypto/tls"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// tlsGroups are key exchange groups with their names (RFC 8446 section 4.2.7, RFC 8422, RFC 7027); ours says which of
// them crypto/tls has.
func tlsGroups() []struct {
	id   uint16
	name string
	ours bool
} {
	return []struct {
		id   uint16
		name string
		ours bool
	}{
		{29, "X25519", true}, {23, "P-256", true}, {24, "P-384", true}, {25, "P-521", true},
		{
			30,
			"X448",
			false,
		}, {256, "ffdhe2048", false}, {257, "ffdhe3072", false}, {258, "ffdhe4096", false}, {259, "ffdhe6144",
			false}, {260, "ffdhe8192", false},
		{26, "brainpoolP256r1", false}, {27, "brainpoolP384r1", false}, {28, "brainpoolP512r1", false},
		{31, "brainpoolP256r1", false}, {32, "brainpoolP384r1", false}, {33, "brainpoolP512r1", false},
		{22, "secp256k1", false}, {21, "P-224", false}, {19, "P-192", false},
	}
}

// everySignature are signature schemes (RFC 8446 section 4.2.3, RFC 8734, RFC 5246), the good ones first.
func everySignature() []uint16 {
	return []uint16{
		0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x081a, 0x081b, 0x081c,
		0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0402, 0x0502, 0x0602, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101,
	}
}

// everything is a ClientHello (RFC 8446 section 4.1.2) that offers all of it. It has no key share, so that a server
// with TLS 1.3 names the group that it wants (HelloRetryRequest).
func everything(name string) []byte {
	b := cryptobyte.NewBuilder(nil)
	list := func(b *cryptobyte.Builder, ids ...uint16) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, id := range ids {
				b.AddUint16(id)
			}
		})
	}
	extension := func(b *cryptobyte.Builder, id uint16, body func(*cryptobyte.Builder)) {
		b.AddUint16(id)
		b.AddUint16LengthPrefixed(body)
	}
	random := make([]byte, 64)
	_, _ = rand.Read(random)
	suites := append(bestFirst(), 0x00ff) // with the signal of RFC 5746, which some servers insist on
	var groups []uint16
	for _, g := range tlsGroups() {
		groups = append(groups, g.id)
	}
	b.AddBytes([]byte{22, 3, 1})
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8(1)
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint16(tls.VersionTLS12)
			b.AddBytes(random[:32])
			b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(random[32:]) })
			list(b, suites...)
			b.AddBytes([]byte{1, 0}) // no compression
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				if name != "" {
					extension(b, 0, func(b *cryptobyte.Builder) {
						b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
							b.AddUint8(0)
							b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(name)) })
						})
					})
				}
				extension(b, 11, func(b *cryptobyte.Builder) { b.AddBytes([]byte{1, 0}) }) // points: uncompressed
				extension(b, 10, func(b *cryptobyte.Builder) { list(b, groups...) })
				extension(b, 13, func(b *cryptobyte.Builder) { list(b, everySignature()...) })
				extension(b, 43, func(b *cryptobyte.Builder) {
					b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) {
						for v := uint16(tls.VersionTLS13); v >= tls.VersionTLS10; v-- {
							b.AddUint16(v)
						}
					})
				})
				extension(b, 51, func(b *cryptobyte.Builder) { b.AddUint16(0) })
			})
		})
	})
	return b.BytesOrPanic()
}

// bestFirst are all suites; servers without a preference of their own take the first that they have.
func bestFirst() (ids []uint16) {
	all := rareSuites()
	for _, id := range everySuite() {
		all = append(all, suite{id, tls.CipherSuiteName(id)})
	}
	slices.SortStableFunc(all, func(a, b suite) int { return cmp.Compare(a.rank(), b.rank()) })
	for _, s := range all {
		ids = append(ids, s.id)
	}
	return ids
}
