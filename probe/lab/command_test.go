//go:build linux

package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func (l *Lab) dialUDP(t *testing.T, to netip.AddrPort) net.Conn {
	t.Helper()
	var conn net.Conn
	l.Client(func() (err error) {
		conn, err = net.Dial("udp", to.String())
		return err
	})
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	return conn
}

var remoteFuncs = Funcs{
	"dial":  Call(dialFromGoroutine),
	"panic": Call(func(context.Context, int) (int, error) { panic("as told") }),
	"fail":  Call(func(context.Context, int) (int, error) { return 0, errors.New("as told") }),
	"who": Call(func(context.Context, int) (string, error) {
		status, err := os.ReadFile("/proc/self/status")
		return string(status), err
	}),
}

// dialFromGoroutine dials on many goroutines: each of them has to be in the namespace.
func dialFromGoroutine(ctx context.Context, addresses []string) (map[string]string, error) {
	type pair struct{ address, result string }
	results := make(chan pair)
	for _, a := range addresses {
		go func() {
			conn, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", a)
			if err != nil {
				results <- pair{a, err.Error()}
				return
			}
			defer conn.Close()
			results <- pair{a, "connected from " + conn.LocalAddr().(*net.TCPAddr).IP.String()}
		}()
	}
	all := map[string]string{}
	for range addresses {
		p := <-results
		all[p.address] = p.result
	}
	return all, nil
}

