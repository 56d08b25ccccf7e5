package socket

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whyport/probe/evidence"
)

// Rows as Linux 6.1 writes them on a little-endian machine.
const (
	table4 = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n" +
		"eth0\t00000000\t0100010A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n" +
		"eth0\t0000010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" +
		"*\t00000AC0\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
	table6 = "20010db8000100000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n" +
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n" +
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"
)

func TestRoutesAreRead(t *testing.T) {
	route := func(prefix, gateway string, metric uint32) evidence.Route {
		by, _ := netip.ParseAddr(gateway)
		return evidence.Route{Prefix: netip.MustParsePrefix(prefix), Gateway: by, Interface: "eth0", Metric: metric}
	}
	same := cmp.Comparer(func(a, b evidence.Route) bool { return a == b })
	got := parseRoutes([]byte(table4), route4)
	if diff := cmp.Diff([]evidence.Route{route("0.0.0.0/0", "10.1.0.1", 100), route("10.1.0.0/24", "", 0)}, got, same); diff != "" {
		t.Error(diff)
	}
	got = parseRoutes([]byte(table6), route6)
	if diff := cmp.Diff([]evidence.Route{route("2001:db8:1::/64", "", 256), route("::/0", "fe80::1", 1024)}, got, same); diff != "" {
		t.Error(diff)
	}
}

// This computer's own interfaces are found by their addresses.
func TestWaysOfThisComputer(t *testing.T) {
	w := System{}.Ways()
	if w.Interfaces[netip.MustParseAddr("127.0.0.1")] == "" {
		t.Errorf("no interface has 127.0.0.1: %v", w.Interfaces)
	}
}
