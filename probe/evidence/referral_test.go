package evidence

import (
	"net/netip"
	"testing"
)

// A server elsewhere does not send its clients to this computer, or to an address that nobody has.
func TestLeads(t *testing.T) {
	own := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.1.0.2"), netip.MustParseAddr("::1")}
	for _, tc := range [][3]string{
		{"203.0.113.7", "203.0.113.8", ""}, {"203.0.113.7", "10.0.0.1", ""}, {"203.0.113.7", "127.0.0.1", SkippedSelf},
		{"203.0.113.7", "::ffff:127.0.0.9", SkippedSelf}, {"203.0.113.7", "10.1.0.2", SkippedSelf}, {"203.0.113.7", "::1", SkippedSelf},
		{"127.0.0.1", "127.0.0.2", ""}, {"10.1.0.2", "127.0.0.1", ""}, {"127.0.0.1", "10.1.0.2", ""},
		{"203.0.113.7", "0.0.0.0", SkippedNowhere}, {"203.0.113.7", "::", SkippedNowhere}, {"203.0.113.7", "239.0.0.1", SkippedNowhere},
		{"127.0.0.1", "255.255.255.255", SkippedNowhere}, {"203.0.113.7", "ff02::1", SkippedNowhere},
	} {
		if got := Leads(netip.MustParseAddr(tc[1]), netip.MustParseAddr(tc[0]), own); got != tc[2] {
			t.Errorf("%s sends to %s: %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
}
