//go:build !whyport_portable

package socket

import (
	"net"
	"net/netip"
	"testing"

	"whyport/probe/evidence"
)

// knowsRST: Linux names the ICMP error where it was one.
const knowsRST = true

func TestExchangeNamesTheICMPError(t *testing.T) {
	for address, want := range map[string]evidence.ICMP{
		"127.0.0.1:0": {Type: 3, Code: 3, From: netip.MustParseAddr("127.0.0.1"), TTL: 64},
		"[::1]:0":     {Type: 1, Code: 4, From: netip.MustParseAddr("::1"), TTL: 64},
	} {
		p, err := net.ListenPacket("udp", address)
		if err != nil {
			t.Fatal(err)
		}
		to := p.LocalAddr().(*net.UDPAddr).AddrPort()
		p.Close()
		a, _ := system.Exchange(t.Context(), Request{To: to, Timeout: second}, []byte("ping"))
		if a.ICMP == nil || *a.ICMP != want {
			t.Errorf("%s: %+v, want %+v", address, a.ICMP, want)
		}
	}
}

func TestClosedCountsTheReset(t *testing.T) {
	a, _ := system.Connect(t.Context(), Request{To: unused(t, "127.0.0.1:0"), Timeout: second})
	if a.TCP == nil || a.TCP.SegsIn != 1 {
		t.Errorf("%+v", a.TCP)
	}
}
