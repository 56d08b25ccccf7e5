package verdict

import (
	"net/netip"
	"testing"

	"whyport/probe/evidence"
)

func signedBy(by string, public bool) *evidence.Port { return signedAt(443, "203.0.113.7", by, public) }

func signedAt(port uint16, addr, by string, public bool) *evidence.Port {
	tls := &evidence.TLS{State: evidence.TLSOK, Verification: &evidence.Verification{NameOK: new(true), PublicTrusted: new(public), SystemTrusted: new(true)}}
	if !public {
		tls.Inspection = &evidence.Inspection{By: by, Evidence: evidence.SystemOnlyRoot}
	}
	return &evidence.Port{Port: port, Addr: netip.MustParseAddr(addr), Speech: &evidence.Speech{TLS: tls}}
}

func TestCorroborate(t *testing.T) {
	target := func(name string, ports ...*evidence.Port) Named {
		return Named{name, ports}
	}
	for _, c := range []struct {
		name    string
		targets []Named
		want    string
	}{
		{"alone", []Named{target("www.a.example", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
		{"two hosts of one domain", []Named{target("www.a.example", signedBy("Corp", false)), target("mail.a.example", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
		{"unrelated names", []Named{target("www.a.example", signedBy("Corp", false)), target("b.test", signedBy("Corp", false))}, evidence.UnrelatedNames},
		{"other authority elsewhere", []Named{target("www.a.example", signedBy("Corp", false)), target("b.test", signedBy("B", false))}, evidence.SystemOnlyRoot},
		{"unrelated names inside", []Named{target("www.a.example", signedAt(443, "10.1.2.3", "Corp", false)), target("b.test", signedAt(443, "10.1.2.4", "Corp", false))}, evidence.SystemOnlyRoot},
		{"unrelated names, one inside", []Named{target("www.a.example", signedBy("Corp", false)), target("b.test", signedAt(443, "fd00::1", "Corp", false))}, evidence.SystemOnlyRoot},
		{"unrelated names, directories", []Named{target("www.a.example", signedAt(636, "203.0.113.7", "Corp", false)), target("b.test", signedAt(636, "203.0.113.8", "Corp", false))}, evidence.SystemOnlyRoot},
		{"another port is public", []Named{target("www.a.example", signedBy("Corp", false), signedAt(9443, "203.0.113.7", "", true))}, evidence.OtherPortPublic},
		{"remote desktop beside a public website", []Named{target("www.a.example", signedAt(3389, "203.0.113.7", "Corp", false), signedBy("", true))}, evidence.SystemOnlyRoot},
		{"remote desktop beside public mail", []Named{target("www.a.example", signedAt(3389, "203.0.113.7", "Corp", false), signedAt(993, "203.0.113.7", "", true))}, evidence.SystemOnlyRoot},
		{"a console beside a public website", []Named{target("www.a.example", signedAt(8443, "203.0.113.7", "Corp", false), signedBy("", true))}, evidence.SystemOnlyRoot},
		{"address", []Named{target("", signedBy("Corp", false)), target("b.test", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
	} {
		Corroborate(c.targets)
		if got := c.targets[0].Ports[0].Speech.TLS.Inspection.Evidence; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
