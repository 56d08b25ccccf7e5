package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/reporttest"
	"whyport/services"
)

func TestJSONKeepsItsPromise(t *testing.T) {
	all := samples()
	all["hostile"], all["everything"], all["nothing"] = hostile, everything, func() *probe.Run { return &probe.Run{} }
	delete(all, "every-port") // as the others, only longer
	for name, make := range all {
		t.Run(name, func(t *testing.T) {
			reporttest.Validate(t, written(t, "json", make()))
		})
	}
	for _, r := range []*probe.Run{nil, iproject()} {
		failed, err := json.Marshal(report.Failed(r, services.New(), "test",
			report.Problem{Code: "output-not-writable", Message: "The file can't be written.", NextStep: "Choose another with -o."}))
		if err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, failed)
	}
}

// enum reads the values that the schema allows.
func enum(t *testing.T, name string) map[string]bool {
	t.Helper()
	var s struct {
		Defs map[string]struct{ Enum []string } `json:"$defs"`
	}
	if err := json.Unmarshal(report.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, v := range s.Defs[name].Enum {
		out[v] = true
	}
	return out
}

func TestSchemaKnowsEveryCode(t *testing.T) {
	states, reasons, owners := enum(t, "state"), enum(t, "reason"), enum(t, "party")
	for _, s := range verdict.States() {
		if !states[string(s)] {
			t.Errorf("state %q is not in the schema", s)
		}
	}
	for _, r := range verdict.Reasons() {
		if !reasons[string(r)] {
			t.Errorf("reason %q is not in the schema", r)
		}
	}
	for _, p := range parties {
		if !owners[string(p)] {
			t.Errorf("party %q is not in the schema", p)
		}
	}
	if len(states) != len(verdict.States()) || len(reasons) != len(verdict.Reasons()) || len(owners) != len(parties) {
		t.Errorf("report/schema.json has %d states, %d reasons and %d parties, the program %d, %d and %d: is one gone, or not in the schema?",
			len(states), len(reasons), len(owners), len(verdict.States()), len(verdict.Reasons()), len(parties))
	}
}

// TestJSONOfTheDesign looks up the fields that scripts were promised.
func TestJSONOfTheDesign(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(written(t, "json", iproject()), &doc); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{
		"schema_version": "1.5", "tool.name": "whyport", "tool.version": "test", "started": "2026-01-02T03:04:05.678Z", "duration_ms": 2345.6,
		"interrupted": false, "source.hostname": "desk-17", "source.addresses.0": "10.1.0.2", "source.proxy": nil,
		"requirement.mode": "any", "requirement.met": true,
		"targets.0.input": "server.example", "targets.0.resolution.addresses.0": server, "targets.0.resolution.reason": nil,
		"targets.0.summary": "1 of 5 ports usable: 443 (https); 20, 80 are filtered at hop 2 or next; 2000 (cisco-sccp) is blocked at hop 2; " +
			"2001 (dc) is blocked, possibly at hop 3.", "targets.0.recommended_port": 443.0, "targets.0.accepts_every_port": false,
		"targets.0.ports.0.address": server, "targets.0.ports.0.port": 20.0, "targets.0.ports.0.protocol": "tcp",
		"targets.0.ports.0.service.name": "ftp-data", "targets.0.ports.0.service.class": "well-known",
		"targets.0.ports.0.state": "filtered", "targets.0.ports.0.reason": "no-response", "targets.0.ports.0.usable": false,
		"targets.0.ports.0.where.party": "local-network", "targets.0.ports.0.where.hop": 2.0, "targets.0.ports.0.where.address": "10.0.0.1",
		"targets.0.ports.0.where.name": "fw.corp.example", "targets.0.ports.0.where.confidence": "likely",
		"targets.0.ports.0.attempts": 6.0, "targets.0.ports.0.answered": 0.0, "targets.0.ports.0.connect_ms": nil,
		"targets.0.ports.0.duration_ms": 1760.0, "targets.0.ports.0.icmp": nil, "targets.0.ports.0.tls": nil, "targets.0.ports.0.banner": nil,
		"targets.0.ports.0.path.distance": 4.0, "targets.0.ports.0.path.last_reply_hop": 2.0, "targets.0.ports.0.path.hops.0.rtt_ms": 0.4,
		"targets.0.ports.0.path.hops.0.address": "10.1.0.1", "targets.0.ports.0.evidence.0.step": "tcp-connect",
		"targets.0.ports.0.evidence.0.signal": "silent",
		"targets.0.ports.2.tls.state":         "ok", "targets.0.ports.2.tls.version": "TLS 1.3", "targets.0.ports.2.tls.verification.name_ok": true,
		"targets.0.ports.2.tls.inspection": nil, "targets.0.ports.2.tls.certificate.dns_names.0": "server.example",
		"targets.0.ports.2.connect_ms": 31.2, "targets.0.ports.2.source": "10.1.0.2:50422",
		"targets.0.ports.4.icmp.code": 13.0, "targets.0.ports.4.icmp.from": "198.51.100.1",
	} {
		if got, ok := lookup(doc, path); !ok || got != want {
			t.Errorf("%s = %v (present: %v), want %v", path, got, ok, want)
		}
	}
}

func lookup(v any, path string) (any, bool) {
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[key]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i := int(key[0] - '0')
			if i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

func TestTheSchemaIsStrict(t *testing.T) {
	good := string(written(t, "json", iproject()))
	for _, change := range [][2]string{
		{`"state": "filtered"`, `"state": "dropped"`}, {`"reason": "no-response"`, `"reason": "silence"`},
		{`"party": "local-network"`, `"party": "lan"`}, {`"attempts": 6`, `"attempts": "6"`}, {`"port": 443`, `"port": 0`},
		{`"usable": false,`, ``}, {`"usable": false`, `"usible": false`}, {`"started": "2026-01-02T`, `"started": "2026-01-02 `},
		{`"schema_version": "1.5"`, `"schema_version": "2.0"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s is not in the sample", change[0])
			continue
		}
		if rec := (&recorder{TB: t}); true {
			reporttest.Validate(rec, []byte(bad))
			if !rec.failed {
				t.Errorf("the schema allows %s", change[1])
			}
		}
	}
}

// recorder is a test whose failure is looked for.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Helper()               {}

func TestNDJSON(t *testing.T) {
	r := iproject()
	var b bytes.Buffer
	n := stream(t, "ndjson", &b, r)
	for i, res := range r.Targets[0].Results {
		if err := n.Add(res); err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(b.Bytes(), []byte("\n")); lines != i+1 {
			t.Fatalf("%d lines after %d results", lines, i+1)
		}
	}
	if err := n.Finish(r); err != nil {
		t.Fatal(err)
	}
	reporttest.ValidateLines(t, b.Bytes())
	var types []string
	for line := range bytes.Lines(b.Bytes()) {
		var l struct {
			Type  string
			State string
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		types = append(types, l.Type+l.State)
	}
	if got := strings.Join(types, " "); got != "portfiltered portfiltered portopen portblocked portblocked target run" {
		t.Error(got)
	}
}

const evil = "\x1b]0;owned\a\u202e<script>|`*\xff\r\n\u200b=1+1"

// hostile is a run in which every foreign text is hostile.
func hostile() *probe.Run {
	r := everything()
	t := &r.Targets[0]
	t.Results[4].Port.Speech = &evidence.Speech{}
	r.Hostname, t.Target.Input, t.Target.Host = evil, "="+evil, evil
	t.Resolution = fullResolution(evil)
	t.Resolution.Server = evil
	for i := range t.Results {
		sp := t.Results[i].Port.Speech
		if sp == nil {
			continue
		}
		sp.Banner = &evidence.Banner{Bytes: bytes.Repeat([]byte(evil), 1000)}
		sp.Identified, sp.Product = evil, "M\u00fcnchen \u6771\u4eac \U0001f600"
		sp.HTTP = &evidence.HTTP{Status: 200, Server: evil, Location: evil, Via: evil}
		if c := sp.TLS; c != nil {
			c.ServerName, c.Version, c.CipherSuite, c.ALPN, c.Alert, c.Problem = evil, evil, evil, evil, evil, evil
			if c.Verification != nil {
				c.Verification.Authority = evil
			}
			if c.Certificate != nil {
				c.Certificate.Subject, c.Certificate.Issuer, c.Certificate.SHA256 = strings.Repeat(evil, 5000), evil, evil
				c.Certificate.DNSNames = []string{evil, strings.Repeat(evil, 5000)}
			}
			if c.Inspection != nil {
				c.Inspection.By = evil
			}
		}
	}
	for a := range t.Hosts[ip(server)].Names {
		t.Hosts[ip(server)].Names[a] = evil
	}
	return r
}

// everything has every field of the evidence set.
func everything() *probe.Run {
	r := iproject()
	t := &r.Targets[0]
	t.Target.Candidates[2].Host, t.Target.Candidates[2].Expect = "other.example", probe.ExpectTLS
	t.Resolution = fullResolution("blocked by policy")
	p := &t.Results[2].Port
	p.Origin = &evidence.Origin{Distance: 4, ArrivalTTL: 61,
		Short:  []evidence.Attempt{{TTL: 3, Outcome: evidence.Silent, Elapsed: 300 * ms}},
		MinTTL: []evidence.Attempt{{MinTTL: 61, Outcome: evidence.Connected, Elapsed: 31 * ms}}}
	p.Speech = &evidence.Speech{
		Asked: "tls", Connections: 2, Identified: "ftp", Product: "vsFTPd 3.0.3", Notes: []string{"listened-only"}, Elapsed: 99 * ms,
		Banner: &evidence.Banner{Bytes: []byte("220 ready\r\n"), Truncated: true, After: ms, Provoked: true},
		HTTP:   &evidence.HTTP{Status: 302, Server: "nginx", Location: "https://server.example/", Via: "1.1 proxy"},
		FTP:    &evidence.FTP{Passive: "refused", Why: "closed", Mode: "EPSV", Port: 40001, Told: "192.168.0.4"},
		TLS: &evidence.TLS{State: evidence.TLSUntrusted, ServerName: "other.example", Version: "TLS 1.2", CipherSuite: "X", ALPN: "h2",
			StartTLS: "ftp", Alert: "unknown_ca", Problem: "p", Handshake: ms, ClientCert: true, Certificate: certificate("other.example"),
			ChainLength: 3, OCSP: "good", Notes: []string{"weak-key"},
			Inspection:   &evidence.Inspection{By: "ESET", Evidence: "known-issuer", Local: true},
			Verification: &evidence.Verification{NameOK: new(true), TimeOK: new(true), SystemTrusted: new(false), PublicTrusted: new(false), Error: "unknown-authority", Authority: "Root", ExpiresInDays: new(4)},
			Variants:     []evidence.TLSVariant{{Kind: "no-name", State: evidence.TLSReset, After: ms, Alert: "internal_error"}}},
	}
	t.Target.Requirement = verdict.Requirement{Mode: verdict.ModeGroups, Groups: []verdict.Group{
		{Name: "main", Mode: verdict.Any, Members: []int{0, 1, 2}}, {Name: "more", Mode: verdict.Optional, Members: []int{3, 4}}}}
	r.Requirement = verdict.ModeGroups
	return r
}
