package probe

import (
	"net/netip"
	"testing"

	"whyport/probe/evidence"
)

func signedBy(by string, public bool) Result { return signedAt(443, "203.0.113.7", by, public) }

func signedAt(port uint16, addr, by string, public bool) Result {
	tls := &evidence.TLS{State: evidence.TLSOK, Verification: &evidence.Verification{NameOK: new(true), PublicTrusted: new(public), SystemTrusted: new(true)}}
	if !public {
		tls.Inspection = &evidence.Inspection{By: by, Evidence: evidence.SystemOnlyRoot}
	}
	return Result{Port: evidence.Port{Port: port, Addr: netip.MustParseAddr(addr), Speech: &evidence.Speech{TLS: tls}}}
}

func TestCorroborate(t *testing.T) {
	target := func(name string, results ...Result) TargetRun {
		return TargetRun{Target: Target{ServerName: name}, Results: results}
	}
	for _, c := range []struct {
		name    string
		targets []TargetRun
		want    string
	}{
		{"alone", []TargetRun{target("www.a.example", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
		{"two hosts of one domain", []TargetRun{target("www.a.example", signedBy("Corp", false)), target("mail.a.example", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
		{"unrelated names", []TargetRun{target("www.a.example", signedBy("Corp", false)), target("b.test", signedBy("Corp", false))}, evidence.UnrelatedNames},
		{"other authority elsewhere", []TargetRun{target("www.a.example", signedBy("Corp", false)), target("b.test", signedBy("B", false))}, evidence.SystemOnlyRoot},
		{"unrelated names inside", []TargetRun{target("www.a.example", signedAt(443, "10.1.2.3", "Corp", false)), target("b.test", signedAt(443, "10.1.2.4", "Corp", false))}, evidence.SystemOnlyRoot},
		{"unrelated names, one inside", []TargetRun{target("www.a.example", signedBy("Corp", false)), target("b.test", signedAt(443, "fd00::1", "Corp", false))}, evidence.SystemOnlyRoot},
		{"unrelated names, directories", []TargetRun{target("www.a.example", signedAt(636, "203.0.113.7", "Corp", false)), target("b.test", signedAt(636, "203.0.113.8", "Corp", false))}, evidence.SystemOnlyRoot},
		{"another port is public", []TargetRun{target("www.a.example", signedBy("Corp", false), signedAt(9443, "203.0.113.7", "", true))}, evidence.OtherPortPublic},
		{"remote desktop beside a public website", []TargetRun{target("www.a.example", signedAt(3389, "203.0.113.7", "Corp", false), signedBy("", true))}, evidence.SystemOnlyRoot},
		{"remote desktop beside public mail", []TargetRun{target("www.a.example", signedAt(3389, "203.0.113.7", "Corp", false), signedAt(993, "203.0.113.7", "", true))}, evidence.SystemOnlyRoot},
		{"a console beside a public website", []TargetRun{target("www.a.example", signedAt(8443, "203.0.113.7", "Corp", false), signedBy("", true))}, evidence.SystemOnlyRoot},
		{"address", []TargetRun{target("", signedBy("Corp", false)), target("b.test", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
	} {
		run := &Run{Targets: c.targets}
		corroborate(run.Targets)
		if got := run.Targets[0].Results[0].Port.Speech.TLS.Inspection.Evidence; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
