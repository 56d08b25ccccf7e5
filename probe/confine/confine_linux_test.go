package confine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// asked is what the helper is to do: confinement is for good, so a process of its own tries it.
type asked struct {
	Needs Needs
	Run   []string // NAME or VERB:NAME, see try
}

const helper = "WHYPORT_TEST_CONFINED"

func TestMain(m *testing.M) {
	text := os.Getenv(helper)
	if text == "" {
		os.Exit(m.Run())
	}
	var a asked
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		panic(err)
	}
	var threads, done sync.WaitGroup
	begun := make(chan struct{})
	found := make([]string, 6)
	for i := range found { // threads that are there before: all of them are to be confined
		threads.Add(1)
		done.Go(func() {
			runtime.LockOSThread()
			threads.Done()
			<-begun
			found[i] = try(a.Run[0])
		})
	}
	threads.Wait()
	state, err := Begin(a.Needs)
	close(begun)
	done.Wait()
	for _, f := range found[1:] {
		if f != found[0] {
			fmt.Println("threads differ:", found)
		}
	}
	fmt.Println(state.Confines(), err)
	for _, r := range a.Run {
		fmt.Println(r, try(r))
	}
}

// try does one thing that a process may want, and says whether it may.
func try(what string) string {
	verb, name, _ := strings.Cut(what, " ")
	var err error
	switch verb {
	case "read":
		_, err = os.ReadFile(name)
	case "list":
		_, err = os.ReadDir(name)
	case "write":
		err = os.WriteFile(name, []byte("new"), 0o600)
	case "create":
		var f *os.File
		if f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			err = f.Close()
		}
	case "move":
		from, to, _ := strings.Cut(name, " ")
		err = os.Rename(from, to)
	case "exec":
		// os/exec would open the null device, which is denied, too; an empty environment, or the helper itself begins anew.
		var p *os.Process
		if p, err = os.StartProcess(name, []string{name}, &os.ProcAttr{Env: []string{}, Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}); err == nil {
			_, err = p.Wait()
		}
	case "dial":
		var c net.Conn
		if c, err = net.Dial("tcp", name); err == nil {
			err = c.Close()
		}
	default:
		err = fmt.Errorf("%q is no verb", verb)
	}
	switch {
	case err == nil:
		return "may"
	case errors.Is(err, fs.ErrPermission):
		return "may not"
	}
	return err.Error()
}

// confined is what a confined process may do, in the order of what it tries.
func confined(t *testing.T, n Needs, env []string, run ...string) map[string]string {
	t.Helper()
	if !Available().Confines() {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(Available())
		}
		t.Skip(Available())
	}
	text, err := json.Marshal(asked{n, run})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(append(os.Environ(), helper+"="+string(text)), env...)
	out, err := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != len(run)+1 || lines[0] != "true <nil>" {
		t.Fatalf("%v: %s", err, out)
	}
	may := map[string]string{}
	for i, r := range run {
		may[r] = strings.TrimPrefix(lines[i+1], r+" ")
	}
	return may
}

func expect(t *testing.T, may map[string]string, want string, what ...string) {
	t.Helper()
	for _, w := range what {
		if may[w] != want {
			t.Errorf("%s: %q, want %q", w, may[w], want)
		}
	}
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// What was not named can't be opened, nothing can be started, and the network stays as it was.
func TestNothingBesideWhatWasNamed(t *testing.T) {
	dir := t.TempDir()
	named, secret := file(t, dir+"/named", "x"), file(t, dir+"/secret", "x")
	folder, script := filepath.Dir(file(t, dir+"/folder/below/file", "x")), file(t, dir+"/script", "#!/bin/sh\n")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	read, denied := "read "+named, "read "+secret
	tried := []string{denied, "list " + dir, "write " + named, "create " + dir + "/fresh", "write " + folder + "/file", "move " + named + " " + dir + "/moved",
		"exec /bin/true", "exec " + script, "read /root/.profile"}
	allowed := []string{read, "read " + folder + "/file", "list " + folder, "read /etc/hosts", "read /proc/self/net/tcp", "list /sys/class/net",
		"dial " + l.Addr().String()}
	if _, err := os.ReadFile("/root/.profile"); err != nil {
		tried = tried[:len(tried)-1]
	}
	may := confined(t, Needs{Read: []string{named, dir + "/folder", dir + "/missing"}}, nil, append(tried, allowed...)...)
	expect(t, may, "may not", tried...)
	expect(t, may, "may", allowed...)
	for _, before := range tried { // without it the same user may do all of that, so that the test can fail
		if verb, _, _ := strings.Cut(before, " "); verb == "read" || verb == "exec" {
			if got := try(before); got != "may" {
				t.Errorf("unconfined %s: %s", before, got)
			}
		}
	}
}

// The file of -o is put into its place, and nothing else of its folder can be opened, not even below it.
func TestFileIsPutInItsPlace(t *testing.T) {
	dir := t.TempDir()
	from, to, other := file(t, dir+"/out.1.tmp", "new"), file(t, dir+"/out", "old"), file(t, dir+"/below/other", "x")
	tried := []string{"read " + other, "write " + other, "read " + to, "write " + dir + "/fresh"}
	allowed := []string{"read " + from, "write " + to, "move " + from + " " + to}
	may := confined(t, Needs{Replace: &Replace{from, to}}, nil, append(tried, allowed...)...)
	expect(t, may, "may not", tried...)
	expect(t, may, "may", allowed...)
	if text, _ := os.ReadFile(to); string(text) != "new" {
		t.Errorf("in its place: %q", text)
	}
}

// A folder's files may be read though they are replaced later, as those of /etc are, and links lead where they lie.
func TestFilesThatComeLater(t *testing.T) {
	dir := t.TempDir()
	elsewhere, link := file(t, dir+"/elsewhere/real", "x"), dir+"/etc/link"
	old, fresh := file(t, dir+"/etc/resolv.conf", "old"), file(t, dir+"/etc/fresh", "fresh")
	if err := os.Symlink("../elsewhere/real", link); err != nil {
		t.Fatal(err)
	}
	n := Needs{Read: []string{dir + "/etc"}, Replace: &Replace{fresh, old}}
	may := confined(t, n, nil, "read "+old, "move "+fresh+" "+old, "read "+old, "read "+link, "read "+elsewhere)
	expect(t, may, "may", "read "+old, "move "+fresh+" "+old, "read "+link, "read "+elsewhere)
}

// Certificates that the environment names are read wherever they are, and those that a folder of certificates has links to.
func TestCertificatesOfTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	single, hashed := file(t, dir+"/ca.pem", "x"), file(t, dir+"/corp/root.pem", "x")
	beside := file(t, dir+"/corp/other", "x")
	folder := filepath.Dir(file(t, dir+"/certs/x.pem", "x"))
	if err := os.Symlink(hashed, folder+"/12345678.0"); err != nil {
		t.Fatal(err)
	}
	env := []string{"SSL_CERT_FILE=" + single, "SSL_CERT_DIR=" + dir + "/missing:" + folder}
	may := confined(t, Needs{}, env, "read "+beside, "read "+single, "read "+folder+"/x.pem", "read "+folder+"/12345678.0")
	expect(t, may, "may", "read "+single, "read "+folder+"/x.pem", "read "+folder+"/12345678.0")
	expect(t, may, "may not", "read "+beside)
}

func TestSwitchedOff(t *testing.T) {
	t.Setenv(Switch, Off)
	if state, err := Begin(Needs{}); state != SwitchedOff || state.Confines() || err != nil {
		t.Error(state, err)
	}
	if got := try("exec /bin/true"); got != "may" {
		t.Error(got)
	}
}
