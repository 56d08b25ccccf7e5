package profile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whyport/services"
	"whyport/services/mistake"
)

// text writes a profile's groups down shortly: mode: port[/udp][=expect] ...
func text(p Profile) string {
	var groups []string
	for _, g := range p.Groups {
		s := g.Mode + ":"
		for _, p := range g.Ports {
			s += " " + strconv.Itoa(int(p.Port))
			if p.Protocol != "tcp" {
				s += "/" + p.Protocol
			}
			if p.Expect != "" {
				s += "=" + p.Expect
			}
			if p.Host != "" {
				s += "@" + p.Host
			}
		}
		groups = append(groups, s)
	}
	return strings.Join(groups, "; ")
}

// The built-in profiles, as the vendors' documents named in them have it.
var want = map[string]string{
	"iproject":          "any: 20=tls 80=tls 443=tls 2000=tls 2001=tls",
	"web":               "any: 80=plain 443=tls",
	"mail-client":       "any: 465=tls 587=starttls; any: 993=tls 995=tls; optional: 25=starttls 110=starttls 143=starttls",
	"ad":                "all: 53=dns 88=kerberos 135=msrpc 389 445=smb 464=kpasswd 3268 53/udp 88/udp 389/udp 464/udp; optional: 636=tls 3269=tls 123/udp",
	"m365-teams":        "all: 443=tls; optional: 80=plain; optional: 3478/udp 3479/udp 3480/udp 3481/udp",
	"rdp":               "any: 3389=starttls 443=tls; optional: 3389/udp 3391/udp",
	"smb":               "all: 445=smb; optional: 139=smb 137/udp 138/udp",
	"print":             "any: 9100=plain 631=ipp 515=plain 443=tls; optional: 161/udp 5353/udp",
	"zoom":              "all: 443=tls; optional: 80=plain 8801 8802; optional: 443/udp 3478/udp 3479/udp 8801/udp 8802/udp 8803/udp 8804/udp 8805/udp 8806/udp 8807/udp 8808/udp 8809/udp 8810/udp",
	"meet":              "all: 443=tls; optional: 443/udp 3478/udp 19302/udp 19303/udp 19304/udp 19305/udp 19306/udp 19307/udp 19308/udp 19309/udp",
	"teamviewer":        "any: 5938 443=tls 80=plain; optional: 5938/udp",
	"citrix":            "any: 443=tls 2598 1494; optional: 80=plain 8008",
	"ssh-git":           "any: 22=ssh 443",
	"vpn":               "all: 500/udp 4500/udp; optional: 1194/udp 1701/udp 51820/udp; optional: 443=tls 1723=pptp",
	"sql":               "any: 1433=mssql 3306=mysql 5432=postgresql 1521=oracle-tns 27017=mongodb; optional: 1434/udp",
	"kubernetes":        "all: 6443=tls; optional: 2379=tls 2380=tls 10250=tls 10257=tls 10259=tls",
	"cloudflare-tunnel": "any: 7844/udp 7844=tls; optional: 443=tls",
	"voip":              "any: 5061=tls 5060=sip 5060/udp; optional: 3478/udp 3478=stun 5349=tls",
	"kafka":             "any: 9092=kafka 9093=kafka; optional: 2181=zookeeper",
	"database-cluster":  "any: 27017=mongodb 9042=cassandra 6379=redis; optional: 27018=mongodb 27019=mongodb 9142=cassandra",
	"common":            "any: 20 21 22 25 53 80 110 143 389 443 445 587 993 1433 2000 2001 3306 3389 5060 5432 8080 8443",
}

