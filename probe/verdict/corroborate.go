package verdict

import (
	"net/netip"

	"golang.org/x/net/publicsuffix"

	"whyport/probe/evidence"
)

// Named are ports that were asked under one name.
type Named struct {
	Name  string // for TLS; "" for an address
	Ports []*evidence.Port
}

// Corroborate compares what ports and names say of an authority that only this computer trusts. Alone it may be
// the server's own organisation's; a device on the way is likelier if it signs for unrelated names on the Internet, or
// if another port of the same name shows a certificate that everybody trusts. Both only count on ports that such devices
// open: remote management and directories have company certificates beside a public website.
func Corroborate(all []Named) {
	domains := map[string]map[string]bool{} // by authority
	for _, t := range all {
		domain, err := publicsuffix.EffectiveTLDPlusOne(t.Name)
		if err != nil {
			continue
		}
		for _, p := range privatelySigned(t) {
			if !outside(p.Addr) {
				continue // a company's own servers have its names and its authority
			}
			by := p.Speech.TLS.Inspection.By
			if domains[by] == nil {
				domains[by] = map[string]bool{}
			}
			domains[by][domain] = true
		}
	}
	for _, t := range all {
		public := hasPublicCertificate(t)
		for _, p := range privatelySigned(t) {
			switch found := p.Speech.TLS.Inspection; {
			case public:
				found.Evidence = evidence.OtherPortPublic
			case len(domains[found.By]) > 1 && outside(p.Addr):
				found.Evidence = evidence.UnrelatedNames
			}
		}
	}
}

// outside reports whether an address is not one of a network's own: public, or between a provider and its customers.
func outside(a netip.Addr) bool {
	return !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast()
}

// inspectable reports whether devices that open TLS do so on a port: the web's and mail's.
func inspectable(port uint16) bool {
	switch port {
	case 443, 8443, 25, 110, 143, 465, 587, 993, 995:
		return true
	}
	return false
}

// privatelySigned are the inspectable ports of a target whose authority only this computer trusts.
func privatelySigned(t Named) (out []*evidence.Port) {
	for _, p := range t.Ports {
		if s := p.Speech; inspectable(p.Port) && s != nil && s.TLS != nil && s.TLS.Inspection != nil &&
			s.TLS.Inspection.Evidence == evidence.SystemOnlyRoot {
			out = append(out, p)
		}
	}
	return out
}

// hasPublicCertificate reports whether a port of the target has a certificate for the same name that the public
// authorities vouch for. Where that is 443, which devices open before all others, nobody opens TLS.
func hasPublicCertificate(t Named) (found bool) {
	for _, p := range t.Ports {
		if p.Speech == nil || !p.Speech.TLS.Completed() || p.Speech.TLS.Verification == nil {
			continue
		}
		v := p.Speech.TLS.Verification
		if v.PublicTrusted != nil && *v.PublicTrusted && v.NameOK != nil && *v.NameOK {
			if p.Port == 443 {
				return false
			}
			found = true
		}
	}
	return found
}
