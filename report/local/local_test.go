package local

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"whyport/probe/evidence"
	"whyport/probe/local"
	"whyport/services"
)

// hostile are sockets of programs whose names hold escapes, with one of everything that JSON can have.
func hostile(query string) *local.Facts {
	at := netip.MustParseAddrPort
	bad := local.Process{PID: 7, Name: "a\x1b[31m\nb", Path: "/x\x07", User: "u\u202e",
		Container: &local.Container{Engine: "Docker", ID: "id\x1b"}}
	proxy := local.Process{PID: 8, Name: "docker-proxy", User: "root",
		Forwards: &local.Forward{Protocol: evidence.TCP, From: at("0.0.0.0:8080"), To: at("172.17.0.2:80")}}
	all := []local.Socket{
		{Protocol: evidence.TCP, State: local.Waiting, Local: at("127.0.0.1:22"), Holders: []local.Process{bad},
			Queue: &local.Queue{Waiting: 9, Limit: new(8)}},
		{Protocol: evidence.UDP, State: local.Waiting, Local: at("[fe80::1%25\x1b]:53"), Device: "e\x1b", User: "root", Unit: "x\x1b.service"},
		{Protocol: evidence.TCP, State: local.Waiting, Local: at("0.0.0.0:8080"), Holders: []local.Process{proxy}},
	}
	f := &local.Facts{Query: local.Query{Text: query}, All: all, Waiting: all, WithSessions: true,
		Sessions:     []local.Socket{{Protocol: evidence.TCP, State: "established", Local: at("10.0.0.1:22"), Remote: at("10.0.0.2:4000")}},
		Outgoing:     local.PortRange{First: 32768, Last: 60999},
		Firewalls:    []local.Firewall{{Name: "nftables", State: local.Unknown, Ask: "sudo nft list ruleset"}},
		Interceptors: []local.Interceptor{{Product: "Squid", Kind: local.Proxy, Program: "squid", Ports: []netip.AddrPort{at("0.0.0.0:3128")}}}}
	return f
}

func TestPrint(t *testing.T) {
	var b bytes.Buffer
	if err := Print(&b, hostile(""), services.New(), 80); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"22/tcp at 127.0.0.1: the queue is full (9 wait, the limit is 8)", "nobody outside can reach it",
		"172.17.0.2:80",
		"x\\x1b.service", "32768-60999", "Squid: takes what programs", "without administrator rights: run sudo nft list ruleset",
		"10.0.0.2:4000"} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) && !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 80 || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("line %q", line)
		}
	}
}

// TestJSON: what is written follows the schema, whose lists of codes are the program's.
func TestJSON(t *testing.T) {
	for _, f := range []*local.Facts{hostile("22"), {}} {
		var b bytes.Buffer
		if err := JSON(&b, f, services.New(), "test"); err != nil {
			t.Fatal(err)
		}
		if err := valid(t, b.Bytes()); err != nil {
			t.Errorf("%v\n%s", err, b.String())
		}
		if strings.ContainsAny(b.String(), "\x1b\x07\u202e") {
			t.Errorf("escapes: %q", b.String())
		}
	}
	if valid(t, []byte(`{"schema_version":"1.0"}`)) == nil {
		t.Error("the schema takes what is not whole")
	}
}

func valid(t *testing.T, text []byte) error {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("local.json", document); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return compiler.MustCompile("local.json").Validate(value)
}

// TestNobody says no more than could be seen.
func TestNobody(t *testing.T) {
	ask := local.Query{Text: "53/tcp", Ports: []local.Port{{Number: 53, Protocol: evidence.TCP}}}
	udp := local.Socket{Protocol: evidence.UDP, State: local.Waiting, Local: netip.MustParseAddrPort("0.0.0.0:53"),
		Holders: []local.Process{{PID: 1, Name: "named"}}}
	f := &local.Facts{Query: ask, All: []local.Socket{udp}}
	if got := summary(f); got != "Nothing waits on TCP 53." {
		t.Error(got)
	}
	if all := next(f); !slices.Contains(all, "On 53/udp waits named: the other protocol.") {
		t.Errorf("%q", all)
	}
	f.OthersHidden = true
	if got := summary(f); got != "Nothing that you may see waits on TCP 53." {
		t.Error(got)
	}
	f.Waiting = []local.Socket{{Protocol: evidence.TCP, Local: netip.MustParseAddrPort("0.0.0.0:1")}}
	f.OthersHidden = false
	if all := next(f); !slices.Contains(all, "The program of 1 socket can't be seen: run it as administrator to see them.") {
		t.Errorf("%q", all)
	}
	f.Administrator = true
	if all := next(f); !slices.Contains(all, "The program of 1 socket can't be seen: the system hides them from this administrator, too.") {
		t.Errorf("%q", all)
	}
	f.Administrator, f.Waiting = false, nil
	f.OthersHidden, f.Query, f.All[0].Holders = false, local.Query{Text: "named", Program: "named"}, nil
	if got := summary(f); got != `No program that you may see has "named" in its name.` {
		t.Error(got)
	}
}

// TestCodes: the schema has each code that a look can end with.
func TestCodes(t *testing.T) {
	var s struct {
		Defs struct {
			Socket struct {
				Properties struct {
					Notes struct{ Items struct{ Enum []string } }
					Reach struct {
						Properties struct{ Scope struct{ Enum []string } }
					}
				}
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for _, scope := range s.Defs.Socket.Properties.Reach.Properties.Scope.Enum {
		if reach(&local.Socket{}, local.Reach{Scope: local.Scope(scope)}) == "not known" {
			t.Errorf("%s has no words", scope)
		}
	}
	if n := len(s.Defs.Socket.Properties.Notes.Items.Enum); n != 11 {
		t.Errorf("%d notes", n)
	}
}
