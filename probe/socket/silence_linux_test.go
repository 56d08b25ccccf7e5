package socket

import (
	"context"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

// silent is a listener whose accept queue is full: Linux drops the SYNs that it has no room for.
func silent(t *testing.T) netip.AddrPort {
	t.Helper()
	to, _ := silentListener(t)
	return to
}

// silentListener is silent with its descriptor.
func silentListener(t *testing.T) (netip.AddrPort, int) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(sa.(*unix.SockaddrInet4).Port))
	a, conn := system.Connect(t.Context(), Request{To: to, Timeout: second}) // the queue's one place
	if conn == nil {
		t.Fatalf("filling the queue: %+v", a)
	}
	t.Cleanup(func() { conn.Close() })
	return to, fd
}

func TestConnectSilent(t *testing.T) {
	r := Request{To: silent(t), Timeout: 200 * time.Millisecond}
	a, conn := system.Connect(t.Context(), r)
	if conn != nil || a.Outcome != evidence.Silent || a.Errno != "" || a.Local {
		t.Errorf("%+v", a)
	}
	if a.Elapsed < r.Timeout || a.Elapsed > r.Timeout+second {
		t.Errorf("silent after %v", a.Elapsed)
	}
	if a.Source.Addr() != r.To.Addr() || a.Source.Port() == 0 {
		t.Errorf("source %v", a.Source)
	}
}

func TestConnectInterrupted(t *testing.T) {
	r := Request{To: silent(t), Timeout: 10 * second}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	a, conn := system.Connect(ctx, r)
	if conn != nil || a.Outcome != evidence.Interrupted || a.Elapsed > second {
		t.Errorf("%+v", a)
	}
}

// Answers on loopback arrive with a TTL of 64, or with what the server's socket says.
func TestConnectMinTTLIgnoresAnswers(t *testing.T) {
	to := serve(t, "127.0.0.1:0")
	for minTTL, want := range map[uint8]evidence.Outcome{64: evidence.Connected, 65: evidence.Silent} {
		a, conn := system.Connect(t.Context(), Request{To: to, MinTTL: minTTL, Timeout: 200 * time.Millisecond})
		if a.Outcome != want || a.MinTTL != minTTL {
			t.Errorf("%d: %+v", minTTL, a)
		}
		if conn != nil {
			conn.Close()
		}
	}
}

func TestConnectSetsOptions(t *testing.T) {
	a, conn := system.Connect(t.Context(), Request{To: serve(t, "127.0.0.1:0"), TTL: 7, MSS: 600, Timeout: second})
	if conn == nil {
		t.Fatalf("%+v", a)
	}
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		if ttl, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TTL); ttl != 7 {
			t.Errorf("TTL %d, %v", ttl, err)
		}
		if mss, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG); mss > 600 || mss == 0 {
			t.Errorf("MSS %d, %v", mss, err)
		}
	})
}

func TestNoDescriptorIsLeft(t *testing.T) {
	open, closed, echoing := serve(t, "127.0.0.1:0"), unused(t, "127.0.0.1:0"), echo(t, "127.0.0.1:0", 4)
	count := func() int {
		all, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	attempt := func() {
		for _, to := range []netip.AddrPort{open, closed} {
			if _, conn := system.Connect(t.Context(), Request{To: to, Timeout: second}); conn != nil {
				io.Copy(io.Discard, conn) // the server has closed its end
				conn.Close()
			}
			system.Exchange(t.Context(), Request{To: to, Timeout: second}, nil)
		}
		system.Exchange(t.Context(), Request{To: echoing, Timeout: second}, nil)
	}
	attempt() // the poller opens its own
	before := count()
	for range 20 {
		attempt()
	}
	if after := count(); after > before+5 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// network puts the test into a network of its own, where loopback is down.
func network(t *testing.T) {
	t.Helper()
	runtime.LockOSThread() // never unlocked: the thread ends with the test's goroutine
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatalf("no network namespace: %v", err)
		}
		t.Skipf("no network namespace: %v", err)
	}
}

func run(t *testing.T, name string, arguments ...string) {
	t.Helper()
	if out, err := exec.Command(name, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

func TestConnectWithoutRoute(t *testing.T) {
	network(t)
	to := netip.MustParseAddrPort("127.0.0.1:80")
	a, conn := system.Connect(t.Context(), Request{To: to, Timeout: second})
	if conn != nil || a.Outcome != evidence.Failed || !a.Local || a.Errno != "ENETUNREACH" || a.ICMP != nil {
		t.Errorf("%+v", a)
	}
	a, _ = system.Exchange(t.Context(), Request{To: to, Timeout: second}, nil)
	if a.Outcome != evidence.Failed || !a.Local || a.Errno != "ENETUNREACH" {
		t.Errorf("datagram: %+v", a)
	}
}

// connect(2) takes even ports first: with this range the port under test is the first source port that is tried.
func TestConnectNotToItself(t *testing.T) {
	network(t)
	run(t, "ip", "link", "set", "lo", "up")
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("40000 40001"), 0); err != nil {
		t.Fatal(err)
	}
	a, conn := system.Connect(t.Context(), Request{To: netip.MustParseAddrPort("127.0.0.1:40000"), Timeout: second})
	if conn != nil || a.Outcome != evidence.Refused {
		t.Errorf("%+v", a)
	}
}

func TestConnectDescriptorsExhausted(t *testing.T) {
	to := serve(t, "127.0.0.1:0")
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &old)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	a, conn := system.Connect(t.Context(), Request{To: to, Timeout: second})
	if conn != nil || a.Outcome != evidence.NoSocket || a.Errno != "EMFILE" || a.Local {
		t.Errorf("%+v", a)
	}
}
