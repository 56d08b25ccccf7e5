package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"whyport/probe/realtime"
	"whyport/report"
)

// started runs the program; ended waits for it.
type started struct {
	*exec.Cmd
	out, errOut bytes.Buffer
}

func start(t *testing.T, change func(*exec.Cmd), args ...string) *started {
	t.Helper()
	s := &started{Cmd: exec.Command("whyport", args...)}
	s.Stdout, s.Stderr, s.Dir = &s.out, &s.errOut, t.TempDir()
	if change != nil {
		change(s.Cmd)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *started) ended(t *testing.T, within time.Duration, code int) {
	t.Helper()
	timer := time.AfterFunc(within, func() { _ = s.Process.Kill() })
	defer timer.Stop()
	_ = s.Wait()
	if got := s.ProcessState.ExitCode(); got != code {
		t.Errorf("%v: exit code %d, want %d (within %v)\n%s%s", s.Args, got, code, within, &s.out, &s.errOut)
	}
}

// usablePort is one that accepts and greets.
func usablePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go func() { _, _ = io.WriteString(c, "SSH-2.0-test\r\n"); time.Sleep(time.Second); _ = c.Close() }()
		}
	}()
	return l.Addr().String()
}

func to(name string) func(*exec.Cmd) {
	return func(c *exec.Cmd) {
		c.Stdout = nil
		if f, err := os.OpenFile(name, os.O_WRONLY, 0); err == nil {
			c.Stdout = f
		}
	}
}

// A report that can't be written is no lost diagnosis: standard error has the verdict, and the exit code says so.
func TestVerdictOutlivesAFullDisk(t *testing.T) {
	at := usablePort(t)
	for _, format := range []string{"table", "json", "ndjson", "markdown", "csv"} {
		s := start(t, nil, at, "--format", format, "-o", "/dev/full")
		s.ended(t, 20*time.Second, report.ExitNotTested)
		if text := s.errOut.String(); !strings.Contains(text, "usable") || !strings.Contains(text, "disk is full") {
			t.Errorf("-o, %s: %s", format, text)
		}
		s = start(t, to("/dev/full"), at, "--format", format)
		s.ended(t, 20*time.Second, report.ExitNotTested)
		if text := s.errOut.String(); !strings.Contains(text, "usable") || !strings.Contains(text, "disk is full") {
			t.Errorf("standard output, %s: %s", format, text)
		}
	}
	for _, args := range [][]string{{"--help"}, {"--version"}, {"check", "--help"}, {"services", "443"}, {"profiles"}, {"schema"}, {"help", "demo"}} {
		s := start(t, to("/dev/full"), args...)
		s.ended(t, 10*time.Second, report.ExitNotTested)
		if !strings.Contains(s.errOut.String(), "disk is full") {
			t.Errorf("%v: %s", args, &s.errOut)
		}
	}
}

func TestVerdictOutlivesADiskThatFills(t *testing.T) {
	if os.Getuid() != 0 || exec.Command("unshare", "-m", "true").Run() != nil {
		skip(t, "needs root and mount namespaces")
	}
	dir := t.TempDir()
	whyport, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	s := &started{Cmd: exec.Command("unshare", "-m", "sh", "-c",
		`mount -t tmpfs -o size=4k none "$0" && head -c 4096 /dev/zero >"$0/full" && "$1" "$2" --json -o "$0/report.json"; code=$?; ls "$0"; exit $code`, dir, whyport, usablePort(t))}
	s.Stdout, s.Stderr = &s.out, &s.errOut
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	s.ended(t, 20*time.Second, report.ExitNotTested)
	if !strings.Contains(s.errOut.String(), "usable") || s.out.String() != "full\n" {
		t.Errorf("left %q\n%s", &s.out, &s.errOut)
	}
}

func TestHangUpEndsInOrder(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts, so that the run takes seconds
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	for i := range 20 {
		dir := t.TempDir()
		s := start(t, nil, mute.Addr().String(), "--json", "-o", filepath.Join(dir, "report.json"))
		time.Sleep(time.Duration(i) * 15 * time.Millisecond)
		_ = s.Process.Signal(syscall.SIGHUP)
		_ = s.Wait()
		if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
			t.Errorf("after %d ms: %v", 15*i, left)
		}
	}
}

func TestNamedPipe(t *testing.T) {
	realtime.Judge(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	at := usablePort(t)
	s := start(t, nil, at, "-o", pipe)
	time.Sleep(300 * time.Millisecond)
	_ = s.Process.Signal(syscall.SIGTERM)
	s.ended(t, time.Second, report.ExitNotTested)
	if !strings.Contains(s.errOut.String(), "nobody read") {
		t.Error(s.errOut.String())
	}
	s = start(t, nil, at, "--json", "-o", pipe)
	f, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil || !strings.Contains(string(text), `"usable": true`) {
		t.Errorf("%v: %s", err, text)
	}
	s.ended(t, 10*time.Second, report.ExitMet)
}

// In a folder with the sticky bit a file of somebody else may be written, but not replaced.
func TestAnothersFileInAStickyFolder(t *testing.T) {
	if os.Getuid() != 0 {
		skip(t, "needs root, to become two users")
	}
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	whyport, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	program, folder := filepath.Join(dir, "whyport"), filepath.Join(dir, "sticky")
	if err := os.WriteFile(program, whyport, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "report.json")
	if err := os.WriteFile(file, bytes.Repeat([]byte("old"), 5000), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o666); err != nil {
		t.Fatal(err)
	}
	s := &started{Cmd: exec.Command(program, usablePort(t), "-o", file)}
	s.Stdout, s.Stderr, s.Dir = &s.out, &s.errOut, "/"
	s.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	s.ended(t, 20*time.Second, report.ExitMet)
	text, err := os.ReadFile(file)
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); err != nil || !bytes.HasPrefix(text, []byte("{")) || bytes.Contains(text, []byte("old")) || len(left) != 1 {
		t.Errorf("%v, %v, %.100s", left, err, text)
	}
}

func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}
