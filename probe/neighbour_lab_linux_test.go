package probe

import (
	"net/netip"
	"testing"

	"whyport/probe/lab"
)

// TestOwnTables: what this computer's own tables say is used: a silent neighbour that is on, one that nobody is, a VPN's range
// that is silent, a network's broadcast address. An ordinary user may read them.
func TestOwnTables(t *testing.T) {
	l := lab.New(t, lab.Routers(1))
	l.Rule("r1", lab.Input, "meta l4proto { tcp, udp }", lab.Drop)
	l.IP("client", "link add tun7 type veth peer name tun7b\naddr add 10.77.0.1/32 dev tun7\nlink set tun7 arp off up\nlink set tun7b up\nroute add 10.77.5.0/24 dev tun7\n")
	targets := []Target{
		targetOf(netip.MustParseAddr("10.1.0.1"), "80"),
		targetOf(netip.MustParseAddr("fd00:1::1"), "80"),
		targetOf(netip.MustParseAddr("10.1.0.99"), "53/udp"),
		targetOf(netip.MustParseAddr("10.1.0.255"), "80"),
		targetOf(netip.MustParseAddr("10.77.5.9"), "80"),
		targetOf(netip.MustParseAddr("240.0.5.9"), "80"),
	}
	want := []string{"silent-neighbour", "silent-neighbour", "neighbour-failed", "no-host-address", "silent-in-tunnel", ""}
	r := execute(t, l, order{Targets: targets})
	for i := range r.Targets {
		for _, res := range r.Targets[i].Results {
			t.Logf("%s: %s %s", targets[i].Host, res.Verdict.Rule, said(res.Verdict, nil))
			if want[i] != "" && res.Verdict.Rule != want[i] {
				t.Errorf("%s: %s, want %s", targets[i].Host, said(res.Verdict, nil), want[i])
			}
		}
	}
}
