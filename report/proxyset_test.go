package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/reporttest"
)

// onTheScreen is a table on one line.
func onTheScreen(t *testing.T, r *probe.Run) string {
	t.Helper()
	return strings.Join(strings.Fields(string(written(t, "table", r))), " ")
}

// TestWhereAProxyIsSet: the report says what names a proxy, whether it helps or not.
func TestWhereAProxyIsSet(t *testing.T) {
	for name, want := range map[string]string{
		"proxy-spoke":          "through the proxy proxy.example:3128 (set in GNOME's settings) it works.",
		"proxy-socks5-ruleset": "this proxy is set in GNOME's settings.",
	} {
		p := recordedProxy(t, name)
		p.Proxied.From = "GNOME's settings"
		r := besides(p)
		if text := onTheScreen(t, r); !strings.Contains(text, want) {
			t.Errorf("%s: %q is not in\n%s", name, want, text)
		}
		b := written(t, "json", r)
		reporttest.Validate(t, b)
		var doc struct {
			Targets []struct {
				Ports []struct {
					Through struct{ Via struct{ From string } }
				}
			}
		}
		if err := json.Unmarshal(b, &doc); err != nil || doc.Targets[0].Ports[0].Through.Via.From != "GNOME's settings" {
			t.Errorf("%s: %v %+v", name, err, doc)
		}
	}
}

// TestUndecidedBeside: a PAC file that can't be used takes nothing from what the direct way showed.
func TestUndecidedBeside(t *testing.T) {
	r := besides(recordedProxy(t, "proxy-undecided"))
	r.Proxy = ""
	text := onTheScreen(t, r)
	for _, want := range []string{"dropped at 10.1.0.1", `which proxy leads there can't be told: the PAC file http://pac.example/proxy.pac can't be used: line 7`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	reporttest.Validate(t, written(t, "json", r))
}

// TestRelayedForSome: a large run says of how many ports the proxy was not asked.
func TestRelayedForSome(t *testing.T) {
	r := besides(recordedProxy(t, "proxy-spoke"))
	r.Targets[0].Relayed = probe.Relayed{Asked: 64, Left: 936}
	if text := onTheScreen(t, r); !strings.Contains(text, "Of the 1000 ports that the direct way does not reach, 64 were asked for through the proxy") {
		t.Error(text)
	}
	r.Targets[0].Relayed.Left = 0
	if text := onTheScreen(t, r); strings.Contains(text, "were asked for through the proxy") {
		t.Error(text)
	}
}

// TestProxyInspects: who opens TLS of a tunnel is said to stand on the way through the proxy, also beside the direct way.
func TestProxyInspects(t *testing.T) {
	p := recordedProxy(t, "proxy-spoke")
	p.Port = 443
	p.Speech = &evidence.Speech{TLS: &evidence.TLS{State: evidence.TLSOK, Version: "TLS 1.3", Verification: &evidence.Verification{
		NameOK: new(true), TimeOK: new(true), SystemTrusted: new(true), PublicTrusted: new(false)},
		Inspection: &evidence.Inspection{By: "Company Web Gateway", Evidence: evidence.UnrelatedNames}}}
	const want = "opened and signed again on the way through the proxy proxy.example:3128, most likely, by Company Web Gateway"
	if text := onTheScreen(t, besides(p)); !strings.Contains(text, want) {
		t.Errorf("beside: %s", text)
	}
	only := run(probe.TargetRun{Target: target("server.example", p.Port), Resolution: evidence.Resolution{ByProxy: true},
		Results: []probe.Result{{Port: p, Verdict: verdict.Judge(&p, nil)}}})
	if text := onTheScreen(t, only); !strings.Contains(text, want) {
		t.Errorf("only: %s", text)
	}
}
