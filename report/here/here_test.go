package here

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/here"
	"whyport/probe/proxy"
)

// codes are all that probe/here has.
func codes(t *testing.T) (out []here.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../probe/here/findings.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, is := n.(*ast.ValueSpec); is && v.Type != nil {
			if kind, is := v.Type.(*ast.Ident); is && kind.Name == "Code" {
				text, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				out = append(out, here.Code(text))
			}
		}
		return true
	})
	return out
}

// TestSentences: each code has words, and they are whole.
func TestSentences(t *testing.T) {
	all := codes(t)
	if len(all) < 15 {
		t.Fatalf("only %d codes found", len(all))
	}
	for _, c := range all {
		f := here.Finding{Code: c, Family: evidence.IPv4, Interface: "eth0", Address: netip.MustParseAddr("10.0.0.1"), Took: time.Second,
			Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16")}, Other: here.Interface{Name: "tun0"}}
		s := Sentence(&f, &here.Facts{Portal: &here.Portal{Error: "refused"}})
		if !strings.HasSuffix(s, ".") || strings.Contains(s, "%!") || strings.Contains(s, "invalid") {
			t.Errorf("%s: %q", c, s)
		}
	}
}

func broken() *here.Facts {
	gateway := here.Outlet{Family: evidence.IPv4, Source: netip.MustParseAddr("10.0.0.5"), Interface: "wlan0\x1b[31m", Medium: evidence.WiFi,
		Gateway: netip.MustParseAddr("10.0.0.1")}
	return &here.Facts{
		Machine: here.Machine{Outside: []here.Outlet{gateway}, Interfaces: []here.Interface{{Name: "wlan0\x1b[31m", Medium: evidence.WiFi, Running: true,
			Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/24")}}}},
		Hostname: "here", Gateways: []here.Gateway{{Outlet: gateway, Answer: here.Absent}},
		NameServers: []evidence.NameAnswer{{Server: netip.MustParseAddrPort("10.0.0.1:53"), End: evidence.Unanswered}},
		Proxies:     []proxy.Set{{Source: "environment", Name: "HTTPS_PROXY", URL: "http://proxy.example:3128", Except: "localhost"}},
		Portal:      &here.Portal{URL: "http://page.example/", Verdict: here.NoPage, Error: "no route"},
	}
}

func TestPrint(t *testing.T) {
	var b bytes.Buffer
	if err := Print(&b, broken(), 80); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"broken:", "Nobody answers at the gateway's address 10.0.0.1", "None of the name servers answers", "(Wi-Fi)",
		"10.0.0.1 does not answer", "http://proxy.example:3128 (HTTPS_PROXY, environment), not for localhost", "did not come"} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
	for line := range strings.Lines(b.String()) {
		if len(strings.TrimSpace(line)) > 80 || strings.Contains(line, "\x1b") {
			t.Errorf("line %q", line)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, broken(), "test"); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Works || len(d.Findings) != 4 || *d.Ways[0].Answer != "absent" || *d.NameServers[0].Answers || *d.Interfaces[0].Medium != "wifi" {
		t.Errorf("%s", b.String())
	}
	b.Reset()
	if err := JSON(&b, &here.Facts{Offline: true}, "test"); err != nil || !strings.Contains(b.String(), `"ways": []`) {
		t.Errorf("%v %s", err, b.String())
	}
}
