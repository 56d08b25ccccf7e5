package main

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/realtime"
	"whyport/report"
)

// starve lets a process run for a share of the time only, as a cgroup's quota does, until it has ended.
func starve(s *started, on, off time.Duration) {
	for s.Process.Signal(syscall.SIGSTOP) == nil {
		time.Sleep(off)
		_ = s.Process.Signal(syscall.SIGCONT)
		time.Sleep(on)
	}
}

// TestStarvedRuns: with 5% of a processor, or none for seconds again and again, ports that answer are never called anything else; of
// what could not be heard it is said that it was not tested.
func TestStarvedRuns(t *testing.T) {
	realtime.Judge(t)
	want, ports := slowPorts(t, 30, 0)
	for name, run := range map[string]struct {
		on, off time.Duration
		target  string
	}{
		"5% of a processor, 62 addresses": {5 * time.Millisecond, 95 * time.Millisecond, "127.0.0.0/26"},
		"stopped for two seconds":         {20 * time.Millisecond, 2 * time.Second, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil, run.target, "--json", "--no-dns", "-p", strings.Join(ports, ","))
			go starve(s, run.on, run.off)
			_ = s.Wait()
			excused := judged(t, s.out.Bytes(), want, "not-tested")
			t.Logf("%d not tested", excused)
		})
	}
}

// TestStarvedSweep: the same for 2,000 ports of one address.
func TestStarvedSweep(t *testing.T) {
	realtime.Judge(t)
	t.Parallel()
	s := start(t, nil, "127.0.0.1", "--json", "--no-dns", "-p", "1-2000")
	go starve(s, 5*time.Millisecond, 95*time.Millisecond)
	_ = s.Wait()
	if text := s.out.String(); len(text) < 100_000 || strings.Contains(text, `"filtered"`) {
		t.Errorf("%d bytes: %s", len(text), &s.errOut)
	}
}

// TestStarvedSilence: who hardly ran says so of what stayed silent, and calls it possible only.
func TestStarvedSilence(t *testing.T) {
	realtime.Judge(t)
	t.Parallel()
	port := fullPort(t)
	for _, starved := range []bool{false, true} {
		s := start(t, nil, "127.0.0.1", "--json", "--no-dns", "--no-trace", "-p", port)
		if starved {
			go starve(s, 5*time.Millisecond, 95*time.Millisecond)
		}
		s.ended(t, time.Minute, report.ExitNotMet)
		var got struct {
			Targets []struct {
				Ports []struct {
					State, Confidence string
					Caveats           []struct{ Code string }
				}
			}
		}
		if err := json.Unmarshal(s.out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		p := got.Targets[0].Ports[0]
		said := slices.ContainsFunc(p.Caveats, func(c struct{ Code string }) bool { return c.Code == "starved" })
		if p.State != "filtered" || said != starved || (p.Confidence == "possible") != starved {
			t.Errorf("starved %v: %+v", starved, p)
		}
	}
}

// fullPort listens, and drops SYNs: its queue has one place, which is taken.
func fullPort(t *testing.T) string {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	port := bound.(*unix.SockaddrInet4).Port
	c, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_, text, _ := net.SplitHostPort(c.RemoteAddr().String())
	return text
}