func TestRemote(t *testing.T) {
	t.Parallel()
	l := New(t)
	l.Listen("server", 80, Hold)
	var addresses []string
	for _, family := range families {
		addresses = append(addresses, to(l, "server", family, 80).String(), to(l, "server", family, 81).String())
	}
	got, err := Remote[map[string]string](t.Context(), l, "dial", addresses)
	if err != nil {
		t.Fatal(err)
	}
	for a, result := range got {
		want := "connected from " + l.Addr("client", 4).String()
		if strings.HasPrefix(a, "[") {
			want = "connected from " + l.Addr("client", 6).String()
		}
		if strings.HasSuffix(a, ":81") {
			want = "connection refused"
		}
		if !strings.HasSuffix(result, want) {
			t.Errorf("%s: %q, want %q", a, result, want)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d results, want 4", len(got))
	}
}

func TestRemoteErrors(t *testing.T) {
	t.Parallel()
	l := New(t, Routers(1))
	for name, want := range map[string]string{"panic": "panic: as told", "fail": "as told", "nonsense": "no function of that name"} {
		if _, err := Remote[int](t.Context(), l, name, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Remote[map[string]string](ctx, l, "dial", []string{"10.1.0.99:1"}); err == nil {
		t.Error("no error after the context ended")
	}
}

func TestUnprivileged(t *testing.T) {
	t.Parallel()
	l := New(t, Routers(1))
	check := func(how, status string) {
		t.Helper()
		for _, want := range []string{`Uid:\t65534\t65534\t65534\t65534`, `Gid:\t65534\t65534\t65534\t65534`, `Groups:[\t ]*\n`,
			`CapInh:\t0+\n`, `CapPrm:\t0+\n`, `CapEff:\t0+\n`, `CapAmb:\t0+\n`} {
			if !regexp.MustCompile(want).MatchString(status) {
				t.Errorf("%s: no %q in\n%s", how, want, status)
			}
		}
	}
	out, err := l.Command(t.Context(), "cat", "/proc/self/status").Output()
	if err != nil {
		t.Fatal(err)
	}
	check("Command", string(out))
	status, err := Remote[string](t.Context(), l, "who", 0)
	if err != nil {
		t.Fatal(err)
	}
	check("Remote", status)
	if err := l.Command(t.Context(), "touch", filepath.Join(l.dir, "x")).Run(); err == nil {
		t.Error("the user may write into the lab's directory")
	}
	if out, err := l.Command(t.Context(), "sh", "-c", "pwd; echo $HOME; touch x").CombinedOutput(); err != nil {
		t.Errorf("the user may not write into his home: %v\n%s", err, out)
	}
}

func TestCommandRunsInTheNamespaceAndPublishes(t *testing.T) {
	l := New(t, SecondServer())
	script := filepath.Join(t.TempDir(), "devices")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nls /proc/self/net/dev_snmp6; exit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := l.Command(t.Context(), script).Output()
	exit := &exec.ExitError{}
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || string(out) != "lo\nto-r1\n" {
		t.Errorf("%q, %v; want the client's devices and exit code 3", out, err)
	}
	out, _ = l.CommandAt(t.Context(), "server2", script).Output()
	if string(out) != "lo\nto-r3\n" {
		t.Errorf("server2: %q", out)
	}
}

// TestBuild compiles a program, runs it against a reject and reads its JSON.
func TestBuild(t *testing.T) {
	l := New(t)
	source := filepath.Join(t.TempDir(), "main.go")
	err := os.WriteFile(source, []byte(`package main
import ("encoding/json"; "net"; "os"; "strings")
func main() {
	_, err := net.Dial("tcp", os.Args[1])
	json.NewEncoder(os.Stdout).Encode(map[string]any{"uid": os.Getuid(), "no_route": strings.Contains(err.Error(), "no route to host")})
	os.Exit(1)
}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	program := Build(t, source)
	l.Rule("r2", Forward, "tcp dport 443", RejectAnyAdmin)
	out, err := l.Command(t.Context(), program, to(l, "server", 4, 443).String()).Output()
	exit := &exec.ExitError{}
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("error %v, want exit code 1", err)
	}
	var got struct {
		UID     int  `json:"uid"`
		NoRoute bool `json:"no_route"`
	}
	if err := json.Unmarshal(out, &got); err != nil || got.UID != nobody || !got.NoRoute {
		t.Errorf("%s: %+v, %v", out, got, err)
	}
}

func TestPublishKeepsFilesOfOneNameApart(t *testing.T) {
	l := New(t, Routers(1))
	var paths []string
	for i := range 2 {
		from := filepath.Join(t.TempDir(), "same")
		if err := os.WriteFile(from, fmt.Append(nil, i), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, l.Publish(from))
	}
	paths = append(paths, l.PublishBytes("same", []byte("2")))
	out, err := l.Command(t.Context(), "cat", paths...).Output()
	if err != nil || string(out) != "012" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestStaleDirectories: what a killed process left behind goes, and what a living one uses stays.
func TestStaleDirectories(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if err := os.Chmod(filepath.Dir(os.TempDir()), 0o755); err != nil {
		t.Fatal(err)
	}
	os.Chmod(os.TempDir(), 0o755)
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(os.TempDir(), fmt.Sprintf("%s%d-x", dirPrefix, dead.Process.Pid))
	living := filepath.Join(os.TempDir(), fmt.Sprintf("%s%d-x", dirPrefix, os.Getpid()))
	for _, dir := range []string{stale, living} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	New(t, Routers(1))
	if _, err := os.Stat(stale); err == nil {
		t.Error("the dead process's directory is still there")
	}
	if _, err := os.Stat(living); err != nil {
		t.Error("a living process's directory is gone")
	}
}

// TestTwoLabs: labs of several test packages do not disturb each other.
func TestTwoLabs(t *testing.T) {
	t.Parallel()
	a, b := New(t), New(t)
	a.Listen("server", 80, Hold)
	a.Rule("r1", Forward, "tcp dport 81", RejectAnyAdmin)
	if r := a.Connect("client", to(a, "server", 4, 80), ConnectOptions{}); r.Errno != 0 {
		t.Errorf("first lab: %+v", r)
	}
	for _, port := range []uint16{80, 81} {
		if r := b.Connect("client", to(b, "server", 4, port), ConnectOptions{}); r.Offender.IsValid() || r.Errno == 0 {
			t.Errorf("second lab, port %d: %+v, want a refusal by its own server", port, r)
		}
	}
}

func TestCallRefusesWrongArguments(t *testing.T) {
	f := Call(func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	if got, err := f(t.Context(), json.RawMessage("21")); err != nil || got != 42 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := f(t.Context(), json.RawMessage(`"x"`)); err == nil {
		t.Error("a string was taken for a number")
	}
}
