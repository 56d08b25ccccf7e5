package probe

import (
	"golang.org/x/net/publicsuffix"

	"whyport/probe/evidence"
)

// corroborate compares what ports and names say of an authority that only this computer trusts. Alone it may be
// the server's own organisation's; a device on the way is likelier if it signs for unrelated names, or if another
// port of the same name shows a certificate that everybody trusts.
func corroborate(targets []TargetRun) {
	domains := map[string]map[string]bool{} // by authority
	for i := range targets {
		t := &targets[i]
		for _, tls := range privatelySigned(t) {
			domain, err := publicsuffix.EffectiveTLDPlusOne(t.Target.ServerName)
			if err != nil {
				continue
			}
			by := tls.Inspection.By
			if domains[by] == nil {
				domains[by] = map[string]bool{}
			}
			domains[by][domain] = true
		}
	}
	for i := range targets {
		t := &targets[i]
		public := hasPublicCertificate(t)
		for _, tls := range privatelySigned(t) {
			switch {
			case public:
				tls.Inspection.Evidence = evidence.OtherPortPublic
			case len(domains[tls.Inspection.By]) > 1:
				tls.Inspection.Evidence = evidence.UnrelatedNames
			}
		}
	}
}

// privatelySigned are the handshakes of a target whose authority only this computer trusts.
func privatelySigned(t *TargetRun) (out []*evidence.TLS) {
	for i := range t.Results {
		if s := t.Results[i].Port.Speech; s != nil && s.TLS != nil && s.TLS.Inspection != nil && s.TLS.Inspection.Evidence == evidence.SystemOnlyRoot {
			out = append(out, s.TLS)
		}
	}
	return out
}

// hasPublicCertificate reports whether a port of the target has a certificate for the same name that the public
// authorities vouch for.
func hasPublicCertificate(t *TargetRun) bool {
	for i := range t.Results {
		s := t.Results[i].Port.Speech
		if s == nil || !s.TLS.Completed() || s.TLS.Verification == nil {
			continue
		}
		v := s.TLS.Verification
		if v.PublicTrusted != nil && *v.PublicTrusted && v.NameOK != nil && *v.NameOK {
			return true
		}
	}
	return false
}
