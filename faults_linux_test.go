package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/realtime"
	"whyport/report"
	"whyport/report/reporttest"
)

// mutePort accepts and says nothing, so that a run takes seconds.
func mutePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// TestSignalsAtRandomMoments: after one signal, or a second one soon after it, there is a whole report or none, and no file that was
// begun is left.
func TestSignalsAtRandomMoments(t *testing.T) {
	at, all := mutePort(t), []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
	r := rand.New(rand.NewPCG(1, 16))
	var wg sync.WaitGroup
	busy := make(chan struct{}, 8)
	reports, killed, runs := 0, 0, 200
	if testing.Short() {
		runs = 60
	}
	var mu sync.Mutex
	for i := range runs {
		signal, second, toFile := all[r.IntN(3)], i%2 == 1, i%4 < 2
		after, again := time.Duration(r.IntN(500))*time.Millisecond, time.Duration(r.IntN(20))*time.Millisecond
		dir := t.TempDir()
		args := []string{at, "--json"}
		if toFile {
			args = append(args, "-o", filepath.Join(dir, "report.json"))
		}
		wg.Go(func() {
			busy <- struct{}{}
			defer func() { <-busy }()
			s := start(t, nil, args...)
			time.Sleep(after)
			_ = s.Process.Signal(signal)
			if second {
				time.Sleep(again)
				_ = s.Process.Signal(signal)
			}
			_ = s.Wait()
			died := s.ProcessState.Sys().(syscall.WaitStatus).Signaled()
			text := s.out.Bytes()
			if toFile {
				text, _ = os.ReadFile(filepath.Join(dir, "report.json"))
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
				t.Errorf("%v after %v, second %v after %v: %v", signal, after, second, again, left)
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case len(text) > 0 && (toFile || !died):
				reports++
				reporttest.Validate(t, text)
			case died:
				killed++ // by the second, or before the program had begun to listen for any
			case s.errOut.Len() == 0:
				t.Errorf("%v after %v: neither report nor error, exit code %d", signal, after, s.ProcessState.ExitCode())
			}
		})
	}
	wg.Wait()
	if t.Logf("%d reports, %d ended at once", reports, killed); reports < runs/4 {
		t.Errorf("only %d reports of %d runs", reports, runs)
	}
}

// faults are states of a computer in which a port still gets its verdict, or is said to lack a socket where sockets are short. line
// runs "$@" in that state.
var faults = []struct {
	name, line string
	short      bool // of sockets
	root       bool // needs root, and mount namespaces
	memory     int  // bytes that a cgroup has; its folder is $MEMORY
}{
	// With fewer than 8 Go's runtime does not begin, with 8 hardly: it needs an epoll, an eventfd and files of its cgroup beside one that is read.
	{name: "9 descriptors", line: `ulimit -n 9 && exec "$@"`, short: true},
	{name: "10 descriptors", line: `ulimit -n 10 && exec "$@"`, short: true},
	{name: "20 descriptors", line: `ulimit -n 20 && exec "$@"`, short: true},
	{name: "no environment", line: `exec env -i "$@"`},
	{name: "one processor", line: `exec taskset -c 0 "$@"`},
	{name: "lowest priority", line: `exec nice -n 19 "$@"`},
	{name: "no /proc", line: `mount -t tmpfs none /proc && exec "$@"`, root: true},
	{name: "no /sys", line: `mount -t tmpfs none /sys && exec "$@"`, root: true},
	{name: "no /dev", line: `mount -t tmpfs none /dev && exec "$@"`, root: true},
	{name: "no /etc", line: `mount -t tmpfs none /etc && exec "$@"`, root: true},
	{name: "64 MB", line: `echo $$ >"$MEMORY/cgroup.procs" && exec "$@"`, memory: 64 << 20},
}

// TestFaults: nothing but the truth is said, whatever this computer lacks.
func TestFaults(t *testing.T) {
	realtime.Judge(t)
	want, ports := slowPorts(t, 24, 2*time.Second)
	whyport, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			cmd := []string{"sh", "-c", f.line, "sh", whyport, "127.0.0.1", "--json", "--no-dns", "-p", strings.Join(ports, ",")}
			if f.root {
				if os.Getuid() != 0 || exec.Command("unshare", "-m", "true").Run() != nil {
					skip(t, "needs root and mount namespaces")
				}
				cmd = append([]string{"unshare", "-m"}, cmd...)
			}
			s := &started{Cmd: exec.Command(cmd[0], cmd[1:]...)}
			s.Stdout, s.Stderr = &s.out, &s.errOut
			if f.memory > 0 {
				s.Env = append(os.Environ(), "MEMORY="+memoryGroup(t, f.memory))
			}
			if err := s.Start(); err != nil {
				t.Fatal(err)
			}
			s.ended(t, 60*time.Second, report.ExitMet)
			short := judged(t, s.out.Bytes(), want, "no-sockets")
			if t.Logf("%d of %d ports without a socket", short, len(ports)); short > 0 && !f.short {
				t.Error("sockets were not short")
			}
		})
	}
}

