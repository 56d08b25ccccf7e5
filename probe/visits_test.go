package probe

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
)

// TestConnectionsAreToldAsSeen: what a run tells of its connections to a port is what the server there saw, whatever they were
// for: speech, a reference for others, walks, a look at a limit, a sweep. Services that count visits get the one that the
// README promises.
func TestConnectionsAreToldAsSeen(t *testing.T) {
	s := httptest.NewTLSServer(nil)
	config := s.TLS.Clone()
	s.Close()
	for name, network := range map[string]string{
		"all open":         "",
		"closed":           "",
		"silent":           "r2 forward tcp dport 82 drop\n",
		"refused":          "r2 forward tcp dport 82 reject admin-prohibited\n",
		"reset on the way": "r2 forward tcp dport 81 reject tcp-reset\nr2 forward tcp dport 82 drop\n",
		"lossy":            "r1-r2 loss 20%\nr2 forward tcp dport 82 drop\n",
		"a limit":          "server input tcp dport 80 after 1 for 60s drop\nserver input tcp dport 82 drop\n",
		"nothing else":     "server input tcp dport 1-20,81-442,9999 drop\nserver input udp drop\n",
	} {
		for _, large := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, large %t", name, large), func(t *testing.T) { countVisits(t, network, name == "lossy", large, "", config) })
		}
	}
	for _, only := range []string{"21", "22", "80", "443", "3306", "5900", "9999"} {
		t.Run("only "+only, func(t *testing.T) { countVisits(t, "", false, false, only, config) })
		t.Run("on the link, only "+only, func(t *testing.T) {
			countVisits(t, "hop 1 server 10.1.0.9 fd00:1::9 1ms\n", false, false, only, config)
		})
	}
}

func countVisits(t *testing.T, network string, lossy, large bool, only string, config *tls.Config) {
	synctest.Test(t, func(t *testing.T) {
		s, err := simnet.Parse(network)
		if err != nil {
			t.Fatal(err)
		}
		words := func(text string) func(net.Conn) {
			return func(c net.Conn) { _, _ = io.WriteString(c, text); _, _ = io.Copy(io.Discard, c) }
		}
		seen := map[uint16]*atomic.Int32{}
		for port, play := range map[uint16]func(net.Conn){
			22: words("SSH-2.0-OpenSSH_9.6\r\n"), 21: words("220 FTP\r\n"), 5900: words("RFB 003.008\n"),
			3306: words("\x45\x00\x00\x00\xff\x6a\x04Host '10.1.0.2' is not allowed to connect to this MySQL server....."),
			80: func(c net.Conn) {
				_, _ = c.Read(make([]byte, 4096))
				_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
			},
			443:  func(c net.Conn) { _, _ = io.Copy(io.Discard, tls.Server(c, config)) },
			9999: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		} {
			n := new(atomic.Int32)
			seen[port] = n
			s.Net.Listen(port, func(c net.Conn) { n.Add(1); play(c) })
		}
		ports := []string{"21", "22", "80", "81", "82", "443", "3306", "5900", "9999"}
		if only != "" {
			ports = []string{only}
		}
		if large {
			for port := range 120 {
				ports = append(ports, fmt.Sprint(20000+port))
			}
		}
		plan := Plan{Targets: []Target{targetOf(s.Target(4), ports...)}, Options: Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}
		run := Execute(t.Context(), plan, Hooks{})
		time.Sleep(time.Minute)  // servers hear of the end of their connections
		syns := map[uint16]int{} // that any server would get; what expires on the way, or shows that nobody is nearer, is none
		for _, p := range s.Net.Sent() {
			if p.TTL == 0 && p.MinTTL == 0 && !p.Again {
				syns[p.To.Port()]++
			}
		}
		for r := range run.Targets[0].All() {
			port, told, saw := r.Port.Port, r.Port.Connections, 0
			if n := seen[port]; n != nil {
				saw = int(n.Load())
			}
			if saw != told {
				t.Errorf("port %d saw %d connections, %d are told", port, saw, told)
			}
			counted := slices.Contains([]uint16{22, 3306, 5900}, port)
			if counted && !lossy && !large && (saw != 1 || syns[port] != 1) {
				t.Errorf("port %d has %d visits of %d SYNs", port, saw, syns[port])
			}
			most := 9 // of those that only show who answers, on a path
			if onLink := r.Port.Addr.IsPrivate(); onLink {
				most = 6
			}
			if port == 9999 && saw > 0 && !large && !lossy && (syns[port] > 6 || saw > most) {
				t.Errorf("the unknown port has %d visits of %d SYNs", saw, syns[port])
			}
		}
	})
}
