package words

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

const own = "; a program that you set up yourself may still accept it."

// browserWords are for a page's address that works, and that browsers refuse; another program need not.
func (s *Subject) browserWords() Sentences {
	t := s.Port.Speech.TLS
	works := fmt.Sprintf("The server answers and encryption works (%s), but ", tlsVersion(t))
	switch why := verdict.BrowserRefuses(t); why {
	case verdict.RefusedAddress:
		return Sentences{
			"certificate lacks the address",
			works + fmt.Sprintf("the certificate does not name the address %s, so browsers refuse it.", s.to()),
			"Use the server's name instead of its address, as its certificate has it.",
		}
	case verdict.RefusedKey:
		return Sentences{
			"short key, macOS refuses it",
			works + "a key in its certificate chain is shorter than 2048 bits, which macOS, iOS and Debian's openssl " +
				"refuse" + own,
			"Ask the server's administrator to replace the certificate.",
		}
	case verdict.RefusedValidity:
		return Sentences{
			"valid for too long, browsers refuse it",
			works + "its certificate is made for more than 398 days, which Chrome and Safari refuse of public authorities" + own,
			"Ask the server's administrator for a certificate of a year or less.",
		}
	case verdict.RefusedStaple:
		return Sentences{
			"no proof of validity, Firefox refuses it",
			works + "its certificate demands a proof that it was not withdrawn (OCSP staple). The server sends none," +
				" so Firefox refuses it" + own,
			"Ask the server's administrator to switch OCSP stapling on, or for a certificate that does not demand it.",
		}
	case verdict.RefusedCertificate:
		w := s.handshakeWords()
		if !strings.Contains(w.Why, "refuse") {
			w.Why = strings.TrimSuffix(w.Why, ".") + ", so browsers refuse it."
		}
		return w
	default:
		return s.methodWords(why, "browsers")
	}
}

// systemWords are for TLS that was wanted by its name, and that the programs of today's systems refuse.
func (s *Subject) systemWords() Sentences {
	return s.methodWords(verdict.SystemsRefuse(s.Port.Speech.TLS), "today's systems")
}

// methodWords are for what no certificate mends: how the session is encrypted, or what signs.
func (s *Subject) methodWords(why verdict.Refusal, who string) Sentences {
	t := s.Port.Speech.TLS
	works := fmt.Sprintf("The server answers and encryption works (%s), but ", tlsVersion(t))
	switch why {
	case verdict.RefusedVersion:
		return Sentences{
			"old " + tlsVersion(t) + ", " + who + " refuse it",
			works + "it offers nothing newer than that, which Chrome, Edge, Firefox, Safari and Debian's " +
				"openssl refuse" + own,
			"Ask the server's administrator to allow TLS 1.2 or 1.3.",
		}
	case verdict.RefusedCipher:
		return Sentences{
			"old encryption, " + who + " refuse it",
			works + fmt.Sprintf("only with an old method (%s) that browsers, macOS and Debian's openssl refuse",
				phrase.Clean(t.CipherSuite)) + own,
			"Ask the server's administrator to allow today's methods (AES-GCM, ChaCha20).",
		}
	case verdict.RefusedSignature:
		return Sentences{
			"SHA-1 signature, " + who + " refuse it",
			works + "a certificate of it is signed in an old way (SHA-1) that browsers, macOS and Debian's openssl refuse" + own,
			"Ask the server's administrator to replace the certificate.",
		}
	}
	return s.handshakeWords()
}

// saidAlready reports whether a note's code is what the port's own sentence is about.
func (s *Subject) saidAlready(code string) bool {
	t := s.Port.Speech.TLS
	decided := map[string]verdict.Refusal{
		"browser-refuses": verdict.BrowserRefuses(t), "systems-refuse": verdict.SystemsRefuse(t),
	}[s.Verdict.Rule]
	said := map[string]verdict.Refusal{
		evidence.NoteOldVersion: verdict.RefusedVersion, evidence.NoteWeakSuite: verdict.RefusedCipher,
		evidence.NoteWeakSignature: verdict.RefusedSignature, evidence.NoteWeakKey: verdict.RefusedKey,
		evidence.NoteLongValidity: verdict.RefusedValidity, evidence.NoteStapleMissing: verdict.RefusedStaple,
	}[code]
	return said != "" && said == decided
}
