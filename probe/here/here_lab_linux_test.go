package here

import (
	"context"
	"net/netip"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Funcs{"look": lab.Call(inLab)}) }

func inLab(ctx context.Context, servers []netip.AddrPort) (*Facts, error) {
	return Look(ctx, Request{Machine: Read(), Servers: servers}), nil
}

func (f *Facts) gateway(family evidence.Family) Gateway {
	for _, g := range f.Gateways {
		if g.Family == family {
			return g
		}
	}
	return Gateway{}
}

// TestGateway: one that answers, one that says nothing, one that is not there; and nothing of it gets past the first router.
func TestGateway(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Routers(2))
	l.ListenUDP("server", 53, func(q []byte) []byte {
		answer := append([]byte{}, q...)
		answer[2], answer[3] = 0x80, 5 // REFUSED (RFC 1035, 4.1.1)
		return answer
	})
	servers := []netip.AddrPort{netip.AddrPortFrom(l.Addr("server", 4), 53)}
	seen := l.Capture("r2", lab.From("r1"))
	look := func() *Facts {
		f, err := lab.Remote[*Facts](t.Context(), l, "look", servers)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := look()
	for family, n := range map[evidence.Family]int{evidence.IPv4: 4, evidence.IPv6: 6} {
		g := f.gateway(family)
		if g.Answer != Answers || g.Gateway != l.Addr("r1", n) || g.Source != l.Addr("client", n) || g.Interface != "to-r1" {
			t.Errorf("%s: %+v", family, g)
		}
	}
	if len(f.NameServers) != 1 || f.NameServers[0].RCode != "REFUSED" || !f.Works() {
		t.Errorf("name servers %+v, works %v", f.NameServers, f.Works())
	}
	for _, p := range seen.Packets() {
		if p.Dst.Addr() != l.Addr("server", 4) && p.Protocol != lab.ProtocolICMP && !p.Dst.Addr().IsMulticast() && !p.Dst.Addr().IsLinkLocalUnicast() {
			t.Errorf("past the gateway: %v", p)
		}
	}
	l.NFT("r1", "table inet quiet { chain in { type filter hook input priority 0; meta l4proto tcp drop; }\n"+
		"chain out { type filter hook output priority 0; icmp type time-exceeded drop; icmpv6 type time-exceeded drop; }\n}")
	if g := look().gateway(evidence.IPv4); g.Answer != Silent {
		t.Errorf("a gateway that says nothing: %+v", g)
	}
	l.IP("client", "route replace default via 10.1.0.77\nroute replace default via fd00:1::77")
	f = look()
	if g := f.gateway(evidence.IPv4); g.Answer != Absent {
		t.Errorf("nobody there: %+v", g)
	}
	if f.Works() {
		t.Error("works without a gateway")
	}
}

// TestTunnelInLab: a tunnel that takes everything is seen by the kernel's own choice, also where a rule of policy routing makes it.
func TestTunnelInLab(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Routers(2))
	l.IP("client", "tuntap add dev wg0 mode tun\naddress add 10.8.0.2/24 dev wg0\nlink set wg0 up\n"+
		"route add 172.16.0.0/12 dev wg0")
	look := func() (codes map[Code]Finding) {
		codes = map[Code]Finding{}
		f, err := lab.Remote[*Facts](t.Context(), l, "look", []netip.AddrPort(nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range f.Findings() {
			codes[x.Code] = x
		}
		return codes
	}
	some := look()
	if x, is := some[TunnelTakesSome]; !is || x.Interface != "wg0" || len(x.Prefixes) != 2 {
		t.Errorf("a tunnel to some networks: %+v", some)
	}
	l.IP("client", "route add default dev wg0 table 51820\nrule add not fwmark 0xca6c table 51820 priority 100\n"+
		"rule add table main suppress_prefixlength 0 priority 90")
	if x, is := look()[TunnelOneFamily]; !is || x.Interface != "wg0" || x.Family != evidence.IPv4 {
		t.Errorf("a tunnel for IPv4: %+v", look())
	}
}
