package target

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whyport/probe/realtime"
	"whyport/services/mistake"
)

func https(name string) (uint16, bool) { return 443, name == "https" }

func TestCopiedFromATicket(t *testing.T) {
	for input, want := range map[string]string{
		"<https://server.example:8443/x?y=1>": "server.example", "\u201cserver.example\u201d": "server.example", "'192.0.2.7'": "192.0.2.7", " server.example ": "server.example",
	} {
		found, err := Parse(input, nil)
		if err != nil || len(found) != 1 || found[0].Host != want || strings.ContainsAny(found[0].Input, "<>'\u201c\u201d") {
			t.Errorf("%s: %+v, %v", input, found, err)
		}
	}
	for input, want := range map[string]string{
		":443": "type the server first: server.example:443", "https//server.example": "type https://server.example",
		"HTTP:/server.example/x": "type HTTP://server.example", "ftp/x": "type the host alone", "server.example/x": "type the host alone", "<>": "type the server's name",
	} {
		_, err := Parse(input, nil)
		if e, ok := err.(*mistake.Error); !ok || !strings.Contains(e.Instead, want) {
			t.Errorf("%s: %+v", input, err)
		}
	}
}

func TestParse(t *testing.T) {
	addr := netip.MustParseAddr
	for _, c := range []struct {
		input string
		want  Target
	}{
		{"server.example", Target{Host: "server.example", ServerName: "server.example"}},
		{"Server.EXAMPLE", Target{Host: "server.example", ServerName: "server.example"}},
		{"server.example.", Target{Host: "server.example.", ServerName: "server.example"}},
		{"localhost", Target{Host: "localhost", ServerName: "localhost"}},
		{"_ldap.my_host", Target{Host: "_ldap.my_host", ServerName: "_ldap.my_host"}},
		{"1und1.example", Target{Host: "1und1.example", ServerName: "1und1.example"}},
		{"bücher.example", Target{Host: "xn--bcher-kva.example", ServerName: "xn--bcher-kva.example"}},
		{"xn--bcher-kva.example", Target{Host: "xn--bcher-kva.example", ServerName: "xn--bcher-kva.example"}},
		{"straße.example", Target{Host: "xn--strae-oqa.example", ServerName: "xn--strae-oqa.example"}},
		{"bücher。example:25", Target{Host: "xn--bcher-kva.example", ServerName: "xn--bcher-kva.example", Port: 25}},
		{"１２７.0.0.1", Target{Host: "127.0.0.1", Addr: addr("127.0.0.1")}},
		{"192.0.2.7", Target{Host: "192.0.2.7", Addr: addr("192.0.2.7")}},
		{"192.0.2.7.", Target{Host: "192.0.2.7", Addr: addr("192.0.2.7")}},
		{"192.0.2.7:8443", Target{Host: "192.0.2.7", Addr: addr("192.0.2.7"), Port: 8443}},
		{"server.example:https", Target{Host: "server.example", ServerName: "server.example", Port: 443}},
		{"2001:db8::443", Target{Host: "2001:db8::443", Addr: addr("2001:db8::443")}},
		{"[2001:DB8::7]", Target{Host: "2001:db8::7", Addr: addr("2001:db8::7")}},
		{"[2001:db8::7]:25", Target{Host: "2001:db8::7", Addr: addr("2001:db8::7"), Port: 25}},
		{"::ffff:192.0.2.7", Target{Host: "192.0.2.7", Addr: addr("192.0.2.7")}},
		{"fe80::1%eth0", Target{Host: "fe80::1%eth0", Addr: addr("fe80::1%eth0")}},
		{"[fe80::1%3]:22", Target{Host: "fe80::1%3", Addr: addr("fe80::1%3"), Port: 22}},
		{"https://server.example/login?next=http://x:1/", Target{Input: "https://server.example", Host: "server.example", ServerName: "server.example", Port: 443, Expect: "tls", Page: true}},
		{"HTTPS://server.example:8443#top", Target{Input: "HTTPS://server.example:8443", Host: "server.example", ServerName: "server.example", Port: 8443, Expect: "tls", Page: true}},
		{"http://[2001:db8::7]:8080/", Target{Input: "http://[2001:db8::7]:8080", Host: "2001:db8::7", Addr: addr("2001:db8::7"), Port: 8080, Expect: "http"}},
		{"http://[fe80::1%25eth0]/", Target{Input: "http://[fe80::1%eth0]", Host: "fe80::1%eth0", Addr: addr("fe80::1%eth0"), Port: 80, Expect: "http"}},
		{"ssh://server.example", Target{Host: "server.example", ServerName: "server.example", Port: 22, Expect: "ssh"}},
		{"ldaps://server.example:/", Target{Input: "ldaps://server.example:", Host: "server.example", ServerName: "server.example", Port: 636, Expect: "tls"}},
		{"  server.example\t", Target{Host: "server.example", ServerName: "server.example"}},
	} {
		got, err := Parse(c.input, https)
		if err != nil {
			t.Errorf("%q: %v", c.input, err)
			continue
		}
		if c.want.Input == "" {
			c.want.Input = strings.TrimSpace(c.input)
		}
		if diff := cmp.Diff([]Target{c.want}, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", c.input, diff)
		}
	}
}

