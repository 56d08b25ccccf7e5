package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/report"
	"whyport/report/format"
	"whyport/report/reporttest"
	"whyport/report/saved"
	"whyport/services"
)

func generic(t *testing.T, v any) (out any) {
	t.Helper()
	data, is := v.([]byte)
	if !is {
		var err error
		if data, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// firstDifference is where two texts, or values, begin to differ.
func firstDifference(got, want any) string {
	a, b := fmt.Sprint(got), fmt.Sprint(want)
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(i-80, 0)
	return fmt.Sprintf("%q, want %q", a[from:min(i+80, len(a))], b[from:min(i+80, len(b))])
}

// live is NDJSON as it is written while a run goes on.
func live(t *testing.T, r *probe.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	w := stream(t, "ndjson", &b, r)
	for i := range r.Targets {
		for _, one := range r.Targets[i].Results {
			if err := w.Add(one); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Finish(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, data []byte) *saved.Report {
	t.Helper()
	r, err := saved.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSavedIsWhatWasSaved: a report that is read has all that was written, and is written again as it was.
func TestSavedIsWhatWasSaved(t *testing.T) {
	all := samples()
	all["everything"], all["hostile"] = everything, hostile
	delete(all, "every-port")
	for name, make := range all {
		t.Run(name, func(t *testing.T) {
			object, lines := written(t, "json", make()), live(t, make())
			want := generic(t, report.Build(make(), services.New(), "test"))
			for _, data := range [][]byte{object, lines} {
				r := read(t, data)
				if bytes.Equal(data, lines) { // the lines of ports know less: they were written before the rest was known
					for i := range r.Targets {
						if len(r.Targets[i].Ports) != len(make().Targets[i].Results) {
							t.Errorf("%d ports, not %d", len(r.Targets[i].Ports), len(make().Targets[i].Results))
						}
					}
				} else if got := generic(t, r.Document); !reflect.DeepEqual(got, want) {
					t.Errorf("read something else: %s", firstDifference(got, want))
				}
				if got := shown(t, "json", r); !bytes.Equal(got, object) && bytes.Equal(data, object) {
					t.Errorf("JSON became something else: %s", firstDifference(string(got), string(object)))
				} else {
					reporttest.Validate(t, got)
				}
				reporttest.ValidateLines(t, shown(t, "ndjson", r))
			}
		})
	}
}

func shown(t *testing.T, name string, r *saved.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	w := &format.Writer{Format: format.Find(name), Out: &b, Names: services.New(), Tool: "other"}
	if err := w.Show(r.Document, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSavedLooksTheSame: what is shown of a saved report is what the run itself showed, where sentences are about one port.
func TestSavedLooksTheSame(t *testing.T) {
	for _, name := range format.Shown() {
		if name == "json" || name == "ndjson" {
			continue // TestSavedIsWhatWasSaved
		}
		for _, make := range []string{"certificates", "not-found"} {
			run := samples()[make]()
			got, want := shown(t, name, read(t, written(t, "json", run))), written(t, name, run)
			if !bytes.Equal(got, want) {
				t.Errorf("%s, %s: %s", make, name, firstDifference(string(got), string(want)))
			}
		}
	}
	if !slices.Equal(format.Shown(), format.Names()) {
		t.Errorf("only %v can be shown", format.Shown())
	}
}

// TestSavedKeepsUnknownFields: a newer minor version has more fields, an older one less.
func TestSavedKeepsUnknownFields(t *testing.T) {
	const old = `{"schema_version":"1.0","future":{"z":1,"a":[1e400]},"tool":{"name":"whyport","version":"1"},"started":"2026-01-02T03:04:05.678Z",
		"duration_ms":1,"interrupted":false,"source":{"hostname":null,"os":"linux","addresses":[],"proxy":null},"requirement":{"mode":"any","met":true},
		"targets":[{"input":"a.example","host":"a.example","later":"kept","resolution":{"addresses":["203.0.113.7"],"reason":null,"duration_ms":1},
		"requirement":{"mode":"any","met":true},"summary":"One.","recommended_port":443,"accepts_every_port":null,"ports":[
		{"address":"203.0.113.7","port":443,"protocol":"tcp","service":{"name":"https","class":"well-known","description":null},"state":"open",
		"reason":"syn-ack","usable":true,"why":"W.","next_step":null,"where":null,"attempts":1,"answered":1,"connect_ms":1.5,"duration_ms":2,"source":null,
		"icmp":null,"tls":null,"banner":null,"identified":null,"path":null,"evidence":[],"deep":{"er":true}}]}]}`
	r := read(t, []byte(old))
	if len(r.Targets) != 1 || len(r.Targets[0].Ports) != 1 || r.Targets[0].Ports[0].Why != "W." {
		t.Errorf("read %+v", r.Targets)
	}
	for _, name := range []string{"json", "ndjson"} {
		out := string(shown(t, name, r))
		for _, want := range []string{`"future"`, `1e400`, `"later"`, `"deep"`} {
			if !strings.Contains(out, want) {
				t.Errorf("%s has lost %s", name, want)
			}
		}
	}
	again := read(t, shown(t, "ndjson", r))
	if !bytes.Contains(shown(t, "json", again), []byte(`"deep"`)) {
		t.Error("lost by way of NDJSON")
	}
	if table := string(shown(t, "table", r)); !strings.Contains(table, "443") || !strings.Contains(table, "open") {
		t.Errorf("table:\n%s", table)
	}
}

// TestSavedSharedPorts: ports of a large run, which share what is said of them, are read with it and shown together.
func TestSavedSharedPorts(t *testing.T) {
	run := bulk
	object := written(t, "json", run())
	r := read(t, object)
	total := 0
	for _, p := range r.Targets[0].Ports {
		if p.Why == "" || p.Service.Class == "" || p.State == "" {
			t.Fatalf("%+v", p)
		}
		total++
	}
	if total < 1000 {
		t.Errorf("only %d ports", total)
	}
	if again := read(t, live(t, run())); len(again.Targets[0].Ports) != total {
		t.Errorf("%d ports, from NDJSON %d", total, len(again.Targets[0].Ports))
	}
	if !reflect.DeepEqual(generic(t, shown(t, "json", r)), generic(t, object)) {
		t.Error("JSON is not what it was")
	}
	if table := shown(t, "table", r); len(table) > 5000 || !bytes.Contains(table, []byte(" ports ")) {
		t.Errorf("the table has %d bytes:\n%.2000s", len(table), table)
	}
}

func TestNoReport(t *testing.T) {
	for text, want := range map[string]string{
		"": "not a JSON object", "[]": "not a JSON object", "hello": "not JSON", `{"a":1}`: "not a report",
		`{"schema_version":"2.0","targets":[]}`: "newer version",
		`{"schema_version":"x","targets":[]}`:   "not one that", `{"schema_version":"1.0","targets":[{"ports":3}]}`: "field",
		`{"schema_version":"1.0","targets":[`:  "middle",
		`{"type":"port","target":{"index":0}}`: "last line", `{"type":"port","target":{"index":-1}}`: "impossible",
		`{"a":1}{"b":2}`: "several", "\x00\x00\x00": "not a JSON",
	} {
		if _, err := saved.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
