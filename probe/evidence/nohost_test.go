package evidence

import (
	"net/netip"
	"testing"
)

// TestNoHost: addresses that no host can have, as far as the link tells.
func TestNoHost(t *testing.T) {
	link := func(p string) *Link { return &Link{Prefix: netip.MustParsePrefix(p)} }
	for _, c := range []struct {
		addr string
		link *Link
		want string
	}{
		{"192.168.1.255", link("192.168.1.10/24"), NoHostBroadcast},
		{"192.168.1.0", link("192.168.1.10/24"), NoHostNetwork},
		{"192.168.1.255", link("192.168.0.10/23"), NoHostBroadcast},
		{"192.168.0.255", link("192.168.0.10/23"), ""},
		{"192.168.1.0", link("192.168.0.10/23"), ""},
		{"192.168.1.255", nil, ""},
		{"10.0.0.1", link("10.0.0.0/31"), ""},
		{"224.0.0.251", nil, NoHostGroup},
		{"ff02::1", nil, NoHostGroup},
		{"0.0.0.0", nil, NoHostAny},
		{"::", nil, NoHostAny},
		{"255.255.255.255", nil, NoHostBroadcast},
		{"250.1.2.3", nil, NoHostReserved},
		{"fd00::", link("fd00::1/64"), ""},
	} {
		if got := NoHost(netip.MustParseAddr(c.addr), c.link); got != c.want {
			t.Errorf("%s: %q, want %q", c.addr, got, c.want)
		}
	}
}
