package compare_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"whyport/report"
	"whyport/report/compare"
)

// TestNDJSON: each line is an object of its own; a place of which nothing is known has its lines, too.
func TestNDJSON(t *testing.T) {
	places := []compare.Place{
		{Name: "oslo", Doc: run("pc", "10.1.0.2", "filtered", "no-response", "local-network", 2, false)},
		{Name: "here", Doc: open("pc", "198.51.100.9")},
		{Name: "bergen", Problem: &report.Problem{Message: "no login", NextStep: "ask"}},
	}
	var b bytes.Buffer
	if err := compare.Places(places).Write(&b, "ndjson", 0); err != nil {
		t.Fatal(err)
	}
	count, tested := map[string]int{}, map[string]bool{}
	for line := range strings.Lines(b.String()) {
		var l struct {
			Type, Run, State, Answer string
			Name                     string
			Tested                   bool
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if count[l.Type]++; l.Type == "port" {
			tested[l.Run+" "+l.State] = l.Tested
		}
	}
	if count["run"] != 3 || count["port"] != 3 || count["summary"] != 1 || !tested["oslo filtered"] || !tested["here open"] {
		t.Errorf("%v %v\n%s", count, tested, &b)
	}
	if was, told := tested["bergen unknown"]; was || !told {
		t.Errorf("bergen: %v", tested)
	}
}
