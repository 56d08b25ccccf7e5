package notices

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write notices.txt")

// TestNotices: the text has the licence of each module that is linked for any system, in the version that go.mod names.
func TestNotices(t *testing.T) {
	made, err := gather("../..")
	if missing := (*exec.Error)(nil); errors.As(err, &missing) && os.Getenv("WHYPORT_TEST_NOSKIP") == "" {
		t.Skip("the go command is needed to know the modules:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("notices.txt", []byte(made), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(made, text); diff != "" {
		t.Errorf("notices.txt is not what the modules say: go test ./report/notices -update\n%s", diff)
	}
}

// gather reads the licences of the modules in the main program of a folder. Modules with the same text share it.
func gather(dir string) (string, error) {
	const this = "This program"
	own, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
	if err != nil {
		return "", err
	}
	names, texts := map[string][]string{string(own): {this}}, []string{string(own)}
	found, err := modules(dir)
	if err != nil {
		return "", err
	}
	for _, m := range found {
		name, folder, _ := strings.Cut(m, "\t")
		text, err := licences(folder)
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(name, "golang.org/x/net ") { // of the same authors and with the same words
			name = "Go and its standard library, " + name
		}
		if names[text] == nil {
			texts = append(texts, text)
		}
		names[text] = append(names[text], name)
	}
	var b strings.Builder
	for _, text := range texts {
		b.WriteString("==== " + strings.Join(names[text], ", ") + "\n\n" + strings.TrimSpace(text) + "\n\n")
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}

// modules are those linked for any system of a release: path, version, tab, folder.
func modules(dir string) (all []string, err error) {
	for _, system := range []string{"linux/amd64", "linux/386", "linux/arm64", "windows/amd64", "windows/arm64", "darwin/arm64", "freebsd/amd64"} {
		goos, arch, _ := strings.Cut(system, "/")
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
		list.Dir, list.Stderr = dir, os.Stderr
		list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+arch)
		out, err := list.Output()
		if err != nil {
			return nil, err
		}
		all = append(all, strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)`)

// licences are the texts of a module's folder.
func licences(folder string) (string, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var all []string
	for _, f := range files {
		if f.IsDir() || !licenceFile.MatchString(f.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return "", err
		}
		// psx may be passed on under the BSD licence or the GPL: the first is taken, so the second's full text is left out.
		taken, _, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "-------------------------\nFull text of gpl-2.0.txt")
		all = append(all, strings.TrimSpace(taken))
	}
	if all == nil {
		return "", errors.New("no licence in " + folder)
	}
	return strings.Join(all, "\n\n"), nil
}

// TestGoIsNamed: what every program of Go contains has its notice, too.
func TestGoIsNamed(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	licence, missing := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "LICENSE"))
	if err = errors.Join(err, missing); err != nil || *update {
		t.Skip("this Go came without its licence, or the text is being made: ", err)
	}
	if !strings.Contains(text, "Go and its standard library") || !strings.Contains(text, strings.TrimSpace(string(licence))) {
		t.Error("the licence of Go is not among the notices")
	}
}
