package words

import (
	"fmt"
	"slices"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// alertWords are for a refusal that was said in TLS itself.
func (s *Subject) alertWords() Sentences {
	t := s.Port.Speech.TLS
	name := phrase.Short(t.Alert, 40)
	asked := phrase.Short(t.ServerName, 50)
	switch {
	case t.ClientCert || t.Alert == "certificate_required":
		return s.clientCertificateWords()
	case t.ServerName == "" && (t.Alert == "unrecognized_name" || t.Alert == "handshake_failure" || t.Alert == "internal_error"):
		return Sentences{"TLS refused without a name: " + name,
			fmt.Sprintf(
				"The server answers with TLS but refuses the connection (%s); no server name was sent, since an address was given, and "+
					"many servers insist on one.",
				name,
			),
			"Test again with the server's name in place of its address, or add --server-name with the name."}
	case t.Alert == "unrecognized_name":
		return Sentences{
			"TLS: name not known to the server",
			fmt.Sprintf("The server answers with TLS but does not know the name %s.", asked),
			"Check the server's name, or ask the server's administrator to serve it there.",
		}
	case t.ServerName != "" && completedWithout(t, "no-name"):
		return Sentences{
			"TLS: this name is refused",
			fmt.Sprintf("TLS for the name %s is refused (%s), but works without a name: the server "+
				"does not serve that name, or a device on the way forbids it.", asked, name),
			"Check the server's name, then ask the server's administrator whether it is served there; if it is, ask your network " +
				"administrator " +
				"for a web filter.",
		}
	case t.Alert == "protocol_version" || t.Alert == "handshake_failure" || t.Alert == "insufficient_security":
		offered := "every version and cipher offered"
		if refused(t, "every-method") {
			offered += ", rare and old ones included"
		}
		return Sentences{"TLS refused: " + name, fmt.Sprintf("The server answers with TLS but refuses %s (%s).", offered, name),
			"Ask the server's administrator which TLS versions and ciphers the port accepts."}
	}
	if name == "" {
		name = "no reason given"
	}
	return Sentences{"TLS refused: " + name, fmt.Sprintf("The server answers with TLS but refuses the connection (%s).", name),
		"Ask the server's administrator to look for this refusal in the server's log."}
}

// refused reports whether a handshake that differed in one thing was refused, too.
func refused(t *evidence.TLS, kind string) bool {
	return slices.ContainsFunc(t.Variants, func(v evidence.TLSVariant) bool { return v.Kind == kind && v.State == evidence.TLSAlert })
}

// completedWithout reports whether a handshake that differed in one thing worked.
func completedWithout(t *evidence.TLS, kind string) bool {
	return slices.ContainsFunc(t.Variants, func(v evidence.TLSVariant) bool {
		return v.Kind == kind && (v.State == evidence.TLSOK || v.State == evidence.TLSUntrusted)
	})
}
