//go:build unix

// Package proxytest starts real proxies for tests: those that Debian has.
package proxytest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Needs finds a proxy's program, or skips the test and says which Debian package has it.
func Needs(t testing.TB, name, debian string) string {
	t.Helper()
	why := ""
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			why = name + " is not installed (Debian: " + debian + ")"
		}
	}
	if why == "" && os.Getuid() != 0 {
		why = name + " has to be started by root"
	}
	if why != "" && os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
		t.Fatal(why)
	}
	if why != "" {
		t.Skip(why)
	}
	return path
}

// Run makes a command that is started with the test; nil: here. A lab's CommandAt is another.
type Run func(name string, args ...string) *exec.Cmd

// Room is a directory that servers with users of their own can enter and write to.
func Room(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "whyport-proxy-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Put writes a file that everybody can read and returns its path.
func Put(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// FreePort is a TCP port of 127.0.0.1 that nobody listens on.
func FreePort(t testing.TB) uint16 {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// Start runs a proxy until the test ends, and waits until ready says so; what it printed is in the failure.
func Start(t testing.TB, run Run, ready func() bool, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	if run != nil {
		cmd = run(name, args...)
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(3 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	})
	for range 200 {
		if ready() {
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", name, said.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("%s is not ready: %s", name, said.String())
}

// Listens waits for a TCP port.
func Listens(address string) func() bool {
	return func() bool {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		c.Close()
		return true
	}
}

// NoNames is the address of a name server that knows no name (NXDOMAIN to everything).
func NoNames(t testing.TB) string {
	t.Helper()
	addr := fmt.Sprintf("127.%d.%d.53", 16+rand.IntN(200), rand.IntN(255))
	c, err := net.ListenPacket("udp4", addr+":53")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if n > 12 {
				b[2], b[3] = b[2]|0x80, 0x83 // an answer: no such name (RFC 1035, 4.1.1)
				c.WriteTo(b[:n], from)
			}
		}
	}()
	return addr
}

// Squid starts Debian's squid with these lines of configuration; names are those that it alone can resolve ("192.0.2.1
// server.example"). It listens where the lines say.
func Squid(t testing.TB, run Run, names, lines string) {
	t.Helper()
	squid, dir := Needs(t, "squid", "squid-openssl"), Room(t)
	conf := Put(t, dir, "squid.conf", fmt.Sprintf(`
visible_hostname proxy.example
hosts_file %[2]s
pid_filename none
cache_log %[1]s/cache.log
access_log none
cache deny all
cache_mem 8 MB
shutdown_lifetime 0 seconds
pinger_enable off
coredump_dir %[1]s
dns_timeout 2 seconds
dns_retransmit_interval 1 seconds
connect_timeout 3 seconds
forward_timeout 8 seconds
connect_retries 0
`, dir, Put(t, dir, "hosts", names+"\n"))+lines)
	for _, f := range []string{"cache.log"} {
		if err := os.Chmod(Put(t, dir, f, ""), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	name := "whyport" + strings.ReplaceAll(filepath.Base(dir), "-", "") // of its shared memory
	t.Cleanup(func() {
		left, _ := filepath.Glob("/dev/shm/" + name + "-*")
		for _, f := range left {
			os.Remove(f)
		}
	})
	Start(t, run, func() bool {
		log, _ := os.ReadFile(dir + "/cache.log")
		return strings.Contains(string(log), "Accepting HTTP") || strings.Contains(string(log), "Accepting SSL bumped HTTP ") || strings.Contains(string(log), "HTTPS Socket connections at")
	}, squid, "-N", "-n", name, "-f", conf)
}
