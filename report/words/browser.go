package words

import (
	"fmt"
	"strings"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// browserWords are for a page's address that works, and that browsers refuse; another program need not.
func (s *Subject) browserWords() Sentences {
	t := s.Port.Speech.TLS
	works := fmt.Sprintf("The server answers and encryption works (%s), but ", tlsVersion(t))
	const own = "; a program that you set up yourself may still accept it."
	switch verdict.BrowserRefuses(t) {
	case verdict.RefusedAddress:
		return Sentences{
			"certificate lacks the address",
			works + fmt.Sprintf("the certificate does not name the address %s, so browsers refuse it.", s.to()),
			"Use the server's name instead of its address, as its certificate has it.",
		}
	case verdict.RefusedVersion:
		return Sentences{
			"old " + tlsVersion(t) + ", browsers refuse it",
			works + "it offers nothing newer than that, which Chrome, Edge, Firefox, Safari and Debian's " +
				"openssl refuse" + own,
			"Ask the server's administrator to allow TLS 1.2 or 1.3.",
		}
	case verdict.RefusedCipher:
		return Sentences{
			"old encryption, browsers refuse it",
			works + fmt.Sprintf("only with an old method (%s) that browsers refuse", phrase.Clean(t.CipherSuite)) + own,
			"Ask the server's administrator to allow today's methods (AES-GCM, ChaCha20).",
		}
	case verdict.RefusedSignature:
		return Sentences{
			"SHA-1 signature, browsers refuse it",
			works + "its certificate is signed in an old way (SHA-1) that browsers, Windows, macOS and openssl " +
				"refuse" + own,
			"Ask the server's administrator to replace the certificate.",
		}
	case verdict.RefusedKey:
		return Sentences{
			"short key, macOS refuses it",
			works + "a key in its certificate chain is shorter than 2048 bits, which macOS, iOS and Debian's openssl " +
				"refuse" + own,
			"Ask the server's administrator to replace the certificate.",
		}
	}
	w := s.handshakeWords()
	if !strings.Contains(w.Why, "refuse") {
		w.Why = strings.TrimSuffix(w.Why, ".") + ", so browsers refuse it."
	}
	return w
}
