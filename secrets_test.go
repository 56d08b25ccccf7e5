package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whyport/probe/confine"
)

// TestSecretsReachNoOutput types links with a marker in every place that takes text, and looks for it in all that is written.
func TestSecretsReachNoOutput(t *testing.T) {
	const marker = "5ecr3t"
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	list, profile := filepath.Join(dir, "list.txt"), filepath.Join(dir, "p.yaml")
	links := []string{
		"https://h/?token=5ecr3t", "mysql://h/db?password=5ecr3t", "https:/u:5ecr3t@h", "//u:5ecr3t@h/x", "u:5ecr3t@h", "https://h.example/5ecr3t",
		"https://u:5ecr3t@h.example:99999/", "https://u:5ecr3t @h.example/a b", "https://u:a/5ecr3t@h.example", "https://h.example/#5ecr3t", "h.example/5ecr3t",
		"https://u:5ecr3t@127.0.0.1:1/5ecr3t?5ecr3t#5ecr3t", "https://h/?a=443,5ecr3t",
	}
	tried := 0
	for _, link := range links {
		if err := os.WriteFile(list, []byte("# x\n"+link+"\nno server\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, yaml := range []string{"groups: [{mode: all, ports: [443], host: '" + link + "'}]", "groups: [{mode: '" + link + "', ports: [443]}]",
			"groups: [{mode: all, ports: ['" + link + "']}]", "groups: [{mode: all, ports: [443], expect: '" + link + "'}]", link + ": [", "'" + link + "': 1", "groups: " + link} {
			if err := os.WriteFile(profile, []byte(yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			said(t, marker, "127.0.0.1", "--profile-file", profile)
			tried++
		}
		for _, line := range [][]string{
			{link, "-6"}, {link, "443", "-6"}, {link, "-p", "0"}, {"check", link, link, "-4"}, {"--targets", list}, {"--targets", link}, {"127.0.0.1", "-p", link},
			{"127.0.0.1", "-p", "443," + link}, {"127.0.0.1", "-p", link, "-p", "443"}, {"127.0.0.1", "-p", link + ","}, {"127.0.0.1", "-p", link + " 80"},
			{"127.0.0.1", "--profile", link}, {"127.0.0.1", "--profile-file", link}, {"127.0.0.1", "--require", link}, {"127.0.0.1", "--tls", link},
			{"127.0.0.1", "--server-name", link}, {"127.0.0.1", "--timeout", link}, {"127.0.0.1", "--attempts", link}, {"127.0.0.1", "--rate", link},
			{"127.0.0.1", "--format", link}, {"127.0.0.1", "--color", link}, {"127.0.0.1", "-o", link, "-p", "1"}, {"127.0.0.1", "--json=" + link},
			{"127.0.0.1", "--url=" + link}, {"127.0.0.1", "-" + link}, {"127.0.0.1", "--" + link}, {"help", link}, {"services", link}, {"services", "--search", link},
			{"services", "--class", link}, {"profiles", link}, {"schema", link}, {"demo", link}, {"schema", "-o", link},
			{"https://me:5ecr3t@127.0.0.1:1/" + link, "--json", "-p", "1"}, {"https://127.0.0.1:1/5ecr3t?" + strings.TrimPrefix(link, "u:5ecr3t@"), "--verbose"},
			{"https://127.0.0.1:1/?5ecr3t", "--format", "markdown"}, {"https://127.0.0.1:1/?5ecr3t", "--format", "csv"}, {"https://127.0.0.1:1/?5ecr3t", "--format", "ndjson"},
		} {
			if file := !strings.Contains(link, "//") && !strings.Contains(link, ":/"); file && (slices.Contains(line, "--profile-file") ||
				slices.Contains(line, "--targets") || slices.Contains(line, "-o")) && !slices.Contains(line, list) {
				continue // a file can be called so
			}
			said(t, marker, line...)
			tried++
		}
	}
	if tried < 400 {
		t.Errorf("only %d command lines", tried)
	}
}

// said runs the program and fails if the marker comes out of it.
func said(t *testing.T, marker string, args ...string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	errOut, err := os.Create(filepath.Join(dir, "err"))
	if err != nil {
		t.Fatal(err)
	}
	defer errOut.Close()
	t.Setenv(confine.Switch, confine.Off) // it would confine the tests, too
	run(append([]string{"whyport"}, args...), strings.NewReader(strings.Join(args, "\n")), out, errOut)
	for _, f := range []*os.File{out, errOut} {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), marker) {
			t.Errorf("%q gives %s", args, text)
		}
	}
}