func TestBuiltin(t *testing.T) {
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if got := text(p); got != want[p.Name] {
			t.Errorf("%s\n got %s\nwant %s", p.Name, got, want[p.Name])
		}
		if p.Title == "" || p.Source == "" || p.Origin != OriginBuiltIn {
			t.Errorf("%s: title %q, source %q, origin %q", p.Name, p.Title, p.Source, p.Origin)
		}
	}
	if len(all) != len(want) {
		t.Errorf("%d profiles, want %d", len(all), len(want))
	}
	if p, err := Find("VPN"); err != nil || !strings.Contains(strings.Join(p.Notes, " "), "ESP") {
		t.Errorf("vpn says nothing of what can't be tested: %q, %v", p.Notes, err)
	}
	if _, err := Find(Default); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	p, err := parse("x", "/x.yaml", []byte(`
title: 5
notes: [one]
groups:
  - {mode: any, expect: tls, host: a.example, ports: [010, 80, "80", https, 2000-2001/udp]}
  - mode: optional
    ports:
      - port: 7
        host: b.example
      - {port: 10/udp, host: c.example}
      - {port: "22,23", expect: plain}
`))
	const groups = "any: 10=tls@a.example 80=tls@a.example 443=tls@a.example 2000/udp@a.example 2001/udp@a.example; optional: 7@b.example 10/udp@c.example 22=plain 23=plain"
	if err != nil || p.Title != "5" || p.Notes[0] != "one" || p.Origin != "/x.yaml" || text(p) != groups {
		t.Errorf("%+v, %v\n got %s\nwant %s", p, err, text(p), groups)
	}
}

