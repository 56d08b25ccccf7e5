package probe

import (
	"testing"

	"whyport/probe/evidence"
)

func signedBy(by string, public bool) Result {
	tls := &evidence.TLS{State: evidence.TLSOK, Verification: &evidence.Verification{NameOK: new(true), PublicTrusted: new(public), SystemTrusted: new(true)}}
	if !public {
		tls.Inspection = &evidence.Inspection{By: by, Evidence: evidence.SystemOnlyRoot}
	}
	return Result{Port: evidence.Port{Speech: &evidence.Speech{TLS: tls}}}
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
		{"another port is public", []TargetRun{target("www.a.example", signedBy("Corp", false), signedBy("", true))}, evidence.OtherPortPublic},
		{"address", []TargetRun{target("", signedBy("Corp", false)), target("b.test", signedBy("Corp", false))}, evidence.SystemOnlyRoot},
	} {
		run := &Run{Targets: c.targets}
		corroborate(run.Targets)
		if got := run.Targets[0].Results[0].Port.Speech.TLS.Inspection.Evidence; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
