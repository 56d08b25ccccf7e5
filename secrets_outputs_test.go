package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whyport/probe/confine"
	"whyport/report/usage"
)

// TestSecretsReachNoReport types a link with a marker in each of its secret parts, goes through a proxy with a marker for a password, and
// looks for both in every format, the ticket, the bundle, what is made of saved reports, and what is logged.
func TestSecretsReachNoReport(t *testing.T) {
	const marker = "5ecr3t"
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	keep := t.TempDir()
	login := filepath.Join(keep, "login")
	if err := os.WriteFile(login, []byte("me:"+marker+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := "https://u:" + marker + "@127.0.0.1:1/" + marker + "?" + marker + "#" + marker
	proxied := []string{link, "--proxy", "http://" + refusingProxy(t), "--proxy-login", login}
	t.Setenv("HTTPS_PROXY", "http://me:"+marker+"@"+refusingProxy(t)) // what applications are set up with
	tried := 0
	try := func(line ...string) {
		t.Helper()
		if saidIn(t, t.TempDir(), line...); strings.Contains(written(t), marker) {
			t.Errorf("%q writes the secret", line)
		}
		tried++
	}
	for _, format := range usage.Values("format") {
		for _, extra := range [][]string{nil, {"--verbose"}, {"--redact"}, {"-o", "out.file"}} {
			try(append([]string{link, "--format", format}, extra...)...)
			try(append(proxied, append([]string{"--format", format}, extra...)...)...)
		}
	}
	for _, line := range [][]string{
		{"--ticket"}, {"--ticket", "--format", "html"}, {"--ticket", "--format", "jira"}, {"--bundle", "b.zip"}, {"--accessible"}, {"--quiet"},
		{"--proxy", "auto"}, {"--proxy", "auto", "--json"}, {"--watch", "--watch-interval", "1", "--until", "closed", "--max-time", "2"},
	} {
		try(append([]string{link}, line...)...)
		if line[0] != "--proxy" {
			try(append(proxied, line...)...)
		}
	}
	try("egress", link, "-p", "1")
	saved := filepath.Join(keep, "saved.json")
	saidIn(t, keep, append(proxied, "--json", "-o", saved)...)
	for _, line := range [][]string{{"show", saved}, {"show", saved, "--format", "html"}, {"show", saved, "--ticket"}, {"compare", saved, saved},
		{"compare", saved, saved, "--json"}, {"show", link}, {"compare", link, saved}, {"explain", link}} {
		try(line...)
	}
	if tried < 100 {
		t.Errorf("only %d command lines", tried)
	}
}

// saidIn runs the program in a folder, and keeps what it says there.
func saidIn(t *testing.T, dir string, args ...string) {
	t.Helper()
	t.Chdir(dir)
	out, err := os.Create("said.out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	errOut, err := os.Create("said.err")
	if err != nil {
		t.Fatal(err)
	}
	defer errOut.Close()
	t.Setenv(confine.Switch, confine.Off) // it would confine the tests, too
	run(append([]string{"whyport"}, args...), strings.NewReader(""), out, errOut)
}

// written is all that is in the files of the folder, in those within a bundle, and what is encoded in them.
func written(t *testing.T) string {
	t.Helper()
	var all bytes.Buffer
	files, err := filepath.Glob("*")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
		if z, err := zip.NewReader(bytes.NewReader(text), int64(len(text))); err == nil {
			for _, f := range z.File {
				in, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(&all, in); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return strings.ReplaceAll(all.String(), base64.StdEncoding.EncodeToString([]byte("me:5ecr3t")), "5ecr3t")
}

// refusingProxy asks for a login, and repeats what it was given.
func refusingProxy(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go func() {
				defer c.Close()
				asked := make([]byte, 4096)
				for {
					n, err := c.Read(asked)
					if err != nil {
						return
					}
					_, login, _ := strings.Cut(string(asked[:n]), "Proxy-Authorization: ")
					login, _, _ = strings.Cut(login, "\r\n")
					_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required "+login+"\r\nProxy-Authenticate: Basic realm=\"a\"\r\n"+
						"X-Login: "+login+"\r\nContent-Length: 0\r\n\r\n")
				}
			}()
		}
	}()
	return l.Addr().String()
}