// Each wrong input is answered with what is wrong with this one and with something to type that works.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ input, problem, instead string }{
		{"", "empty", "server.example"},
		{" \t ", "empty", "server.example"},
		{"my server", "space", "whyport my server"},
		{"a,b", "several targets", "whyport a b"},
		{"host:80,443", "several ports", "host -p 80,443"},
		{"host:20-25", "more than one port", "host -p 20-25"},
		{"host:53/udp", "protocol behind the port", "host -p 53/udp"},
		{"192.0.2.7:443/tcp", "protocol behind the port", "192.0.2.7 -p 443/tcp"},
		{"host:8443/login", "behind the host", "https://host:8443"},
		{"host:", "no port", "host:443"},
		{"192.0.2.7:443:80", "more than one colon", "192.0.2.7 -p 443,80"},
		{"server.example::443", "more than one colon", "server.example -p 443"},
		{"//server.example/login", "no scheme", "https://server.example"},
		{"host:0", "1 to 65535", "host:443"},
		{"host:65536", "1 to 65535", "host:443"},
		{"host:htps", "neither a port number nor a service", "host:443"},
		{"1.2.3", "has 3 numbers", "192.0.2.7"},
		{"1.2.3.4.5", "has 5 numbers", "192.0.2.7"},
		{"1.2.3.256", "above 255", "0 to 255"},
		{"010.1.2.3", "leading zero", "type 10.1.2.3"},
		{"0x7f.0.0.0x1", "neither a name", "four decimal numbers"},
		{"8080", "is a number", "-p 8080"},
		{"0.0.0.0", "any address", "127.0.0.1"},
		{"::", "any address", "::1"},
		{"224.0.0.1", "group", "one server"},
		{"ff02::1%eth0", "group", "one server"},
		{"255.255.255.255", "group", "one server"},
		{"fe80::1", "one link only", "fe80::1%eth0"},
		{"2001:db8::1%eth0", "only link-local", "type 2001:db8::1"},
		{"fe80::1%e/0", "not", ""},
		{"2001:db8::zz", "not an IPv6 address", "[2001:db8::7]:443"},
		{"2001:db8:0:0:0:0:0:7:443", "needs brackets", "[2001:db8::7]:443"},
		{"[2001:db8::7", "closing bracket", "[2001:db8::7]"},
		{"[2001:db8::7]443", "closing bracket", "[2001:db8::7]:443"},
		{"[192.0.2.7]", "brackets", "type 192.0.2.7"},
		{"gopher://server.example", "\"gopher\"", "server.example:443"},
		{"https://", "no host", "https://server.example"},
		{"https:server.example", "incomplete URL", "https://server.example"},
		{"server.example/login", "path", "server.example"},
		{"user@server.example", "user name", "server.example"},
		{"-host", "hyphen", "check the name"},
		{"a..b", "empty part", "server.example"},
		{".", "empty part", "server.example"},
		{"*.example.com", "\"*\"", "letters, digits"},
		{strings.Repeat("a", 64) + ".example", "64 characters", "check"},
		{strings.Repeat("a.", 127) + "example", "longest", "check"},
		{"10.0.0.0/8", "16777216 addresses", "10.0.0.0/24"},
		{"2001:db8::/32", "2^96 addresses", "2001:db8::/120"},
		{"10.0.0.0/33", "prefix length", "10.0.0.0/28"},
		{"10.0.0/24", "has 3 numbers", "192.0.2.7"},
		{`\\server\share`, "Windows share", "server -p 445"},
		{strings.Repeat("x", 5000), "5000 characters", "name alone"},
	} {
		got, err := Parse(c.input, https)
		e, ok := err.(*mistake.Error)
		if !ok {
			t.Errorf("%q: no usage error: %v, %v", c.input, got, err)
			continue
		}
		if !strings.Contains(e.Problem, c.problem) || !strings.Contains(e.Instead, c.instead) || e.Instead == "" {
			t.Errorf("%q:\n  %s\n  %s\nwant %q and %q", c.input, e.Problem, e.Instead, c.problem, c.instead)
		}
	}
}

