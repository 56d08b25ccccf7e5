//go:build unix

package remote

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// local is a client whose ssh is a program of the test: shell stands for all that ssh and the other computer's login shell do with
// the command line $cmd. HOME is a folder of the test's own, as is TMPDIR.
func local(t *testing.T, shell string) *Client {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("PATH", "/usr/bin:/bin")
	ssh := filepath.Join(t.TempDir(), "ssh")
	program(t, ssh, `while [ "$1" != -- ]; do shift; done; cmd=$3; `+shell)
	return &Client{Program: ssh, Connect: time.Second}
}

const asUsual = `exec sh -c "$cmd"`

func program(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// installed puts a program in the place of whyport into the home folder.
func installed(t *testing.T, text string) {
	program(t, filepath.Join(os.Getenv("HOME"), ".local/bin/whyport"), text)
}

func run(t *testing.T, c *Client, job *Job) (Outcome, []string) {
	t.Helper()
	h, err := ParseHost("host")
	if err != nil {
		t.Fatal(err)
	}
	if job.Within == 0 {
		job.Within = time.Minute // a bound, for slow machines: nothing waits for it
	}
	var lines []string
	found := c.Run(t.Context(), h, job, func(b []byte) { lines = append(lines, string(b)) })
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return found, lines
}

// tells prints what a program was started with.
const tells = `for a in "$@"; do printf 'arg=%s\n' "$a" | tr '\n' '~'; echo; done; echo "secret=$SECRET"
case " $* " in *hunter2*) echo seen;; esac; exit 1`

func TestArgumentsArriveAsTheyAre(t *testing.T) {
	c := local(t, asUsual)
	installed(t, tells)
	odd := []string{`'; touch "$HOME/owned"; '`, "$(id)`id`", "a b\tc", "*", `\`, "", "line\nbreak", "-x", "é"}
	found, lines := run(t, c, &Job{Flags: []string{"check", "--quiet"}, Words: odd, Env: []string{"SECRET=hunter2 'x'"}})
	want := []string{"arg=check~", "arg=--quiet~", "arg=--~"}
	for _, w := range odd {
		want = append(want, "arg="+strings.ReplaceAll(w, "\n", "~")+"~")
	}
	want = append(want, "secret=hunter2 'x'")
	if found.Kind != Done || found.Code != 1 || !slices.Equal(lines, want) {
		t.Errorf("%+v\n%q\n%q", found, lines, want)
	}
}

func TestFilesComeAlong(t *testing.T) {
	c := local(t, asUsual)
	installed(t, `case $2 in --profile-file=*) f=${2#*=}; cat "$f"; ls -ld "${f%/*}" | cut -c1-10;; esac`)
	text := "title: it's $HOME\ngroups: `x`"
	found, lines := run(t, c, &Job{Flags: []string{"check"}, Files: []File{{"--profile-file", "it's.yaml", []byte(text)}}})
	if found.Kind != Done || strings.Join(lines, "\n") != text+"\ndrwx------" {
		t.Errorf("%+v %q", found, lines)
	}
}

func TestPlaces(t *testing.T) {
	c := local(t, `echo Welcome; echo '{"not":"ours"}'; `+asUsual)
	if found, lines := run(t, c, &Job{}); found.Kind != NoProgram || !strings.Contains(found.Words, " ") || len(lines) > 0 {
		t.Errorf("nothing there: %+v %q", found, lines)
	}
	installed(t, "echo home")
	if found, lines := run(t, c, &Job{}); found.Kind != Done || !slices.Equal(lines, []string{"home"}) {
		t.Errorf("%+v %q", found, lines)
	}
	program(t, filepath.Join(os.Getenv("HOME"), "own bin/w"), "echo own")
	for _, path := range []string{"~/own bin/w", os.Getenv("HOME") + "/own bin/w"} {
		if found, lines := run(t, c, &Job{Path: path}); found.Kind != Done || !slices.Equal(lines, []string{"own"}) {
			t.Errorf("%+v %q", found, lines)
		}
	}
	if found, _ := run(t, c, &Job{Path: "/nowhere/w"}); found.Kind != NoProgram {
		t.Errorf("%+v", found)
	}
	program(t, filepath.Join(os.Getenv("HOME"), "other"), "#\nexit 0")
	os.WriteFile(filepath.Join(os.Getenv("HOME"), "other"), []byte("#!/nowhere/sh\n"), 0o755)
	if found, _ := run(t, c, &Job{Path: "~/other"}); found.Kind != NotRun || found.Words == "" {
		t.Errorf("%+v", found)
	}
}

func TestCopies(t *testing.T) {
	system := strings.TrimSpace(uname(t))
	goos, arch := systemOf(system)
	c := local(t, asUsual)
	installed(t, "echo old")
	big := []byte("#!/bin/sh\necho new $0; exit 3\n" + strings.Repeat("#\n", 1<<20))
	found, lines := run(t, c, &Job{Copy: &Copy{Program: big, OS: goos, Arch: arch}})
	if found.Kind != Done || found.Code != 3 || len(lines) != 1 || !strings.HasPrefix(lines[0], "new "+os.Getenv("TMPDIR")) {
		t.Errorf("%+v %q", found, lines)
	}
	if found, _ := run(t, c, &Job{Copy: &Copy{Program: big, OS: goos, Arch: "other"}}); found.Kind != OtherSystem || found.Words != system {
		t.Errorf("%+v", found)
	}
	t.Setenv("TMPDIR", "/nowhere")
	if found, _ := run(t, c, &Job{Copy: &Copy{Program: big, OS: goos, Arch: arch}}); found.Kind != NoFolder {
		t.Errorf("%+v", found)
	}
}

func uname(t *testing.T) string {
	c := local(t, asUsual)
	found, _ := run(t, c, &Job{}) // not there, and so says its system
	return found.Words
}

func TestFailuresAreTold(t *testing.T) {
	for name, test := range map[string]struct {
		shell, installed string
		kind             Kind
		words            string
	}{
		"denied":  {"echo 'host: Permission denied (publickey).' >&2; exit 255", "", NoLogin, "host: Permission denied (publickey)."},
		"nologin": {"echo 'This account is currently not available.'; exit 1", "", NoShell, "This account is currently not available."},
		"cmd":     {`echo "'sh' is not recognized as an internal or external command," >&2; exit 1`, "", NoShell, "'sh' is not recognized"},
		"cut off": {`exec 3<&0; eval "exec $cmd" <&3 & while [ ! -e "$HOME/up" ]; do sleep 0.05; done; sleep 0.2; kill $!; exit 255`,
			`echo one; : >"$HOME/up"; sleep 1`, BrokenOff, ""},
		"noise":      {"yes nonsense", "", TooMuch, ""},
		"flood":      {asUsual, "yes nonsense", TooMuch, ""},
		"one line":   {asUsual, "yes | tr -d '\\n'", TooMuch, ""},
		"usage":      {asUsual, "echo 'whyport: no flag' >&2; exit 2", Done, "whyport: no flag"},
		"forged end": {"cat >/dev/null & echo 'whyport-run x'; echo 'whyport-end x 0'; exit 0", "", NoShell, "whyport-run x"},
	} {
		t.Run(name, func(t *testing.T) {
			c := local(t, test.shell)
			if test.installed != "" {
				installed(t, test.installed)
			}
			found, _ := run(t, c, &Job{})
			if found.Kind != test.kind || !strings.HasPrefix(found.Words, test.words) {
				t.Errorf("%+v", found)
			}
		})
	}
	if found := (&Client{Program: "/nowhere/ssh"}).Run(t.Context(), Host{}, &Job{}, nil); found.Kind != NotStarted {
		t.Errorf("%+v", found)
	}
}

// TestInOrder: a run that is stopped says what it knows; one that takes too long is stopped.
func TestInOrder(t *testing.T) {
	c := local(t, asUsual)
	installed(t, `trap 'echo last; exit 3' TERM; echo first; while :; do sleep 0.05; done`)
	h, _ := ParseHost("host")
	for name, within := range map[string]time.Duration{"stopped": time.Minute, "too slow": 300 * time.Millisecond} {
		ctx, stop := context.WithCancel(t.Context())
		var lines []string
		begun := time.Now()
		found := c.Run(ctx, h, &Job{Within: within}, func(b []byte) {
			if lines = append(lines, string(b)); name == "stopped" {
				stop()
			}
		})
		stop()
		want := Interrupted
		if name == "too slow" {
			want = TooSlow
		}
		if found.Kind != want || found.Code != 3 || !slices.Equal(lines, []string{"first", "last"}) || time.Since(begun) > 10*time.Second {
			t.Errorf("%s: %+v %q after %v", name, found, lines, time.Since(begun))
		}
	}
}

// TestKilled: what does not end when it is told to is ended, with what it started.
func TestKilled(t *testing.T) {
	c := local(t, `sleep 60 & echo $! >"$HOME/child"; trap '' TERM; sleep 60`)
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	begun := time.Now()
	if found := c.Run(ctx, Host{}, &Job{}, nil); found.Kind != Interrupted || time.Since(begun) > grace+10*time.Second {
		t.Errorf("%+v after %v", found, time.Since(begun))
	}
	text, _ := os.ReadFile(filepath.Join(os.Getenv("HOME"), "child"))
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	state, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(child)).Output() // a dead one may still wait for its parent
	if s := strings.TrimSpace(string(state)); s != "" && s[0] != 'Z' {
		t.Errorf("what it started is still there: %q", s)
		syscall.Kill(child, syscall.SIGKILL)
	}
}

func TestParseHost(t *testing.T) {
	for text, want := range map[string][2]string{"oslo": {"oslo", ""}, "anna@oslo.example:2222": {"anna@oslo.example", "2222"},
		"192.0.2.7:22": {"192.0.2.7", "22"}, "2001:db8::7": {"2001:db8::7", ""}, "anna@[2001:db8::7]:2222": {"anna@2001:db8::7", "2222"},
		"[fe80::1%eth0]": {"fe80::1%eth0", ""}, `OFFICE\anna@oslo`: {`OFFICE\anna@oslo`, ""}, "anna@office.example@oslo": {"anna@office.example@oslo", ""}} {
		if h, err := ParseHost(text); err != nil || h.to != want[0] || h.port != want[1] {
			t.Errorf("%s: %+v %v", text, h, err)
		}
	}
	for _, text := range []string{"", "-oProxyCommand=x", "a b", "a;b", "$(x)", "a@-x", "-a@b", "@b", "a@", "a:", "a:0", "a:65536", "a:-1", "a:x",
		"[::1", "[::1]x", "[::1]:", "a\nb", "a'b", "a|b", "ä"} {
		if h, err := ParseHost(text); err == nil {
			t.Errorf("%q is taken: %+v", text, h)
		}
	}
}

func TestSystemOf(t *testing.T) {
	for uname, want := range map[string]string{"Linux x86_64": "linux/amd64", "Linux aarch64\n": "linux/arm64", "Darwin arm64": "darwin/arm64",
		"FreeBSD amd64": "freebsd/amd64", "Linux armv7l": "linux/arm", "Linux i686": "linux/386", "MINGW64_NT-10.0 x86_64": "/", "Linux vax": "linux/"} {
		if os, arch := systemOf(uname); os+"/"+arch != want {
			t.Errorf("%s: %s/%s", uname, os, arch)
		}
	}
	if (&Copy{OS: "linux"}).fits("Linux vax") {
		t.Error("an unknown system fits")
	}
}
