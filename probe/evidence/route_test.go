package evidence

import (
	"net/netip"
	"testing"
)

func TestTheWayOut(t *testing.T) {
	ip, prefix := netip.MustParseAddr, netip.MustParsePrefix
	w := Ways{
		Interfaces: map[netip.Addr]string{ip("10.1.0.2"): "eth0", ip("10.9.0.2"): "wg0", ip("2001:db8:1::2"): "eth0", ip("192.168.5.2"): "wlan0"},
		Routes: []Route{
			{prefix("0.0.0.0/0"), ip("192.168.5.1"), "wlan0", 600},
			{prefix("0.0.0.0/0"), ip("10.1.0.1"), "eth0", 100},
			{prefix("10.1.0.0/24"), netip.Addr{}, "eth0", 0},
			{prefix("::/0"), ip("fe80::1"), "eth0", 1024},
		},
	}
	for _, c := range []struct{ from, to, name, gateway string }{
		{"10.1.0.2", "203.0.113.7", "eth0", "10.1.0.1"},
		{"10.1.0.2", "10.1.0.77", "eth0", ""},               // on the link
		{"10.9.0.2", "203.0.113.7", "wg0", ""},              // a table of its own
		{"192.168.5.2", "203.0.113.7", "wlan0", ""},         // bound to an interface that is not the best
		{"2001:db8:1::2", "2001:db8::7", "eth0", "fe80::1"}, // the other family
		{"172.16.0.1", "203.0.113.7", "", ""},
	} {
		name, gateway := w.Out(ip(c.from), ip(c.to))
		if got := gateway.IsValid(); name != c.name || got != (c.gateway != "") || got && gateway != ip(c.gateway) {
			t.Errorf("from %s to %s: %q %v", c.from, c.to, name, gateway)
		}
	}
}
