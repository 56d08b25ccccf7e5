package probe

import (
	"crypto/x509"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
)

// TestVisitsAreFew: services that count visits get the one connection that the README promises, although other ports of the run are
// closed and silent, and what is told of connections is what the server saw.
func TestVisitsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := simnet.Parse("r2 forward tcp dport 82 drop\nserver listen 80 http 200")
		if err != nil {
			t.Fatal(err)
		}
		greetings := map[uint16]string{
			22: "SSH-2.0-OpenSSH_9.6\r\n", 21: "220 FTP\r\n", 5900: "RFB 003.008\n",
			3306: "\x45\x00\x00\x00\xff\x6a\x04Host '10.1.0.2' is not allowed to connect to this MySQL server.....",
		}
		seen := map[uint16]*atomic.Int32{}
		for port, words := range greetings {
			n := new(atomic.Int32)
			seen[port] = n
			s.Net.Listen(port, func(c net.Conn) {
				n.Add(1)
				_, _ = io.WriteString(c, words)
				_, _ = io.Copy(io.Discard, c)
			})
		}
		plan := Plan{Targets: []Target{targetOf(s.Target(4), "21", "22", "80", "81", "82", "3306", "5900")}, Options: Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}
		run := Execute(t.Context(), plan, Hooks{})
		time.Sleep(time.Minute) // servers hear of the end of their connections
		syns := map[uint16]int{}
		for _, p := range s.Net.Sent() {
			if p.TTL == 0 && !p.Again {
				syns[p.To.Port()]++
			}
		}
		for r := range run.Targets[0].All() {
			n := seen[r.Port.Port]
			if n == nil {
				continue
			}
			told := 1
			if r.Port.Speech != nil {
				told += r.Port.Speech.Connections
			}
			saw := int(n.Load())
			if saw != told || syns[r.Port.Port] != told {
				t.Errorf("port %d saw %d connections of %d SYNs, %d are told", r.Port.Port, saw, syns[r.Port.Port], told)
			}
			if (r.Port.Port == 22 || r.Port.Port == 5900) && saw != 1 {
				t.Errorf("port %d has %d visits", r.Port.Port, saw)
			}
		}
	})
}
