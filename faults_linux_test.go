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
	reports, killed := 0, 0
	var mu sync.Mutex
	for i := range 200 {
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
	if t.Logf("%d reports, %d ended at once", reports, killed); reports < 50 {
		t.Errorf("only %d reports of 200 runs", reports)
	}
}

// TestFewDescriptors: with 10 to 20 descriptors a port gets its verdict or is said to lack a socket, and nothing else is said of it.
func TestFewDescriptors(t *testing.T) {
	want := map[string]string{}
	var ports []string
	for i := range 24 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		state := "open"
		if i%3 == 0 {
			state = "closed"
			_ = l.Close()
		} else {
			t.Cleanup(func() { _ = l.Close() })
			go func() {
				for c, err := l.Accept(); err == nil; c, err = l.Accept() {
					time.AfterFunc(2*time.Second, func() { _, _ = c.Write([]byte("SSH-2.0-test\r\n")) }) // each keeps its descriptor
					time.AfterFunc(8*time.Second, func() { _ = c.Close() })
				}
			}()
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		want[port], ports = state, append(ports, port)
	}
	for _, n := range []int{8, 10, 20} {
		const limited = `ulimit -n "$0" && exec whyport 127.0.0.1 --json --no-dns -p "$1"`
		s := &started{Cmd: exec.Command("sh", "-c", limited, strconv.Itoa(n), strings.Join(ports, ","))}
		s.Stdout, s.Stderr = &s.out, &s.errOut
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		s.ended(t, 60*time.Second, report.ExitMet)
		reporttest.Validate(t, s.out.Bytes())
		var got struct {
			Targets []struct {
				Ports []struct {
					Port          int
					State, Reason string
				}
			}
		}
		if err := json.Unmarshal(s.out.Bytes(), &got); err != nil || len(got.Targets) != 1 || len(got.Targets[0].Ports) != len(ports) {
			t.Fatalf("%d descriptors: %v %s", n, err, &s.out)
		}
		short := 0
		for _, p := range got.Targets[0].Ports {
			if p.State == "unknown" && p.Reason == "no-sockets" {
				short++
			} else if p.State != want[strconv.Itoa(p.Port)] {
				t.Errorf("%d descriptors: %d is %s, not %s", n, p.Port, p.State, want[strconv.Itoa(p.Port)])
			}
		}
		t.Logf("%d descriptors: %d of %d ports without a socket", n, short, len(ports))
	}
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
