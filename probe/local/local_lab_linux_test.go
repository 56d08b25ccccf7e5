package local

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"whyport/probe/lab"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Funcs{"look": lab.Call(lookAll)}) }

func lookAll(ctx context.Context, sessions bool) (*Facts, error) {
	return Look(ctx, Request{Sessions: sessions})
}

// listeners are held by this process, which is root's, in the client's namespace.
func listeners(t *testing.T, l *lab.Lab) {
	t.Helper()
	option := func(level, name, value int) net.ListenConfig {
		return net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
			return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), level, name, value) })
		}}
	}
	plain, reuse := net.ListenConfig{}, option(unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	device := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.BindToDevice(int(fd), "to-r1") })
	}}
	tcp := []struct {
		config      net.ListenConfig
		network, at string
	}{
		{plain, "tcp4", "0.0.0.0:8001"}, {plain, "tcp4", "127.0.0.1:8002"}, {plain, "tcp", "[::]:8003"}, {plain, "tcp6", "[::]:8004"},
		{plain, "tcp", "[::1]:8005"}, {plain, "tcp", l.Addr("client", 4).String() + ":8006"}, {device, "tcp4", "0.0.0.0:8007"},
		{reuse, "tcp4", "0.0.0.0:8008"}, {reuse, "tcp4", "0.0.0.0:8008"},
	}
	for _, one := range tcp {
		l.Client(func() error {
			server, err := one.config.Listen(t.Context(), one.network, one.at)
			if err == nil {
				t.Cleanup(func() { server.Close() })
			}
			return err
		})
	}
	for network, at := range map[string]string{"udp4": "0.0.0.0:8001", "udp6": "[::]:8004", "udp": "127.0.0.1:8009"} {
		l.Client(func() error {
			server, err := plain.ListenPacket(t.Context(), network, at)
			if err == nil {
				t.Cleanup(func() { server.Close() })
			}
			return err
		})
	}
}

// full makes a listener whose queue of one is full: nobody takes the connections.
func full(t *testing.T, l *lab.Lab, port int) {
	t.Helper()
	l.Client(func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		t.Cleanup(func() { unix.Close(fd) })
		at := &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
		if err := unix.Bind(fd, at); err != nil {
			return err
		}
		if err := unix.Listen(fd, 1); err != nil {
			return err
		}
		for range 2 {
			c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				return err
			}
			t.Cleanup(func() { c.Close() })
		}
		return nil
	})
}

// inClient runs a program as root in the client's namespace.
func inClient(t *testing.T, l *lab.Lab, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	var out []byte
	l.Client(func() (err error) {
		out, err = exec.Command(name, args...).Output()
		return err
	})
	return string(out)
}

// ssLine is a socket as ss writes it: protocol, queue, limit, address, programs' numbers.
func ssLine(s *Socket, withPrograms bool) string {
	at := s.Local.Addr().String()
	if s.Local.Addr().Is6() {
		at = "[" + at + "]"
		if s.V6Only != nil && !*s.V6Only {
			at = "*"
		}
	}
	if s.Device != "" {
		at += "%" + s.Device
	}
	limit := 0
	if s.Queue.Limit != nil {
		limit = *s.Queue.Limit
	}
	line := fmt.Sprintf("%s %d %d %s:%d", s.Protocol, s.Queue.Waiting, limit, at, s.Local.Port())
	for _, p := range s.Holders {
		if withPrograms {
			line += fmt.Sprintf(" pid=%d", p.PID)
		}
	}
	return line
}

var pid = regexp.MustCompile(`pid=\d+`)

