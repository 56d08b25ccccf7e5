//go:build !whyport_portable

package socket

import (
	"net"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// elsewhere answers from another port than it listens on.
func elsewhere(t *testing.T, address string) net.PacketConn {
	t.Helper()
	listens, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Skip(err)
	}
	answers, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listens.Close(); answers.Close() })
	go func() {
		buf := make([]byte, 100)
		for {
			n, from, err := listens.ReadFrom(buf)
			if err != nil {
				return
			}
			answers.WriteTo(buf[:n], from)
		}
	}()
	return listens
}

// TFTP answers from a port of its own: that is heard only where it is asked for. ICMP errors are, too.
func TestExchangeWithAnyPort(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		to := elsewhere(t, address).LocalAddr().(*net.UDPAddr).AddrPort()
		a, reply := system.Exchange(t.Context(), Request{To: to, Timeout: second, AnyPort: true}, []byte("file"))
		if a.Outcome != evidence.Connected || string(reply) != "file" || a.Source.Addr() != to.Addr() || a.Source.Port() == 0 {
			t.Errorf("%s: %q %+v", address, reply, a)
		}
		if a, _ := system.Exchange(t.Context(), Request{To: to, Timeout: 100 * time.Millisecond}, []byte("file")); a.Outcome == evidence.Connected {
			t.Errorf("%s: heard without having been asked for: %+v", address, a)
		}
	}
	nobody, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	a, _ := system.Exchange(t.Context(), Request{To: nobody.LocalAddr().(*net.UDPAddr).AddrPort(), Timeout: second, AnyPort: true}, []byte("file"))
	if a.Outcome != evidence.Failed || a.ICMP == nil {
		t.Errorf("a closed port: %+v", a)
	}
}