func TestBadProfiles(t *testing.T) {
	const (
		file = `the profile "/x.yaml"`
		min  = "write at least: groups: [{mode: any, ports: [443, 2000-2001]}]"
		kind = "title and source are texts; notes, groups and ports are lists; a group holds mode and ports"
		yaml = "look at indentation, quotes and brackets of that line and the one before it"
		mode = "write mode: any (one port is enough), all or optional"
		one  = "name a port from 1 to 65535"
	)
	for _, c := range []struct{ text, problem, instead string }{
		{"", ": the file is empty", min},
		{"# only a comment\n", ": the file is empty", min},
		{"title: x", ": it has no groups", min},
		{"groups: []", ": it has no groups", min},
		{"hello", `, line 1, column 1: "hello" is of the wrong kind here`, kind},
		{"groups: 1", `, line 1, column 9: "1" is of the wrong kind here`, kind},
		{"title: [x]", `, line 1, column 8: "[" is of the wrong kind here`, kind},
		{"groups: [{}]", ": group 1 has no mode", mode},
		{"groups: [{mode: sum, ports: [1]}]", `, line 1, column 17: the mode of group 1 is "sum"`, mode},
		{"groups: [{mode: any}]", ", line 1, column 17: group 1 has no ports", "add a line such as ports: [443, 2000-2001, 53/udp]"},
		{"groups: [{mode: any, ports: []}]", ", line 1, column 17: group 1 has no ports", "add a line such as ports: [443, 2000-2001, 53/udp]"},
		{"groups:\n  - mode: any\n    ports: [80, 0]", ", line 3, column 17: port 0 can't be tested: nothing can listen there", one},
		{"groups:\n  - mode: any\n    ports: [80, 65536]", ", line 3, column 17: there is no port 65536", one},
		{"groups:\n  - mode: any\n    ports:\n    - 90-80", `, line 4, column 7: the range "90-80" runs backwards`, "type 80-90"},
		{"groups: [{mode: any, ports: [htps]}]", `, line 1, column 30: "htps" is neither a port nor a service's name`, "did you mean https? Otherwise name the port's number"},
		{"groups: [{mode: any, ports: [80, null]}]", ", line 1, column 30: an item of ports has no port", "write a port such as 443, or remove the item"},
		{"groups: [{mode: any, ports: [{expect: tls}]}]", ": an item of ports has no port", "write a port such as 443, or remove the item"},
		{"groups: [{mode: any, ports: [-]}]", `, line 1, column 30: "-" is an item of ports`, "write a port such as 443, or 1-65535 for all of them"},
		{"groups: [{mode: any, ports: [true]}]", ", line 1, column 30: a word or a number is expected here", "write one, such as 443"},
		{"groups: [{mode: any, ports: [{port: 9092, expect: kafak}]}]", `, line 1, column 51: nothing is known of expect: "kafak"`, "did you mean kafka?"},
		{"groups: [{mode: any, ports: [{port: 80, expect: ssl}]}]", `, line 1, column 49: nothing is known of expect: "ssl"`, "write one of tls, starttls, plain, ssh, http, a protocol such as smb, mysql or sip, or leave expect out to accept what answers"},
		{"groups: [{mode: any, ports: [{port: 53/udp, expect: tls}]}]", ", line 1, column 53: 53/udp can't be expected to speak tls, which needs TCP", "remove expect, or write the port without /udp"},
		{"groups: [{mode: any, host: a b, ports: [1]}]", `, line 1, column 28: "a b" is not a host`, "write a name or an address alone, such as relay.example"},
		{"groups: [{mode: any, name: a, ports: [1]}, {mode: any, name: A, ports: [1]}]", `, line 1, column 62: two groups have the name "A"`, "give each group a name of its own, or none"},
		{"groups: [{mode: any, expect: tls, ports: [1]}, {mode: any, ports: [1]}]", ", line 1, column 55: 1/tcp is expected to speak something else than in a group before", "write the same expect for it in both groups"},
		{"groups: [{mode: any, prots: [1]}]", `, line 1, column 22: nothing is known of a key "prots"`, "did you mean ports?"},
		{"groups: [{mode: any, ports: [{port: 1, timeout: 1}]}]", `, line 1, column 40: nothing is known of a key "timeout"`, "the keys are title, source, notes, groups, name, mode, expect, host, ports, port"},
		{"name: x", `, line 1, column 1: the key "name" does not belong here`, "at the top stand title, source, notes and groups; in a group name, mode, expect, host and ports; a profile's own name is its file's"},
		{"title: x\ntitle: y", `, line 2, column 1: the key "title" stands here twice`, "keep one of them"},
		{"groups: [{mode: any", ", line 1, column 10: this is not valid YAML (could not find flow mapping end token '}')", yaml},
		{"title: \"half", ", line 1, column 8: this is not valid YAML (could not find end character of double-quoted text)", yaml},
		{"groups: [{mode: any, ports: [80]}]\n---\ntitle: z", ": the file holds more than one YAML document", "keep one profile a file, without a line of ---"},
		{"MZ\x90\x00\x1b[31m", `, line 1, column 1: "MZ\ufffd\x00\x1b[31m" is of the wrong kind here`, kind},
	} {
		p, err := parse("x", "/x.yaml", []byte(c.text))
		u, ok := errors.AsType[*mistake.Error](err)
		if !ok {
			t.Errorf("%q: %+v, %v; want a UsageError", c.text, p, err)
			continue
		}
		if u.Problem != file+c.problem || u.Instead != c.instead {
			t.Errorf("%q\n got %s | %s\nwant %s | %s", c.text, u.Problem, u.Instead, file+c.problem, c.instead)
		}
	}
}