func TestRange(t *testing.T) {
	for _, c := range []struct {
		input       string
		n           int
		first, last string
	}{
		{"192.0.2.77/24", 254, "192.0.2.1", "192.0.2.254"},
		{"192.0.2.0/31", 2, "192.0.2.0", "192.0.2.1"},
		{"192.0.2.7/32", 1, "192.0.2.7", "192.0.2.7"},
		{"10.0.0.0/22", 1022, "10.0.0.1", "10.0.3.254"},
		{"2001:db8::/118", 1024, "2001:db8::", "2001:db8::3ff"},
	} {
		got, err := Parse(c.input, nil)
		if err != nil {
			t.Errorf("%s: %v", c.input, err)
			continue
		}
		if len(got) != c.n || got[0].Host != c.first || got[len(got)-1].Host != c.last {
			t.Errorf("%s: %d, %s to %s", c.input, len(got), got[0].Host, got[len(got)-1].Host)
		}
	}
}

func TestAllMergesAndKeepsOrder(t *testing.T) {
	got, err := All([]string{"b.example", "192.0.2.0/31", "B.example", "192.0.2.1", "b.example:443", "a.example"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, g := range got {
		hosts = append(hosts, g.Host)
	}
	want := []string{"b.example", "192.0.2.0", "192.0.2.1", "b.example", "a.example"}
	if diff := cmp.Diff(want, hosts); diff != "" {
		t.Error(diff)
	}
}

func TestRead(t *testing.T) {
	lines, err := Read(strings.NewReader("\ufeff# servers\r\na.example # main\r\n\r\n\tb.example:25\r\n"), "list.txt", nil)
	if diff := cmp.Diff([]string{"a.example", "b.example:25"}, lines); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, text := range []string{"\xff\xfea\x00.\x00e\x00\r\x00\n\x00", "\xfe\xff\x00a\x00.\x00e", "a\x00.\x00e\x00"} { // as PowerShell's > writes it
		if lines, err := Read(strings.NewReader(text), "list.txt", nil); err != nil || len(lines) != 1 || lines[0] != "a.e" {
			t.Errorf("%q: %v, %v", text, lines, err)
		}
	}
	for content, want := range map[string]string{
		"a.example\nb example\n":   `line 2 of "list.txt"`,
		"# nothing\n":              "empty",
		"a\x00.\x00e\x00x":         "not plain text",
		"\x00\x01":                 "not plain text",
		"\xff":                     "not plain text",
		"\xff\xfe":                 "empty",
		"ok.example\n10.0.0.0/8\n": `line 2 of "list.txt"`,
	} {
		_, err := Read(strings.NewReader(content), "list.txt", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// A list that somebody else wrote costs a moment, and its first line too many is named.
func TestListsCostAMoment(t *testing.T) {
	for name, line := range map[string]string{"ranges": "10.0.0.0/22\n", "names": "a.example\n", "international": "b\u00fccher.example\n"} {
		cost := func(lines int) (time.Duration, error) {
			spent := realtime.CPU()
			_, err := Read(strings.NewReader(strings.Repeat(line, lines)), "list.txt", nil)
			return spent(), err
		}
		few, _ := cost(20_000)
		took, err := cost(200_000)
		if took > 30*few+time.Second { // ten times as long; a hundred times where each line is held against each
			t.Errorf("%s: %v, a tenth of it %v", name, took, few)
		}
		if name == "ranges" && (err == nil || !strings.Contains(err.Error(), "line 1027 of")) {
			t.Error(err)
		}
	}
}

// Whatever is typed, the answer is a host that parses again to itself, or an error that is safe to print.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"server.example:443", "[fe80::1%eth0]:1", "https://u:p@h:1/x", "10.0.0.0/24", "bücher.example",
		"1.2.3", "::1", "a b", "\x1b[31m.example", "http://[::1%25x]", "host:https", "\u202ehost"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := Parse(in, https)
		if err != nil {
			e, ok := err.(*mistake.Error)
			if !ok || e.Problem == "" || e.Instead == "" {
				t.Fatalf("%q: %#v", in, err)
			}
			for _, r := range e.Problem + e.Instead {
				if r < ' ' || r == 0x7f || r == '\u202e' {
					t.Fatalf("%q: unprintable in %q", in, e)
				}
			}
			return
		}
		if len(got) == 0 || len(got) > MaxRange {
			t.Fatalf("%q: %d targets", in, len(got))
		}
		for _, g := range got {
			again, err := Parse(g.Host, nil)
			if err != nil || again[0].Host != g.Host || again[0].Addr != g.Addr {
				t.Fatalf("%q: host %q parses to %v, %v", in, g.Host, again, err)
			}
		}
	})
}