// TestAsSS: line by line what ss -tulpn shows, as root with the programs, as somebody else without those of others.
func TestAsSS(t *testing.T) {
	l := lab.New(t, lab.Routers(1))
	listeners(t, l)
	full(t, l, 8010)
	var want, plain []string
	for line := range strings.Lines(inClient(t, l, "ss", "-H", "-tulpn")) {
		f := strings.Fields(line)
		if f[0] == "udp" {
			f[3] = "0"
		}
		text := strings.Join([]string{f[0], f[2], f[3], f[4]}, " ")
		plain = append(plain, text)
		for _, p := range pid.FindAllString(line, -1) {
			text += " " + p
		}
		want = append(want, text)
	}
	var facts *Facts
	var text []byte
	l.Client(func() (err error) { // Look begins no goroutine that opens a socket
		facts, err = Look(t.Context(), Request{})
		if err == nil {
			text, err = json.Marshal(facts)
		}
		return err
	})
	compare(t, "root", lines(facts, true), want)
	if len(want) < 13 || !strings.Contains(string(text), "8010") {
		t.Errorf("only %d lines: %q", len(want), want)
	}
	for _, s := range facts.All {
		if s.Local.Port() == 8010 && !s.Queue.Full() {
			t.Errorf("the queue is not full: %+v", s.Queue)
		}
		if s.Local.Port() == 8010 && s.Protocol != "tcp" {
			t.Errorf("%+v", s)
		}
	}
	other, err := lab.Remote[*Facts](t.Context(), l, "look", false)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "nobody", lines(other, false), plain)
	if other.Unseen() != len(other.All) || other.Administrator {
		t.Errorf("nobody sees %d of %d programs of root", len(other.All)-other.Unseen(), len(other.All))
	}
	for _, s := range other.All {
		if s.User != "root" {
			t.Errorf("%v is %q's", s.Local, s.User)
		}
	}
}

// TestAsLsof: the ports and addresses that lsof shows for this process.
func TestAsLsof(t *testing.T) {
	l := lab.New(t, lab.Routers(1))
	listeners(t, l)
	var want, got []string
	for line := range strings.Lines(inClient(t, l, "lsof", "-i", "-P", "-n", "-a", "-p", fmt.Sprint(os.Getpid()))) {
		f := strings.Fields(line)
		if f[0] == "COMMAND" || strings.Contains(line, "->") {
			continue
		}
		want = append(want, strings.ToLower(f[7])+" "+f[8])
	}
	var facts *Facts
	l.Client(func() (err error) { facts, err = Look(t.Context(), Request{}); return err })
	for _, s := range facts.All {
		at := s.Local.String()
		if s.Local.Addr().IsUnspecified() {
			at = fmt.Sprintf("*:%d", s.Local.Port())
		}
		got = append(got, string(s.Protocol)+" "+at)
	}
	compare(t, "lsof", got, want)
}

func lines(f *Facts, programs bool) (out []string) {
	for i := range f.All {
		out = append(out, ssLine(&f.All[i], programs))
	}
	return out
}

func compare(t *testing.T, who string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", who, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestProcNet: where sock_diag is not there, /proc/net shows the same addresses and queues.
func TestProcNet(t *testing.T) {
	const v4 = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
		"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0\n" +
		"   1: 0100007F:1F90 0100007F:8000 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1\n"
	found, err := parseTable(strings.NewReader(v4), tables()[0], false)
	if err != nil || len(found) != 1 {
		t.Fatalf("%v %v", found, err)
	}
	s := found[0]
	if s.Local != netip.MustParseAddrPort("127.0.0.1:8080") || s.State != Waiting || s.Queue.Waiting != 2 || s.Queue.Limit != nil ||
		s.uid != 1000 || s.inode != 4711 {
		t.Errorf("%+v %+v", s, s.Queue)
	}
	if found, _ := parseTable(strings.NewReader(v4), tables()[0], true); len(found) != 2 || found[1].State != Established ||
		found[1].Remote != netip.MustParseAddrPort("127.0.0.1:32768") {
		t.Errorf("%+v", found)
	}
	if a, ok := tableAddr("00000000000000000000000001000000:0016"); !ok || a != netip.MustParseAddrPort("[::1]:22") {
		t.Errorf("%v", a)
	}
}
