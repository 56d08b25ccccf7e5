package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"whyport/report/format"
	"whyport/report/usage"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadmeCommands: each command line in the README is one that the program takes.
func TestReadmeCommands(t *testing.T) {
	nothing := func(*cli.Context) error { return nil }
	typed := regexp.MustCompile("(?m)`(whyport [^`]+)`|^(?:    )?(whyport .+)$").FindAllStringSubmatch(readme(t), -1)
	seen := 0
	for _, m := range typed {
		line := regexp.MustCompile(` +#| \|| > |\.\.\.`).Split(m[1]+m[2], 2)[0]
		if strings.ContainsAny(line, "<{") {
			continue
		}
		seen++
		actions := map[string]cli.ActionFunc{"": nothing}
		for _, c := range (&program{}).app().Commands {
			actions[c.Name] = nothing
		}
		app := usage.App(actions)
		app.Writer, app.ErrWriter = io.Discard, io.Discard
		args, err := usage.Arrange(app, "check", strings.Fields(strings.ReplaceAll(line, "'", "")))
		if err == nil {
			err = app.RunContext(t.Context(), args)
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if seen < 20 {
		t.Errorf("only %d command lines were found", seen)
	}
}

// TestReadmePowerShell runs the README's example for PowerShell where that is installed. Elsewhere only its names are held against a
// report: that PowerShell itself takes it is not shown then.
func TestReadmePowerShell(t *testing.T) {
	m := regexp.MustCompile("(?s)```powershell\n(.*?)```").FindStringSubmatch(readme(t))
	if m == nil {
		t.Fatal("no example")
	}
	t.Chdir(t.TempDir())
	var report struct {
		Targets []struct{ Ports []map[string]any }
	}
	saidIn(t, t.TempDir(), "127.0.0.1", "-p", "1", "--json", "-o", "report.json")
	text, err := os.ReadFile("report.json")
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil {
		t.Fatal(err)
	}
	columns := regexp.MustCompile(`Format-Table ([\w, ]+)`).FindStringSubmatch(m[1])[1]
	for _, name := range append(strings.Split(columns, ", "), regexp.MustCompile(`\$_\.(\w+)`).FindStringSubmatch(m[1])[1]) {
		if _, is := report.Targets[0].Ports[0][name]; !is {
			t.Errorf("a port of the report has no %q", name)
		}
	}
	shell, err := exec.LookPath("pwsh")
	if err != nil {
		t.Logf("only the names were checked: %v", err)
		return
	}
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, "whyport")
	}
	if err != nil {
		t.Fatal(err)
	}
	here, _ := os.Getwd()
	cmd := exec.CommandContext(t.Context(), shell, "-NoProfile", "-Command", strings.ReplaceAll(m[1], "server.example -p 443,2000,2001", "127.0.0.1 -p 1,2"))
	cmd.Env = append(os.Environ(), "PATH="+here+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "closed") != 2 {
		t.Errorf("%v: %s", err, out)
	}
}

// TestReadmeFormats: each format and each ending of a file stands in the README's table.
func TestReadmeFormats(t *testing.T) {
	_, table, _ := strings.Cut(readme(t), "| format | ending |")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, f := range format.Formats() {
		row := regexp.MustCompile(`(?m)^\|(?:[^|]*[ ,])?` + f.Name + `(?:,[^|]*)? \|.*$`).FindString(table)
		if row == "" {
			t.Errorf("README's table of formats has no %s", f.Name)
		}
		for i, ending := range f.Endings {
			if i == 0 && !strings.Contains(row, "`"+ending+"`") {
				t.Errorf("README's table of formats: %s is not at %s, but %q", ending, f.Name, row)
			}
		}
	}
}

// TestReadmeScripts runs the README's examples for scripts against an open and two closed ports.
func TestReadmeScripts(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "SSH-2.0-lab\r\n")
			defer c.Close()
		}
	}()
	_, open, _ := net.SplitHostPort(server.Addr().String())
	bin := t.TempDir()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(bin, "whyport"))
	}
	if err != nil {
		t.Skipf("no link to this program: %v", err)
	}
	ran := 0
	for _, block := range regexp.MustCompile("(?s)```(sh|python)\n(.*?)```").FindAllStringSubmatch(readme(t), -1) {
		text := strings.NewReplacer("server.example", "127.0.0.1", "443,2000,2001", "1,2,"+open).Replace(block[2])
		with := map[string][]string{"sh": {"bash", "-euc"}, "python": {"python3", "-c"}}[block[1]]
		if _, err := exec.LookPath(with[0]); err != nil {
			if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
		cmd := exec.CommandContext(t.Context(), with[0], with[1], text)
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%s\n%v: %s", text, err, errorOutput(err))
		}
		got := string(out)
		if strings.Contains(text, "first(") {
			if strings.TrimSpace(got) != open {
				t.Errorf("%s\nprints %q, want %s", text, got, open)
			}
		} else if !regexp.MustCompile(`^1\tclosed\treset\tcertain\t\S.+\n2\tclosed\treset\tcertain\t\S.+\n$`).MatchString(got) {
			t.Errorf("%s\nprints %q", text, got)
		}
		ran++
	}
	if ran < 3 {
		t.Errorf("only %d examples were found", ran)
	}
}

func errorOutput(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(exit.Stderr)
	}
	return ""
}

// TestReadmePictures: the pictures show what the program prints today (.ci/pictures draws them anew).
func TestReadmePictures(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "whyport")
	if err := os.Symlink(self, link); err != nil {
		t.Skipf("no link to this program: %v", err)
	}
	cmd := exec.CommandContext(ctx, link, "demo")
	cmd.Env = append(os.Environ(), "COLUMNS=100", "TERM=dumb", "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	demo, err := cmd.Output()
	if err != nil {
		t.Fatal(err, errorOutput(err))
	}
	blocked, err := os.ReadFile("report/testdata/iproject-color-100.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name, prints := range map[string]string{"demo": string(demo), "blocked": string(blocked)} {
		drawn, printed := prose(pictured(t, name)), prose(prints)
		if old, fresh := without(drawn, printed), without(printed, drawn); len(old)+len(fresh) > 0 || len(drawn) < 60 {
			t.Errorf("testdata/pictures/%s.svg is old: draw it anew with .ci/pictures. Only there: %q, only printed: %q", name, old, fresh)
		}
	}
}

// pictured is the text of a picture, a line for each of its text elements.
func pictured(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open("testdata/pictures/" + name + ".svg")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			b.Write(token)
		case xml.EndElement:
			if token.Name.Local == "text" {
				b.WriteByte('\n')
			}
		}
	}
}

// prose are the words of what is printed beside the table, sorted and each once, without what differs from run to run: numbers,
// times, the services that usually have such ports, the computer's name.
func prose(text string) []string {
	for _, differs := range []string{`\x1b\[[\d;]*m`, `(?m)^[|+│┌├└].*$`, `, whyport .* on .*`, `<?\d[\d.:-]*( m?s\b)?( \([a-z][^)]*\))?`, `[:,;]`} {
		text = regexp.MustCompile(differs).ReplaceAllString(text, " ")
	}
	return slices.Compact(slices.Sorted(slices.Values(strings.Fields(text))))
}

// without are the words of a that b lacks.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(w string) bool { return slices.Contains(b, w) })
}
