package probe

import (
	"fmt"
	"net/netip"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// TestMTU: large packets vanish at each link in turn. Once a port that speaks tells, once datagrams alone.
func TestMTU(t *testing.T) {
	lab.Need(t)
	nodes := []string{"client", "r1", "r2", "r3", "server"}
	for i, node := range nodes[:4] {
		family := 4 + 2*(i%2)
		t.Run(fmt.Sprintf("IPv%d behind hop %d", family, i), func(t *testing.T) {
			t.Parallel()
			l, to := sized(t, family)
			limit := 1397 + 7*i
			l.Wire(node, nodes[i+1]).Loss(1, lab.From(node), lab.LongerThan(limit))
			for _, port := range []string{"22", "81"} {
				m := mtuOf(t, l, to, port)
				if m.Told != nil || int(m.Before.TTL) != i || int(m.After.TTL) != i+1 || i > 0 && m.Before.Addr != l.Addr(node, family) {
					t.Errorf("port %s: %+v", port, m)
				}
				if port == "22" && (m.Passes != limit || m.Fails != limit+1) || m.Passes > limit || m.Fails <= limit || m.Passes < limit-20 {
					t.Errorf("port %s: up to %d, not %d", port, m.Passes, m.Fails)
				}
			}
		})
	}
}

// TestMTUTold: nothing is in the way; then a router says that its link is narrow.
func TestMTUTold(t *testing.T) {
	lab.Need(t)
	for _, family := range []int{4, 6} {
		t.Run(fmt.Sprint("IPv", family), func(t *testing.T) {
			t.Parallel()
			l, to := sized(t, family)
			for _, port := range []string{"22", "81"} {
				if m := mtuOf(t, l, to, port); m.Passes != 1500 || !m.End || m.Fails != 0 || m.Told != nil || (m.Port == 22) != (port == "22") {
					t.Errorf("all well, port %s: %+v", port, m)
				}
			}
			l.IP("r2", "link set dev to-r3 mtu 1400")
			for _, port := range []string{"81", "22"} {
				m := mtuOf(t, l, to, port)
				if m.Told == nil || m.Told.MTU != 1400 || m.Told.From != l.Addr("r2", family) || m.Passes != 1400 || m.Fails != 0 {
					t.Errorf("narrow link, port %s: %+v, told %+v", port, m, m.Told)
				}
			}
		})
	}
}

// sized is a network with a server that speaks SSH. Limits on errors are the subject of other tests, and cost seconds.
func sized(t *testing.T, family int) (*lab.Lab, netip.Addr) {
	l := lab.New(t, lab.Delay(0))
	for _, node := range []string{"r1", "r2", "r3", "server"} {
		l.Sysctl(node, "net.ipv4.icmp_ratelimit", "0")
		l.Sysctl(node, "net.ipv6.icmp.ratelimit", "0")
	}
	l.Listen("server", 22, lab.Banner("SSH-2.0-lab\r\n"))
	return l, l.Addr("server", family)
}

func mtuOf(t *testing.T, l *lab.Lab, to netip.Addr, port string) *evidence.MTU {
	t.Helper()
	o := order{Targets: []Target{targetOf(to, port)}}
	o.Options.MTU = true
	out, err := lab.Remote[outcome](t.Context(), l, "execute", o)
	if err != nil {
		t.Fatal(err)
	}
	m := out.Run.Targets[0].Hosts[to].MTU
	if m == nil {
		t.Fatalf("port %s: nothing measured", port)
	}
	return m
}
