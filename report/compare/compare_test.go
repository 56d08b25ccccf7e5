package compare_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"whyport/report"
	"whyport/report/compare"
)

// run is a report of one port.
func run(computer, from, state, reason, party string, hop int, usable bool) *report.Document {
	p := report.Port{Address: new("203.0.113.7"), Port: 443, Protocol: "tcp", State: state, Reason: reason, Usable: new(usable),
		Finding: "as found"}
	if party != "" {
		p.Where = &report.Where{Party: party}
		if hop > 0 {
			p.Where.Hop = new(hop)
		}
	}
	return &report.Document{SchemaVersion: "1.0", Started: "2026-01-02T03:04:05.678Z", Source: report.Source{Hostname: new(computer),
		Addresses: []string{from}},
		Targets: []report.Target{{Input: "server.example", Host: "server.example", Ports: []report.Port{p}}}}
}

func open(computer, from string) *report.Document {
	return run(computer, from, "open", "syn-ack", "", 0, true)
}

func dropped(computer, from, party string, hop int) *report.Document {
	return run(computer, from, "filtered", "no-response", party, hop, false)
}

func TestMeaning(t *testing.T) {
	elsewhere := open("laptop", "198.51.100.9")
	for name, c := range map[string]struct {
		good, bad *report.Document
		swap      bool
		want      string
	}{
		"office": {good: elsewhere, bad: dropped("laptop", "10.1.0.2", "local-network", 2),
			want: "the network of bad.json at hop 2"},
		"provider": {good: elsewhere, bad: dropped("laptop", "10.1.0.2", "provider", 5), want: "the provider of bad.json at hop 5"},
		"one of two": {good: open("pc-1", "10.1.0.2"), bad: dropped("pc-2", "10.1.0.3", "unknown", 0),
			want: "that computer's own protection"},
		"own": {good: elsewhere, bad: dropped("pc-2", "10.1.0.3", "this-computer", 0), want: "that computer's own protection"},
		"rule for one": {good: open("pc-1", "10.1.0.2"), bad: dropped("pc-2", "10.1.0.3", "local-network", 2),
			want: "a rule for this one address"},
		"broke": {good: open("pc-1", "10.1.0.2"), bad: dropped("pc-1", "10.1.0.2", "local-network", 2),
			want: "something changed between"},
		"was mended": {good: open("pc-1", "10.1.0.2"), bad: dropped("pc-1", "10.1.0.2", "local-network", 2), swap: true,
			want: "the block was removed"},
		"server's list": {good: elsewhere, bad: run("pc-2", "10.1.0.3", "closed", "reset", "server", 0, false),
			want: "its list of allowed addresses"},
		"unknown": {good: elsewhere, bad: dropped("pc-2", "10.1.0.3", "", 0), want: "the way from bad.json"},
	} {
		t.Run(name, func(t *testing.T) {
			names, docs := []string{"good.json", "bad.json"}, []*report.Document{c.good, c.bad}
			if c.swap {
				names, docs = []string{"bad.json", "good.json"}, []*report.Document{c.bad, c.good}
			}
			got := compare.Of(names, docs)
			if got.Alike || len(got.Ports) != 1 || !strings.Contains(got.Ports[0].Meaning, c.want) {
				t.Errorf("%v, %+v", got.Alike, got.Ports)
			}
		})
	}
}

func TestOtherAddress(t *testing.T) {
	bad := dropped("laptop", "10.1.0.2", "local-network", 2)
	bad.Targets[0].Ports[0].Address = new("203.0.113.99")
	got := compare.Of([]string{"a", "b"}, []*report.Document{open("laptop", "198.51.100.9"), bad})
	if m := got.Ports[0].Meaning; !strings.Contains(m, "different addresses (203.0.113.7 and 203.0.113.99)") || strings.Contains(m,
		"network of") {
		t.Error(m)
	}
}

func TestAlike(t *testing.T) {
	a, b := open("pc-1", "10.1.0.2"), open("pc-2", "198.51.100.9")
	if got := compare.Of([]string{"a", "b"}, []*report.Document{a, b}); !got.Alike || got.Ports[0].Meaning != "" {
		t.Errorf("%+v", got)
	}
	b.Targets[0].Ports = nil // not tested there
	if got := compare.Of([]string{"a", "b"}, []*report.Document{a, b}); !got.Alike {
		t.Errorf("%+v", got)
	}
	got := compare.Of([]string{"a", "b"}, []*report.Document{dropped("pc-1", "10.1.0.2", "local-network", 2), dropped("pc-1",
		"10.1.0.2", "provider", 5)})
	if got.Alike || !strings.Contains(got.Ports[0].Meaning, "places differ") {
		t.Errorf("two places: %+v", got.Ports)
	}
}

func TestWritten(t *testing.T) {
	c := compare.Of([]string{"home.json", "of|fice*.json", "lab.json"}, []*report.Document{open("laptop", "198.51.100.9"),
		dropped("laptop", "10.1.0.2", "local-network", 2), {Started: "2026-01-02T03:04:05Z"}})
	for format, want := range map[string][]string{
		"table":    {"! server.example 443/tcp  open       filtered, hop 2  not tested", "laptop 10.1.0.2", "1 of 1 port differ"},
		"markdown": {`of\|fice\*.json`, "| --- | --- | --- | --- |", "- server.example 443/tcp: Works in home.json"},
		"json":     {`"alike": false`, `"computer": "laptop"`},
	} {
		var b bytes.Buffer
		if err := c.Write(&b, format, 0); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s has no %q:\n%s", format, text, b.String())
			}
		}
		if format == "json" && !json.Valid(b.Bytes()) {
			t.Error("not JSON")
		}
	}
}
