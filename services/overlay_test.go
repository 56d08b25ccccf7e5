package services

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whyport/services/mistake"
)

func overlay(t testing.TB, text string) *Overlay {
	t.Helper()
	o, err := ReadOverlay(strings.NewReader(text), SourceUser)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOverlayLiesOverTheRegistry(t *testing.T) {
	system, err := ReadOverlay(strings.NewReader("http 80/tcp web2 # The web\nhttps 443/tcp\nportal 8443/tcp\n"), SourceSystem)
	if err != nil {
		t.Fatal(err)
	}
	r := New(system, nil, overlay(t, "Intranet\t8443/TCP gate # our   portal\r\nrdp 13389/tcp\n"))
	for _, c := range []struct {
		port uint16
		want Service
	}{
		{80, Service{"http", 80, 80, "tcp", "The web", "Web without encryption (HTTP)", Assigned, SourceSystem}},
		{443, Service{"https", 443, 443, "tcp", "http protocol over TLS/SSL", "Web with encryption (HTTPS)", Assigned, SourceSystem}},
		{8443, Service{"Intranet", 8443, 8443, "tcp", "our portal", "Web with encryption, second choice", Assigned, SourceUser}},
		{13389, Service{"rdp", 13389, 13389, "tcp", "", "", Unassigned, SourceUser}},
		{22, Service{"ssh", 22, 22, "tcp", "The Secure Shell (SSH) Protocol", "Remote login and file transfer (SSH, SFTP)", Assigned, SourceIANA}},
	} {
		if got := r.Lookup(c.port, "tcp"); got != c.want {
			t.Errorf("Lookup(%d)\n got %+v\nwant %+v", c.port, got, c.want)
		}
	}
	if got, want := r.Names(8443, "tcp"), []string{"Intranet", "gate", "portal", "pcsync-https", "https-alt"}; !slices.Equal(got, want) {
		t.Errorf("Names(8443) = %q, want %q", got, want)
	}
	if got, err := r.ParsePorts("rdp,gate"); err != nil || !slices.Equal(got, []Endpoint{{13389, "tcp"}, {8443, "tcp"}}) {
		t.Errorf("ports by the user's names: %v, %v", got, err)
	}
	if got := r.Suggest("intrnet"); got != "Intranet" {
		t.Errorf("Suggest = %q", got)
	}
	if got := r.Search("our portal"); len(got) == 0 || got[0].Port != 8443 {
		t.Errorf("Search = %+v", got)
	}
}

func TestFirstLineOfAPortNamesIt(t *testing.T) {
	r := New(overlay(t, "one 9999/tcp uno\ntwo 9999/tcp dos\n"))
	if got, want := r.Names(9999, "tcp")[:4], []string{"one", "uno", "two", "dos"}; !slices.Equal(got, want) {
		t.Errorf("Names = %q, want %q", got, want)
	}
}

func TestMalformedLines(t *testing.T) {
	for line, want := range map[string]string{
		"lonely":                  `"lonely" has no port`,
		"a 80":                    `"80" is not a port with a protocol`,
		"a 80/":                   `"80/" is not a port with a protocol`,
		"a /tcp":                  `"/tcp" is not a port with a protocol`,
		"a 65536/tcp":             "ports are 1-65535",
		"a -1/tcp":                "ports are 1-65535",
		"a b c/tcp":               `"b" is not a port with a protocol`,
		"a 8x/tcp":                `"8x/tcp" is not a port with a protocol`,
		"esc\x1b[31m 80":          `"80" is not a port with a protocol`,
		"\x1b[31m":                `"\x1b[31m" has no port`,
		strings.Repeat("x", 70e3): "longer than 64 KiB",
	} {
		o := overlay(t, "good 9998/tcp\n"+line+"\nlater 9999/tcp\n")
		if len(o.Problems) != 1 || o.Problems[0].Line != 2 || !strings.Contains(o.Problems[0].Text, want) {
			t.Errorf("%.20q: %+v, want %q in line 2", line, o.Problems, want)
		}
		if s := New(o).Lookup(9998, "tcp"); s.Name != "good" {
			t.Errorf("%.20q made the rest useless: %+v", line, s)
		}
	}
}

func TestLinesThatAreRightAndOfNoUse(t *testing.T) {
	o := overlay(t, "\ufeff# comment\n\n   \nrtmp 1/ddp\nspr-itunes 0/tcp\nlast 9999/tcp # no newline")
	if len(o.Problems) != 0 || len(o.entries) != 1 {
		t.Errorf("problems %+v, entries %+v", o.Problems, o.entries)
	}
}

func TestUnreadableOverlay(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("a 80/tcp\n"), failing{})
	for name, in := range map[string]io.Reader{"failing": broken, "binary": strings.NewReader("MZ\x00\x01 80/tcp\n")} {
		_, err := ReadOverlay(in, SourceUser)
		if u, ok := errors.AsType[*mistake.Error](err); !ok || u.Problem == "" || u.Instead == "" {
			t.Errorf("%s: %v is no mistake.Error with both sentences", name, err)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestLoad(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config) // Linux
	t.Setenv("HOME", config)            // macOS
	t.Setenv("AppData", config)         // Windows
	path := UserFile()
	if filepath.Base(path) != "services" || !strings.HasPrefix(path, config) {
		t.Fatalf("UserFile() = %q", path)
	}
	if p := Load().Problems(); slices.ContainsFunc(p, func(p Problem) bool { return p.File == path }) {
		t.Errorf("a user's file that does not exist is reported: %+v", p)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("portal 8443/tcp\nnonsense\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := Load()
	if s := r.Lookup(8443, "tcp"); s.Name != "portal" || s.Source != SourceUser {
		t.Errorf("the user's file does not lie over the registry: %+v", s)
	}
	if !slices.ContainsFunc(r.Problems(), func(p Problem) bool { return p.File == path && p.Line == 2 }) {
		t.Errorf("problems: %+v", r.Problems())
	}
	if _, err := os.Stat(SystemFile()); err == nil {
		if s := r.Lookup(22, "tcp"); s.Name != "ssh" || s.Source != SourceSystem {
			t.Errorf("%s is not read: %+v", SystemFile(), s)
		}
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	p := Load().Problems()
	if i := slices.IndexFunc(p, func(p Problem) bool { return p.File == path }); i < 0 || !strings.Contains(p[i].Text, "can't be read") {
		t.Errorf("a directory in place of the file: %+v", p)
	}
}

func FuzzReadOverlay(f *testing.F) {
	f.Add("http 80/tcp www # web\n")
	f.Add("a 65536/tcp\n\x00\n#\n b 1/udp")
	f.Add("a 1/tcp\na 1/tcp x y z #")
	f.Add("\x1b")
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ReadOverlay(strings.NewReader(text), SourceUser)
		if err != nil {
			if u, ok := errors.AsType[*mistake.Error](err); !ok || u.Instead == "" {
				t.Fatalf("%v says nothing to people", err)
			}
			return
		}
		r := New(o)
		for _, e := range o.entries {
			s := r.Lookup(e.service.Port, e.service.Protocol)
			if s.Port == 0 || s.Name == "" || s.Source != SourceUser || len(r.ByName(s.Name)) == 0 {
				t.Fatalf("%+v answers %+v", e, s)
			}
		}
		for _, p := range o.Problems {
			if p.Line < 1 || p.Text == "" || strings.ContainsAny(p.Text, "\x1b\n\r") {
				t.Fatalf("problem %+v", p)
			}
		}
	})
}
