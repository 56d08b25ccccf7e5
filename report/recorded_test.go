package report_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/words"
	"whyport/services"
)

// TestRecordedCasesHaveWords: whatever the judge decides is put into words with no more evidence than its case has.
func TestRecordedCasesHaveWords(t *testing.T) {
	files, err := filepath.Glob("../probe/verdict/testdata/*.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Port    evidence.Port
			Host    *evidence.Host
			Verdict verdict.Verdict
		}
		if err := json.Unmarshal(b, &c); err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			host := c.Host
			if host == nil {
				host = &evidence.Host{Addr: c.Port.Addr}
			}
			r := run(probe.TargetRun{Target: target("server.example", c.Port.Port), Hosts: map[netip.Addr]*evidence.Host{c.Port.Addr: host},
				Resolution: evidence.Resolution{Addresses: []netip.Addr{c.Port.Addr}},
				Results:    []probe.Result{{Port: c.Port, Verdict: c.Verdict}}})
			said := words.New(r, &r.Targets[0], &r.Targets[0].Results[0], services.New()).Words()
			if said.Finding == "" || said.Why == "" {
				t.Errorf("%s: %+v", c.Verdict.Rule, said)
			}
		})
	}
}
