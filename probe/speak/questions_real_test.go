//go:build unix

package speak

import (
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

	"whyport/probe/evidence"
)

// realServer is one of Debian's that waits to be asked, on ports of 127.0.0.1 that stand in for its usual ones.
type realServer struct {
	program, debian string
	// begin is how it is started with so many ports; dir is its own.
	begin func(dir string, ports []int) (args []string)
	tcp   []uint16 // usual ports, the first of its ports for the first
	udp   []uint16 // the same ports over UDP
	want  map[string]string
}

func realServers() []realServer {
	file := func(dir, name, text string) string {
		p := filepath.Join(dir, name)
		_ = os.WriteFile(p, []byte(text), 0o644)
		return p
	}
	return []realServer{
		{"unbound", "unbound", func(dir string, p []int) []string {
			return []string{"-d", "-c", file(dir, "unbound.conf", fmt.Sprintf("server:\n interface: 127.0.0.1\n port: %d\n do-daemonize: no\n use-syslog: no\n username: \"\"\n"+
				" chroot: \"\"\n pidfile: \"\"\n directory: \"%s\"\n local-zone: \".\" static\nremote-control:\n control-enable: no\n", p[0], dir))}
		}, []uint16{53}, []uint16{53}, map[string]string{"tcp 53": "dns, NXDOMAIN", "udp 53": "dns, NXDOMAIN"}},
		{"chronyd", "chrony", func(dir string, p []int) []string {
			return []string{"-x", "-d", "-u", "root", "-f", file(dir, "chrony.conf", fmt.Sprintf("local stratum 3\nallow all\nbindaddress 127.0.0.1\nport %d\ncmdport 0\nbindcmdaddress /\npidfile %s/pid\n", p[0], dir))}
		}, nil, []uint16{123}, map[string]string{"udp 123": "ntp NTPv4"}},
		{"snmpd", "snmpd", func(dir string, p []int) []string {
			return []string{"-f", "-Lo", "-C", "-I", "-smux", "-p", dir + "/pid", "-c", file(dir, "snmpd.conf", "rocommunity secret\n"), fmt.Sprintf("udp:127.0.0.1:%d", p[0])}
		}, nil, []uint16{161}, map[string]string{"udp 161": "snmp SNMPv3, enterprise 8072"}},
		{"in.tftpd", "tftpd-hpa", func(dir string, p []int) []string {
			return []string{"-L", "-v", "-u", "nobody", "-a", fmt.Sprintf("127.0.0.1:%d", p[0]), "-s", dir}
		}, nil, []uint16{69}, map[string]string{"udp 69": "tftp, error 1"}},
		{"turnserver", "coturn", func(dir string, p []int) []string {
			return []string{"-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", fmt.Sprintf("--listening-port=%d", p[0]), "--no-tls", "--no-dtls", "--no-cli",
				"--log-file=stdout", "--pidfile=" + dir + "/pid", "--userdb=" + dir + "/db"}
		}, []uint16{3478}, []uint16{3478}, map[string]string{"tcp 3478": "stun Coturn", "udp 3478": "stun Coturn"}},
		{"memcached", "memcached", func(_ string, p []int) []string {
			return []string{"-u", "nobody", "-l", "127.0.0.1", "-v", "-p", fmt.Sprint(p[0]), "-U", fmt.Sprint(p[0])}
		}, []uint16{11211}, []uint16{11211}, map[string]string{"tcp 11211": "memcached memcached 1", "udp 11211": "memcached memcached 1"}},
		{"mosquitto", "mosquitto", func(dir string, p []int) []string {
			return []string{"-c", file(dir, "m.conf", fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\nlistener %d 127.0.0.1\nuser root\nlog_dest stderr\nlog_type all\n", p[0], p[1]))}
		}, []uint16{1883, 1883}, nil, map[string]string{"tcp 1883": "mqtt"}},
		{"dictd", "dictd", func(dir string, p []int) []string {
			return []string{"-d", "nofork", "-c", file(dir, "dictd.conf", "global {\n listen_to 127.0.0.1\n}\ndatabase dummy {\n data /dev/null\n index /dev/null\n}\n"), "--pid-file", dir + "/pid", "-p", fmt.Sprint(p[0])}
		}, []uint16{2628}, nil, map[string]string{"tcp 2628": "dict dictd"}},
		{"beanstalkd", "beanstalkd", func(_ string, p []int) []string {
			return []string{"-l", "127.0.0.1", "-p", fmt.Sprint(p[0]), "-V"}
		}, []uint16{11300}, nil, map[string]string{"tcp 11300": "beanstalkd beanstalkd 1"}},
		{"dropbear", "dropbear-bin", func(dir string, p []int) []string {
			_ = exec.Command("dropbearkey", "-t", "ed25519", "-f", dir+"/key").Run()
			return []string{"-F", "-E", "-r", dir + "/key", "-P", dir + "/pid", "-p", fmt.Sprintf("127.0.0.1:%d", p[0])}
		}, []uint16{22}, nil, map[string]string{"tcp 22": "ssh dropbear_"}},
		{"haproxy", "haproxy", func(dir string, p []int) []string {
			return []string{"-db", "-f", file(dir, "haproxy.cfg", fmt.Sprintf("global\n log stdout format raw local0\ndefaults\n mode http\n log global\n option httplog\n"+
				" timeout client 5s\n timeout server 5s\n timeout connect 1s\nfrontend web\n bind 127.0.0.1:%d\n bind 127.0.0.1:%d\n http-request return status 200\n", p[0], p[1]))}
		}, []uint16{80, 8080}, nil, map[string]string{"tcp 80": "http", "tcp 8080": "http"}},
		{"coap-server-notls", "libcoap3-bin", func(_ string, p []int) []string {
			return []string{"-A", "127.0.0.1", "-p", fmt.Sprint(p[0]), "-v", "6"}
		}, []uint16{5683}, []uint16{5683}, map[string]string{"tcp 5683": "coap", "udp 5683": "coap"}},
		{"redis-server", "redis-server", func(dir string, p []int) []string {
			return []string{"--bind", "127.0.0.1", "--port", fmt.Sprint(p[0]), "--dir", dir, "--save", ""}
		}, []uint16{6379}, nil, map[string]string{"tcp 6379": "redis"}},
		{"named", "bind9", func(dir string, p []int) []string {
			return []string{"-g", "-c", file(dir, "named.conf", fmt.Sprintf("options { directory \"%s\"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;"+
				" pid-file none; session-keyfile none; dnssec-validation no; };\ncontrols { };\nzone \".\" { type primary; file \"%s\"; };\n", dir, p[0],
				file(dir, "zone", "$TTL 60\n@ SOA ns.test. a.test. 1 1 1 1 1\n@ NS ns.test.\nns.test. A 127.0.0.1\n")))}
		}, []uint16{53}, []uint16{53}, map[string]string{"tcp 53": "dns", "udp 53": "dns"}},
		{"smbd", "samba", func(dir string, p []int) []string {
			conf := "[global]\nworkgroup = TEST\nlog level = 1\n" + fmt.Sprintf("smb ports = %d\ninterfaces = lo\nbind interfaces only = yes\ndisable netbios = yes\nload printers = no\n", p[0])
			for _, key := range []string{"private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"} {
				conf += key + " = " + dir + "\n"
			}
			return []string{"-F", "--no-process-group", "--debug-stdout", "-s", file(dir, "smb.conf", conf)}
		}, []uint16{445}, nil, map[string]string{"tcp 445": "smb SMB 3.1.1"}},
	}
}

// Real servers are named by their answers to their own protocol's question, on the connection that is there, and have
// nothing to complain of.
func TestRealQuestions(t *testing.T) {
	for _, s := range realServers() {
		t.Run(s.program, func(t *testing.T) {
			name := program(t, s.program, s.debian)
			asRoot(t, s.program)
			t.Parallel()
			dir, ports := room(t), freePorts(t, max(len(s.tcp), len(s.udp)))
			log := logged(t, name, s.begin(dir, ports))
			for i := range s.tcp {
				awaitLogged(t, ports[i], log)
			}
			for i, usual := range s.udp {
				awaitDatagram(t, ports[i], usual, log)
			}
			before := len(log())
			for i, usual := range s.tcp {
				got := ask(t, at(ports[i]), onPort(usual))
				if got.Connections > 0 {
					t.Errorf("%d connections beside the first", got.Connections)
				}
				s.check(t, fmt.Sprintf("tcp %d", usual), got)
			}
			for i, usual := range s.udp {
				s.check(t, fmt.Sprintf("udp %d", usual), exchangeDatagram(ports[i], usual))
			}
			if *record {
				s.record(t, ports)
			}
			time.Sleep(200 * time.Millisecond) // for what it writes down
			if wrong := complaints(log()[before:]); len(wrong) > 0 {
				t.Errorf("it complains:\n%s", strings.Join(wrong, "\n"))
			}
		})
	}
}

func (s realServer) check(t *testing.T, what string, got *evidence.Speech) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: no answer", what)
		return
	}
	is := strings.TrimSpace(got.Identified + " " + got.Product)
	if got.Code != "" {
		is += ", " + got.Code
	}
	if !strings.HasPrefix(is, s.want[what]) || got.Identified == "" {
		t.Errorf("%s: %q, want %q", what, is, s.want[what])
	}
}