// memoryGroup makes a cgroup of version 2 or 1 with so much memory.
func memoryGroup(t *testing.T, bytes int) string {
	t.Helper()
	for top, limit := range map[string]string{"/sys/fs/cgroup": "memory.max", "/sys/fs/cgroup/memory": "memory.limit_in_bytes"} {
		dir := filepath.Join(top, "whyport-test-"+strconv.Itoa(os.Getpid()))
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(dir) })
		if os.WriteFile(filepath.Join(dir, limit), []byte(strconv.Itoa(bytes)), 0o644) == nil {
			return dir
		}
	}
	t.Skip("no cgroup that limits memory can be made here") // the same in CI: not every machine lets one
	return ""
}

// slowPorts are open and closed ones by number; who connects waits for a greeting that long, and keeps a descriptor meanwhile.
func slowPorts(t *testing.T, n int, greeting time.Duration) (want map[string]string, ports []string) {
	want = map[string]string{}
	for i := range n {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "port")
		t.Cleanup(func() { _ = f.Close() })
		if err := unix.Bind(fd, &unix.SockaddrInet4{}); err != nil {
			t.Fatal(err)
		}
		bound, err := unix.Getsockname(fd)
		if err != nil {
			t.Fatal(err)
		}
		port := strconv.Itoa(bound.(*unix.SockaddrInet4).Port)
		want[port], ports = "closed", append(ports, port) // nobody else gets it
		if i%3 == 0 {
			continue
		}
		want[port] = "open"
		if err := unix.Listen(fd, 1024); err != nil {
			t.Fatal(err)
		}
		l, err := net.FileListener(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for c, err := l.Accept(); err == nil; c, err = l.Accept() {
				time.AfterFunc(greeting, func() { _, _ = c.Write([]byte("SSH-2.0-test\r\n")) })
				time.AfterFunc(8*time.Second, func() { _ = c.Close() })
			}
		}()
	}
	return want, ports
}

// judged holds a report against what the ports are, and counts those that are unknown for a reason.
func judged(t *testing.T, text []byte, want map[string]string, reason string) (excused int) {
	t.Helper()
	reporttest.Validate(t, text)
	var got struct {
		Targets []struct{ Ports []json.RawMessage }
	}
	if err := json.Unmarshal(text, &got); err != nil || len(got.Targets) == 0 {
		t.Fatalf("%v %s", err, text)
	}
	for _, target := range got.Targets {
		if len(target.Ports) != len(want) {
			t.Errorf("%d ports of %d", len(target.Ports), len(want))
		}
		for _, raw := range target.Ports {
			var p struct {
				Port          int
				State, Reason string
			}
			if err := json.Unmarshal(raw, &p); err != nil {
				t.Fatal(err)
			}
			if p.State == "unknown" && p.Reason == reason {
				excused++
			} else if p.State != want[strconv.Itoa(p.Port)] {
				t.Errorf("not %s: %s", want[strconv.Itoa(p.Port)], raw)
			}
		}
	}
	return excused
}

// TestClosedStreams: a program without standard streams ends in order, and a file gets its report all the same.
func TestClosedStreams(t *testing.T) {
	at := usablePort(t)
	for _, closed := range []string{">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "report.json")
		cmd := exec.Command("sh", "-c", `exec whyport "$0" -o "$1" `+closed, at, file)
		if err := cmd.Run(); err != nil {
			t.Errorf("%s with -o: %v", closed, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v", closed, err)
			continue
		}
		reporttest.Validate(t, text)
		cmd = exec.Command("sh", "-c", `exec whyport "$0" --json `+closed, at)
		var out, errOut bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errOut
		_ = cmd.Run()
		// Go opens /dev/null in the place of what is closed, and nobody can tell that from one who wants no report but the exit code.
		if code := cmd.ProcessState.ExitCode(); code != report.ExitMet {
			t.Errorf("%s: exit code %d, %s%s", closed, code, &out, &errOut)
		}
		want := ""
		if closed == ">&-" {
			want = "is usable. Standard output goes nowhere"
		}
		if text := errOut.String(); !strings.Contains(text, want) || want == "" && text != "" {
			t.Errorf("%s: %s", closed, text)
		}
	}
	for _, unwanted := range []string{">/dev/null", ">&- -q"} {
		if text, err := exec.Command("sh", "-c", `exec whyport "$0" 2>&1 `+unwanted, at).CombinedOutput(); err != nil || len(text) > 0 {
			t.Errorf("%s: %v, %s", unwanted, err, text)
		}
	}
}
