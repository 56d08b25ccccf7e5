package shell

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// asked are what stands before the cursor, and what a shell must offer among others; "" is a file.
var asked = map[string]string{
	"whyport --form":              "--format",
	"whyport explain no-resp":     "no-response",
	"whyport h --format=jun":      "--format=junit",
	"whyport h -p 443,https-w":    "443,https-wmap",
	"whyport profiles mail-cl":    "mail-client",
	"whyport show the-saved-repo": "the-saved-report.json",
	"whyport listen 443,https-w":  "443,https-wmap",
	"whyport h --from he":         "here",
	"whyport h --bundle the-s":    "the-saved-report.json",
	"whyport exporter --print ru": "rules",
	"whyport help eg":             "egress",
	"whyport h --proxy pa":        "pac:",
}

// shellBy runs what a real shell makes of a command line.
func shellBy(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = home(t)
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "PATH="+cmd.Dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// home has the program, and a file to offer.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "whyport"), "whyport")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "the-saved-report.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFish(t *testing.T) {
	script := "whyport completion fish | source\n"
	for line, want := range asked {
		script += "complete -C '" + line + "' | string match -q '*" + want + "*'; or echo 'not offered: " + line + "'\n"
	}
	if out := shellBy(t, "fish", "--no-config", "-c", script); out != "" {
		t.Error(out)
	}
}

// TestBash: bash itself puts words in for what the function sets; files are its own default where that sets nothing.
func TestBash(t *testing.T) {
	script := `source <(whyport completion bash)
ask() { COMP_LINE=$1 COMP_POINT=${#1} _whyport; printf '%s: %s\n' "$1" "${COMPREPLY[*]}"; }
`
	for line := range asked {
		script += "ask '" + line + "'\n"
	}
	script += "complete -p whyport"
	out := shellBy(t, "bash", "--norc", "-c", script)
	for line, want := range asked {
		if strings.HasSuffix(want, ".json") {
			want = "" // bash's own
		}
		_, want, _ = strings.Cut("="+want, "=") // what stands before "=" is not asked for again
		if i := strings.LastIndexByte(want, '='); i >= 0 {
			want = want[i+1:]
		}
		if !strings.Contains(out, line+": "+want+"\n") && (want == "" || !strings.Contains(out, line+": "+want+" ")) {
			t.Errorf("%s: want %q in\n%s", line, want, out)
		}
	}
	if !strings.Contains(out, "-o default") {
		t.Error("no files are offered")
	}
}

// TestZsh types into a real zsh on a pseudo-terminal and reads the line that it makes.
func TestZsh(t *testing.T) {
	script := `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1='> '; autoload -U compinit; compinit -u -D; source <(whyport completion zsh)"
zpty -w z "shown() { print -r -- \"DONE: \$BUFFER|\"; BUFFER= }; zle -N shown; bindkey '^T' shown; print REA''DY"
zpty -r -m z out '*READY*'
for line in "$@"; do
	zpty -w -n z "$line"$'\t\x14'
	zpty -r -m z out '*DONE: *\|*'
	print -r -- "$out"
done
`
	lines := []string{}
	for line := range asked {
		lines = append(lines, line)
	}
	out := shellBy(t, "zsh", append([]string{"-f", "-c", script, "zsh"}, lines...)...)
	for line, want := range asked {
		words := strings.Fields(line)
		words[len(words)-1] = want
		if full := "DONE: " + strings.Join(words, " "); !strings.Contains(out, full) {
			t.Errorf("%s: no %q in\n%q", line, full, out)
		}
	}
}

// TestManual: groff reads the page without a complaint, and what is typed stays as it is.
func TestManual(t *testing.T) {
	app := &cli.App{Name: "whyport", Usage: "which ports", UsageText: "whyport TARGET\n\n   A target is 'a name'.",
		Commands: []*cli.Command{{Name: "check", Usage: "test", UsageText: "whyport check", Description: "whyport check .hidden\n.x \\n --json", CustomHelpTemplate: "x\nExit codes:\n   7  odd\n",
			Flags: []cli.Flag{&cli.StringFlag{Name: "ports", Aliases: []string{"p"}, Usage: "`LIST` of ports"}}}}}
	var page bytes.Buffer
	if err := WriteManual(&page, Manual{App: app, Version: "v1.2.3", Date: "2026-01-02", Exit: "0  fine"}); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("groff")
	if err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	cmd := exec.Command(path, "-man", "-Tascii", "-P-c", "-P-b", "-P-u", "-ww")
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = &page, &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		t.Fatalf("%v: %s", err, said.String())
	}
	for _, want := range []string{"-p, --ports LIST", ".x \\n --json", "whyport v1.2.3", "0  fine", "no-response", "7  odd", "profiles/NAME.yaml"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