// complaints are lines of warning or above.
func complaints(log string) (out []string) {
	bad := regexp.MustCompile(`(?i)\b(warn(ing)?|err(or)?|crit(ical)?|fatal|fail(ed|ure)?|attack|malformed|invalid|protocol error|bad)\b`)
	for line := range strings.Lines(log) {
		if bad.MatchString(line) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// logged starts a server until the test is over; log is what it has written.
func logged(t *testing.T, name string, args []string) (log func() string) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "log")
	must(t, err)
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = out, out, ownGroup()
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(2 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		_ = out.Close()
	})
	return func() string {
		b, _ := os.ReadFile(out.Name())
		return string(b)
	}
}

func awaitLogged(t *testing.T, port int, log func() string) {
	t.Helper()
	for range 200 {
		if c, err := net.Dial("tcp", at(port).Addr().String()); err == nil {
			_ = c.Close()
			time.Sleep(100 * time.Millisecond) // for what it writes of that
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nothing listens on %d after 10 s: %s", port, log())
}

func awaitDatagram(t *testing.T, port int, usual uint16, log func() string) {
	t.Helper()
	for range 20 {
		if exchangeDatagram(port, usual) != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("nothing answers on %d: %s", port, log())
}

// exchangeDatagram asks a port of 127.0.0.1 as if it were the usual one; nil where no answer comes.
func exchangeDatagram(port int, usual uint16) *evidence.Speech {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil
	}
	defer c.Close()
	q := Datagram(usual, Known{})
	buf := make([]byte, 2048)
	for try := range 3 {
		_, _ = c.WriteTo(q.Payload(try), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		if n, from, err := c.ReadFrom(buf); err == nil && (q.AnyPort() || from.(*net.UDPAddr).Port == port) {
			return q.Read(buf[:n])
		}
	}
	return nil
}