// userDir makes a configuration directory of the user's own.
func userDir(t *testing.T) string {
	t.Helper()
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config) // Linux
	t.Setenv("HOME", config)            // macOS
	t.Setenv("AppData", config)         // Windows
	dir := UserDir()
	if !strings.HasPrefix(dir, config) {
		t.Fatalf("UserDir() = %q", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestUserProfiles(t *testing.T) {
	dir := userDir(t)
	write(t, filepath.Join(dir, "office.yaml"), "groups: [{mode: all, ports: [8443]}]")
	write(t, filepath.Join(dir, "Web.yml"), "groups: [{mode: any, ports: [8080]}]")
	write(t, filepath.Join(dir, "broken.yaml"), "groups: [{")
	write(t, filepath.Join(dir, "twice.yaml"), "groups: [{mode: any, ports: [1]}]")
	write(t, filepath.Join(dir, "twice.yml"), "groups: [{mode: any, ports: [2]}]")
	write(t, filepath.Join(dir, "readme.txt"), "no profile")

	for name, want := range map[string]string{"office": "all: 8443", "WEB": "any: 8080", "rdp": want["rdp"]} {
		if p, err := Find(name); err != nil || text(p) != want {
			t.Errorf("Find(%q) = %s, %v; want %s", name, text(p), err, want)
		}
	}
	names := Names()
	for _, name := range []string{"office", "web", "broken", "common"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing among %q", name, names)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) || slices.Contains(names, "readme") {
		t.Errorf("Names() = %q", names)
	}
	if got := Suggest("ofice"); got != "office" {
		t.Errorf("Suggest = %q", got)
	}
	for name, problem := range map[string]string{
		"broken":    "this is not valid YAML",
		"twice":     "two files define the profile twice",
		"ipoject":   `there is no profile "ipoject"`,
		"../office": `there is no profile "../office"`,
		"":          `there is no profile ""`,
		"a\x1b[31m": `there is no profile "a\x1b[31m"`,
	} {
		p, err := Find(name)
		u, ok := errors.AsType[*mistake.Error](err)
		if !ok || !strings.Contains(u.Problem, problem) || u.Instead == "" {
			t.Errorf("Find(%q) = %+v, %v; want %q", name, p, err, problem)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "Mine.yaml")
	write(t, path, "groups: [{mode: any, ports: [443]}]")
	if p, err := Load(path); err != nil || p.Name != "mine" || p.Origin != path || text(p) != "any: 443" {
		t.Errorf("%+v, %v", p, err)
	}
	large := filepath.Join(dir, "large.yaml")
	write(t, large, strings.Repeat("# padding\n", maxFile/10+1))
	for path, problem := range map[string]string{
		filepath.Join(dir, "none.yaml"): "can't be read",
		dir:                             "can't be read",
		large:                           "larger than 256 KiB",
	} {
		_, err := Load(path)
		u, ok := errors.AsType[*mistake.Error](err)
		if !ok || !strings.Contains(u.Problem, problem) || u.Instead == "" || strings.Contains(u.Problem, "open ") {
			t.Errorf("%s: %v, want %q", path, err, problem)
		}
	}
}

func TestPathsStayReadableAndHarmless(t *testing.T) {
	for path, want := range map[string]string{
		`C:\Users\Jürgen\a.yaml`: `"C:\Users\Jürgen\a.yaml"`,
		"a\x1b[31m.yaml":         `"a\x1b[31m.yaml"`,
		"a\nb":                   `"a\nb"`,
	} {
		if got := services.ShownFile(path); got != want {
			t.Errorf("services.ShownFile(%q) = %s, want %s", path, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("groups: [{mode: any, ports: [443, {port: 53/udp, host: h}]}]")
	f.Add("a: &x [1]\ngroups: *x")
	f.Add("groups:\n- mode: all\n  expect: tls\n  ports:\n  - 1-9\n---\n")
	f.Fuzz(func(t *testing.T, in string) {
		p, err := parse("x", "/x.yaml", []byte(in))
		if err != nil {
			u, ok := errors.AsType[*mistake.Error](err)
			if !ok || u.Problem == "" || u.Instead == "" {
				t.Fatalf("%q: %v", in, err)
			}
			for _, c := range u.Problem + u.Instead {
				if c < ' ' || c > '~' {
					t.Fatalf("%q: %q would reach the terminal", in, c)
				}
			}
			return
		}
		for _, g := range p.Groups {
			if len(g.Ports) == 0 {
				t.Fatalf("%q: %+v", in, p)
			}
		}
	})
}

// What the default profile costs a program that starts.
func BenchmarkFindDefault(b *testing.B) {
	for b.Loop() {
		if _, err := Find(Default); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
