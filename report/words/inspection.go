package words

import (
	"fmt"
	"slices"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// Inspection is the note of a target whose TLS is opened; through is the proxy's URL where only the way through it shows that.
func Inspection(i *evidence.Inspection, through string) Note {
	by := phrase.Short(i.By, 60)
	if i.Sure() {
		return Note{"tls-inspection", fmt.Sprintf("TLS is opened and signed again %s by %s.", inspectedWhere(i, through), by)}
	}
	return Note{"private-authority", fmt.Sprintf("Certificates come from %s, which only this computer's own list of authorities knows: "+
		"a company's own authority, or a device that opens TLS and signs it again.", by)}
}

// inspectionWords say that somebody on the way reads along, as surely as the evidence does.
func (s *Subject) inspectionWords(t *evidence.TLS) Sentences {
	i := t.Inspection
	by := phrase.Short(i.By, 60)
	if !i.Sure() {
		ok := "TLS ok"
		if slices.Contains(t.Notes, evidence.NoteOldVersion) {
			ok = "old " + tlsVersion(t)
		}
		return Sentences{
			ok + "; private authority",
			fmt.Sprintf("Encryption (TLS) works with a certificate from %s, known to this computer "+
				"but not to the public: "+
				"a company's own authority, or a device that opens TLS and signs it again.", by),
			fmt.Sprintf(
				"If an application refuses the certificate, give it %s's root certificate, or ask your network administrator for an "+
					"exception.",
				by,
			),
		}
	}
	finding := "TLS opened and signed again by "
	if i.Evidence != evidence.KnownIssuer {
		finding = "TLS opened, most likely, by "
	}
	return Sentences{finding + phrase.Short(i.By, 30), fmt.Sprintf("TLS is opened and signed again %s by %s%s.", s.inspectedWhere(i), by,
		inspectionProof(i)),
		fmt.Sprintf("If the application refuses the certificate, ask whoever runs %s to exempt %s from inspection.", by, s.name())}
}

// foreignInspectionWords: somebody opens TLS whose authority this computer does not know.
func (s *Subject) foreignInspectionWords(i *evidence.Inspection) Sentences {
	by := phrase.Short(i.By, 60)
	return Sentences{"TLS opened by " + phrase.Short(i.By, 30) + ", not trusted here",
		fmt.Sprintf(
			"TLS is opened and signed again %s by %s%s. This computer does not know its authority, so programs will refuse the "+
				"certificate.",
			s.inspectedWhere(i),
			by,
			inspectionProof(i),
		),
		fmt.Sprintf("Ask whoever runs %s for its root certificate on this computer, or to exempt %s from inspection.", by, s.name())}
}

// inspectedWhere is where TLS is opened. Only a known product is sure: an owner may have several domains, and a server
// several authorities.
func inspectedWhere(i *evidence.Inspection, through string) string {
	where := "on the way"
	if through != "" {
		where = "on the way through the proxy " + proxyName(through)
	}
	if i.Local {
		where = "on this computer"
	}
	if i.Evidence != evidence.KnownIssuer {
		where += ", most likely,"
	}
	return where
}

func (s *Subject) inspectedWhere(i *evidence.Inspection) string {
	return inspectedWhere(i, s.proxied().Proxy)
}

// inspectionProof is what shows that it is no authority of the server's owner.
func inspectionProof(i *evidence.Inspection) string {
	switch i.Evidence {
	case evidence.KnownIssuer:
		return " (a product that does so)"
	case evidence.OtherPortPublic:
		return ": another port of this server shows a public certificate"
	case evidence.UnrelatedNames:
		return ": it signs for servers of other domains, too"
	}
	return ""
}
