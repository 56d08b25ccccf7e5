//go:build whyport_portable

package socket

import (
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// macOS gives ICMP errors to a datagram socket of anybody; Linux only to an administrator's raw socket, which is
// read in the same way.
func TestListenerHearsTheError(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal("raw sockets need root")
		}
		t.Skip("raw sockets need root")
	}
	for address, want := range map[string]evidence.ICMP{
		"127.0.0.1": {Type: 3, Code: 3, From: netip.MustParseAddr("127.0.0.1"), TTL: 64},
		"::1":       {Type: 1, Code: 4, From: netip.MustParseAddr("::1"), TTL: 64},
	} {
		network := "ip4:icmp"
		if address == "::1" {
			network = "ip6:ipv6-icmp"
		}
		p, err := net.ListenPacket("udp", net.JoinHostPort(address, "0"))
		if err != nil {
			t.Fatal(err)
		}
		to := p.LocalAddr().(*net.UDPAddr).AddrPort()
		p.Close()
		l := listenOn(network, address, to)
		if l.conn == nil {
			t.Fatalf("no listener on %s", address)
		}
		defer l.close()
		w := &watch{Request: Request{To: to, Timeout: second}, h: noHandle}
		defer w.close()
		conn, err := w.dial(t.Context(), "udp")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		begin := time.Now()
		if found, sure := l.heard(w.h); found != nil || !sure {
			t.Errorf("%s: heard %+v before anything was sent, sure %v", address, found, sure)
		}
		if waited := time.Since(begin); waited > second/2 {
			t.Errorf("%s: silence took %v", address, waited)
		}
		conn.Write([]byte("ping"))
		if found, sure := l.heard(w.h); found == nil || *found != want || !sure {
			t.Errorf("%s: heard %+v, sure %v, want %+v", address, found, sure, want)
		}
	}
	if found, sure := (errorListener{}).heard(noHandle); found != nil || sure {
		t.Error("a listener without a socket is sure")
	}
}
