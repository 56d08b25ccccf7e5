package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// places is a real sshd on this computer, and a configuration of ssh with aliases of it.
type places struct {
	dir, home, port string
}

// sshPlaces starts sshd, as whoever runs the tests. Its sessions have a home folder of the test's own. The program ssh that comes
// first in PATH is the system's, with the test's configuration.
func sshPlaces(t *testing.T) *places {
	t.Helper()
	needed := func(name, debian string) string {
		path, err := exec.LookPath(name)
		if err != nil {
			path, err = exec.LookPath("/usr/sbin/" + name)
		}
		if err != nil && os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatalf("%s is not installed (Debian: %s)", name, debian)
		}
		if err != nil {
			t.Skipf("%s is not installed (Debian: %s)", name, debian)
		}
		return path
	}
	sshd, ssh, keygen := needed("sshd", "openssh-server"), needed("ssh", "openssh-client"), needed("ssh-keygen", "openssh-client")
	if os.Getuid() == 0 { // it separates privileges in there
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := &places{dir: t.TempDir(), home: t.TempDir()}
	for _, key := range []string{"host", "user", "stranger"} {
		if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", p.dir+"/"+key).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, p.port, _ = net.SplitHostPort(l.Addr().String())
	l.Close()
	p.put(t, "conf", `ListenAddress 127.0.0.1:`+p.port+`
HostKey DIR/host
PidFile none
UsePAM no
StrictModes no
AuthorizedKeysFile DIR/user.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
SetEnv "HOME=`+p.home+`" "TMPDIR=`+p.home+`/tmp" PATH=/usr/bin:/bin
`)
	os.Mkdir(p.home+"/tmp", 0o700)
	p.put(t, "known", fmt.Sprintf("[127.0.0.1]:%s %s", p.port, p.get(t, "host.pub")))
	p.put(t, "wrong", fmt.Sprintf("[127.0.0.1]:%s %s", p.port, p.get(t, "stranger.pub")))
	mute, err := net.Listen("tcp4", "127.0.0.1:0") // accepts by its queue, and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	_, silent, _ := net.SplitHostPort(mute.Addr().String())
	p.put(t, "config", `Host closed
  Port 1
Host mute
  Port `+silent+`
Host changed
  UserKnownHostsFile DIR/wrong
Host unknown-key
  UserKnownHostsFile /dev/null
Host denied
  PubkeyAuthentication no
Host jumped
  ProxyJump oslo
Host beyond
  ProxyJump closed
Host *
  HostName 127.0.0.1
  Port `+p.port+`
  IdentityFile DIR/user
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile DIR/known
  GlobalKnownHostsFile /dev/null
`)
	p.put(t, "ssh", "#!/bin/sh\nexec "+ssh+" -F DIR/config \"$@\"\n")
	t.Setenv("PATH", p.dir+":"+os.Getenv("PATH"))
	server := exec.Command(sshd, "-D", "-e", "-f", p.dir+"/conf")
	var log bytes.Buffer
	server.Stderr, server.WaitDelay = &log, time.Second
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	for try := 0; ; try++ {
		c, err := net.Dial("tcp4", "127.0.0.1:"+p.port)
		if err == nil {
			c.Close()
			return p
		}
		if try > 100 {
			t.Fatalf("sshd does not listen: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (p *places) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(strings.ReplaceAll(text, "DIR", p.dir)), 0o700); err != nil {
		t.Fatal(err)
	}
}

func (p *places) get(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// install puts a program into the home folder as whyport; "" is this one.
func (p *places) install(t *testing.T, text string) {
	t.Helper()
	place := p.home + "/.local/bin/whyport"
	os.MkdirAll(filepath.Dir(place), 0o755)
	os.Remove(place)
	var err error
	if text == "" {
		var own string
		if own, err = exec.LookPath("whyport"); err == nil {
			err = os.Symlink(own, place)
		}
	} else {
		err = os.WriteFile(place, []byte("#!/bin/sh\n"+text), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// compared is the JSON of a check from places.
type compared struct {
	Runs []struct {
		Name, Group string
		Met         *bool
		Problem     *struct{ Code, Message string }
	}
	Ports []struct {
		Port    uint16
		Runs    []*struct{ State, Reason string }
		Meaning string
	}
}

// check runs whyport with --json and gives its exit code and comparison. Nothing is left behind at the place.
func (p *places) check(t *testing.T, args ...string) (int, compared) {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.Command("whyport", append(args, "--json")...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	cmd.Run()
	var c compared
	if err := json.Unmarshal(out.Bytes(), &c); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), errOut.String())
	}
	if left, _ := os.ReadDir(p.home + "/tmp"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return cmd.ProcessState.ExitCode(), c
}

func TestFromPlaces(t *testing.T) {
	p := sshPlaces(t)
	p.install(t, "")
	code, c := p.check(t, "127.0.0.1", "-p", p.port+",1", "--from", "offices=ssh:oslo,jumped", "--from", "here")
	if code != 0 || len(c.Runs) != 3 || len(c.Ports) != 2 {
		t.Fatalf("%d %+v", code, c)
	}
	for i, r := range c.Runs {
		if r.Problem != nil || !*r.Met || c.Ports[0].Runs[i].State != "closed" && c.Ports[1].Runs[i].State != "closed" {
			t.Errorf("%+v %+v", r, r.Problem)
		}
	}
	if code, c = p.check(t, "127.0.0.1", "-p", "1", "--from", "ssh:oslo"); code != 1 || c.Ports[0].Runs[0].Reason != "reset" {
		t.Errorf("%d %+v", code, c)
	}
	profile := filepath.Join(t.TempDir(), "it's own.yaml")
	os.WriteFile(profile, []byte("groups:\n  - mode: all\n    ports: ["+p.port+", 1]\n"), 0o644)
	if code, c = p.check(t, "127.0.0.1", "--profile-file", profile, "--from", "ssh:oslo"); code != 1 || len(c.Ports) != 2 {
		t.Errorf("a profile's file: %d %+v", code, c)
	}
	if code, c = p.check(t, "127.0.0.1", "-p", p.port, "--from-path", "~/.local/bin/whyport", "--from", "ssh:root@127.0.0.1:"+p.port); os.Getuid() == 0 && code != 0 {
		t.Errorf("user, port and path: %d %+v", code, c.Runs[0].Problem)
	}
}

// TestFromFailures: a place without a result is unknown, with the words of ssh or of the program there, and holds nobody up.
func TestFromFailures(t *testing.T) {
	p := sshPlaces(t)
	p.install(t, "")
	begun := time.Now()
	code, c := p.check(t, "127.0.0.1", "-p", p.port, "--max-time", "2", "--from", "ssh:oslo,closed,mute,changed,unknown-key,denied,beyond")
	want := []string{"", "Connection refused", "timed out", "has changed", "Host key verification failed", "Permission denied", "Connection refused"}
	for i, r := range c.Runs {
		switch {
		case want[i] == "" && r.Problem == nil:
		case r.Problem == nil || r.Problem.Code != "no-login" || !strings.Contains(r.Problem.Message, want[i]):
			t.Errorf("%s: %+v", r.Name, r.Problem)
		case c.Ports[0].Runs[i].State != "unknown":
			t.Errorf("%s: %+v", r.Name, c.Ports[0].Runs[i])
		}
	}
	if took := time.Since(begun); code != 3 || took > 8*time.Second {
		t.Errorf("code %d after %v", code, took)
	}
	for text, want := range map[string]string{
		"echo 'whyport: whyport check has no flag \"--mtu\"' >&2; exit 2\n": "refused.*has no flag",
		"echo nonsense\n": "unreadable.*not JSON", "exit 0\n": "unreadable.*said nothing",
		"echo '{\"schema_version\":\"9.0\",\"targets\":[]}'\n": "unreadable.*newer version", "kill -9 $$\n": "failed",
	} {
		p.install(t, text)
		code, c := p.check(t, "127.0.0.1", "-p", "1", "--from", "ssh:oslo")
		if r := c.Runs[0].Problem; code != 3 || r == nil || !regexp.MustCompile("(?s)"+want).MatchString(r.Code+" "+r.Message) {
			t.Errorf("%q: %d %+v", text, code, r)
		}
	}
	p.install(t, `echo '{"type":"port","target":{"index":0,"input":"127.0.0.1","host":"127.0.0.1"},"address":"127.0.0.1","port":1,"protocol":"tcp","state":"closed","reason":"reset","usable":false,"new":1}
{"type":"target","index":0,"input":"127.0.0.1","host":"127.0.0.1","requirement":{"mode":"any","met":false}}
{"type":"run","schema_version":"1.0","started":"2026-01-02T03:04:05Z","source":{"hostname":"old"},"requirement":{"mode":"any","met":false}}'; exit 1
`)
	if code, c := p.check(t, "127.0.0.1", "-p", "1", "--from", "ssh:oslo"); code != 1 || c.Ports[0].Runs[0].State != "closed" {
		t.Errorf("an older schema: %d %+v", code, c)
	}
}

func TestFromPush(t *testing.T) {
	p := sshPlaces(t)
	code, c := p.check(t, "127.0.0.1", "-p", p.port, "--from", "ssh:oslo")
	if r := c.Runs[0].Problem; code != 3 || r == nil || r.Code != "no-program" {
		t.Fatalf("%d %+v", code, r)
	}
	if code, c = p.check(t, "127.0.0.1", "-p", p.port, "--from", "ssh:oslo,jumped", "--push"); code != 0 {
		t.Errorf("%d %+v %+v", code, c.Runs[0].Problem, c.Runs[1].Problem)
	}
}

// TestFromMany: fifty places, sixteen at a time.
func TestFromMany(t *testing.T) {
	p := sshPlaces(t)
	p.install(t, "")
	var hosts []string
	for i := range 50 {
		hosts = append(hosts, fmt.Sprintf("office-%d", i))
	}
	begun := time.Now()
	code, c := p.check(t, "127.0.0.1", "-p", "1", "--from", "offices=ssh:"+strings.Join(hosts, ","))
	if code != 1 || len(c.Runs) != 50 || len(c.Ports) != 1 || !strings.HasPrefix(c.Ports[0].Meaning, "Fails from 50 of 50 offices") {
		t.Errorf("%d %+v", code, c.Ports)
	}
	t.Logf("fifty places in %v", time.Since(begun))
}

// TestFromInterrupted: Ctrl-C ends the tests there in order, and what is known by then is shown.
func TestFromInterrupted(t *testing.T) {
	p := sshPlaces(t)
	p.install(t, "")
	slow := p.home + "/slow"
	os.WriteFile(slow, []byte(`#!/bin/sh
trap 'echo ended >>"$HOME/ended"; exit 3' TERM
echo '{"type":"port","target":{"index":0,"input":"127.0.0.1","host":"127.0.0.1"},"address":"127.0.0.1","port":1,"protocol":"tcp","state":"closed","reason":"reset","usable":false}'
touch "$HOME/begun"
while :; do sleep 0.1; done
`), 0o755)
	var out, errOut bytes.Buffer
	cmd := exec.Command("whyport", "127.0.0.1", "-p", "1", "--from", "ssh:oslo,kiel", "--from-path", slow, "--from-parallel", "1")
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	exists := func(name string) bool { _, err := os.Stat(p.home + name); return err == nil }
	for try := 0; !exists("/begun") && try < 100; try++ {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	begun := time.Now()
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	if cmd.ProcessState.ExitCode() != 3 || time.Since(begun) > 4*time.Second || !exists("/ended") {
		t.Errorf("%v after %v: ended there: %v\n%s", cmd.ProcessState, time.Since(begun), exists("/ended"), errOut.String())
	}
	for _, want := range []string{"closed", "unknown", "oslo: interrupted", "kiel: interrupted"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q:\n%s", want, out.String())
		}
	}
}

// TestFromSecrets: what is secret is on no command line, here or there.
func TestFromSecrets(t *testing.T) {
	p := sshPlaces(t)
	p.install(t, `tr '\0' ' ' </proc/$$/cmdline >"$HOME/seen"; echo "$WHYPORT_PROXY_LOGIN $WHYPORT_SNMP_COMMUNITY" >"$HOME/got"; exit 3
`)
	p.put(t, "ssh", "#!/bin/sh\nprintf '%s ' \"$@\" >DIR/typed\nexec /usr/bin/ssh -F DIR/config \"$@\"\n")
	p.put(t, "login", "anna:hunter2")
	p.put(t, "community", "s3cret's")
	t.Setenv("WHYPORT_PROXY_LOGIN", "other:not-sent")
	p.check(t, "127.0.0.1", "-p", "1", "--from", "ssh:oslo", "--proxy", "http://127.0.0.1:1", "--proxy-login", p.dir+"/login",
		"--snmp-community", p.dir+"/community")
	seen, _ := os.ReadFile(p.home + "/seen")
	got, _ := os.ReadFile(p.home + "/got")
	for _, secret := range []string{"hunter2", "s3cret", "not-sent"} {
		if strings.Contains(string(seen)+p.get(t, "typed"), secret) {
			t.Errorf("%q is on a command line: %s %s", secret, seen, p.get(t, "typed"))
		}
	}
	if string(got) != "anna:hunter2 s3cret's\n" || !strings.Contains(string(seen), "--proxy=http://127.0.0.1:1") {
		t.Errorf("%q %q", got, seen)
	}
}
