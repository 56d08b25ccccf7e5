package report_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/reporttest"
)

// recordedProxy is a case of the judge's tests.
func recordedProxy(t *testing.T, name string) evidence.Port {
	t.Helper()
	b, err := os.ReadFile("../probe/verdict/testdata/hand_" + name + ".json")
	var c struct{ Port evidence.Port }
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.Port
}

// besides is a port that the gateway drops, and what a proxy made of it.
func besides(through evidence.Port) *probe.Run {
	r := silentAt(through.Port)
	res := &r.Targets[0].Results[0]
	res.Through = &probe.Through{Port: through, Verdict: verdict.Judge(&through, nil)}
	r.Proxy = through.Proxied.Proxy
	return r
}

// silentAt is a run with one port that is silent behind the gateway.
func silentAt(port uint16) *probe.Run {
	a := ip(server)
	walk := &evidence.Walk{To: netip.AddrPortFrom(a, port), Protocol: evidence.TCP, Hops: []evidence.Hop{
		{TTL: 1, Addr: ip("10.1.0.1"), RTT: ms, ICMP: &evidence.ICMP{Type: 11, From: ip("10.1.0.1")}}, {TTL: 2}, {TTL: 3}}}
	p := evidence.Port{Addr: a, Port: port, Protocol: evidence.TCP, Walk: walk, Attempts: []evidence.Attempt{{
		Source: netip.AddrPortFrom(ip(client), 50379), Outcome: evidence.Silent, Elapsed: 500 * ms}}}
	host := &evidence.Host{Addr: a, Own: []netip.Addr{ip("10.1.0.2")}}
	return run(probe.TargetRun{Target: target("server.example", port), Resolution: evidence.Resolution{Addresses: []netip.Addr{a}},
		Hosts: map[netip.Addr]*evidence.Host{a: host}, Results: []probe.Result{{Port: p, Verdict: verdict.Judge(&p, host)}}})
}

// TestDirectAndThrough: both ways stand side by side, in the table as in JSON.
func TestDirectAndThrough(t *testing.T) {
	for name, want := range map[string][]string{
		"proxy-spoke": {"direct: dropped at 10.1.0.1 (hop 1", "through proxy.example:3128: works", "; through the proxy proxy.example:3128 it works.",
			"Set the application's proxy to http://proxy.example:3128."},
		"proxy-socks5-ruleset": {"direct: dropped at 10.1.0.1", "through proxy.example:1080: refused by the proxy", "SOCKS5 code 2"},
		"proxy-407":            {"through proxy.example:3128: the proxy wants a login (Negotiate, NTLM)", "through the proxy it does not work either"},
	} {
		r := besides(recordedProxy(t, name))
		text := strings.Join(strings.Fields(string(written(t, "table", r))), " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", name, w, written(t, "table", r))
			}
		}
		b := written(t, "json", r)
		reporttest.Validate(t, b)
		var doc struct {
			Source  struct{ Proxy string }
			Targets []struct {
				Ports []struct {
					State   string
					Via     any
					Through struct {
						State string
						Via   struct{ Proxy string }
					}
				}
			}
		}
		if err := json.NewDecoder(bytes.NewReader(b)).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		p := doc.Targets[0].Ports[0]
		if p.State != "filtered" || p.Via != nil || p.Through.State == "" || p.Through.Via.Proxy != doc.Source.Proxy {
			t.Errorf("%s: %+v", name, doc)
		}
	}
}

// TestProxyCases: every recorded case about proxies has sentences that read well, and valid JSON.
func TestProxyCases(t *testing.T) {
	files, _ := filepath.Glob("../probe/verdict/testdata/hand_proxy-*.json")
	if len(files) < 20 {
		t.Fatalf("%d cases", len(files))
	}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "hand_"), ".json")
		p := recordedProxy(t, name)
		r := run(probe.TargetRun{Target: target("server.example", p.Port), Resolution: evidence.Resolution{ByProxy: true},
			Results: []probe.Result{{Port: p, Verdict: verdict.Judge(&p, nil)}}})
		r.Proxy = p.Proxied.Proxy
		b := written(t, "json", r)
		reporttest.Validate(t, b)
		var doc struct {
			Targets []struct {
				Summary string
				Ports   []struct {
					Finding, Why string
					NextStep     *string `json:"next_step"`
				}
			}
		}
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		said := doc.Targets[0].Ports[0]
		checkSentence(t, name+" why", said.Why, 400)
		checkSentence(t, name+" summary", doc.Targets[0].Summary, 400)
		if said.NextStep != nil {
			checkSentence(t, name+" next step", *said.NextStep, 420)
		}
		if len(said.Finding) > 100 {
			t.Errorf("%s: finding %q", name, said.Finding)
		}
		if text := string(written(t, "table", r)); !strings.Contains(text, said.Finding[:12]) {
			t.Errorf("%s: the table does not say %q:\n%s", name, said.Finding, text)
		}
	}
}
