package probe

import (
	"strconv"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// TestPing: asked where nothing answers, and only there; what it says changes no verdict.
func TestPing(t *testing.T) {
	for _, family := range []int{4, 6} {
		t.Run(strconv.Itoa(family), func(t *testing.T) { testPing(t, family) })
	}
}

func testPing(t *testing.T, family int) {
	t.Parallel()
	l := lab.New(t, lab.Routers(2))
	l.Sysctl("client", "net.ipv4.ping_group_range", "0\t2147483647")
	l.Listen("server", 443, lab.Banner("hello"))
	icmp := map[int]string{4: "icmp type echo-request", 6: "icmpv6 type echo-request"}[family]
	pings := l.Capture("client", lab.From("client"), func(p *lab.Packet) bool {
		return p.Protocol == lab.ProtocolICMP && p.ICMPType == 8 || p.Protocol == lab.ProtocolICMPv6 && p.ICMPType == 128
	})
	to := l.Addr("server", family)
	ask := func(port string) *evidence.Host {
		out, err := lab.Remote[outcome](t.Context(), l, "execute", order{Targets: []Target{targetOf(to, port)}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Run.Targets[0].Hosts[to]
	}
	if h := ask("443"); h.Ping != nil || pings.Count() > 0 {
		t.Errorf("IPv%d: asked although a port answers: %+v", family, h.Ping)
	}
	traced := order{Targets: []Target{targetOf(to, "443")}}
	traced.Options.Trace = TraceAlways
	if out, err := lab.Remote[outcome](t.Context(), l, "execute", traced); err != nil {
		t.Fatal(err)
	} else if h := out.Run.Targets[0].Hosts[to]; h.Ping == nil || h.Ping.Outcome != evidence.Connected {
		t.Errorf("IPv%d: --trace: %+v", family, h.Ping)
	}
	l.Rule("server", lab.Input, "meta l4proto tcp", lab.Drop)
	if h := ask("443"); h.Ping == nil || h.Ping.Outcome != evidence.Connected || h.Ping.Elapsed < l.RTT()/2 {
		t.Errorf("IPv%d: a server that answers ping alone: %+v", family, h.Ping)
	}
	l.Rule("server", lab.Input, icmp, lab.Drop)
	if h := ask("443"); h.Ping == nil || h.Ping.Outcome != evidence.Silent {
		t.Errorf("IPv%d: a server that answers nothing: %+v", family, h.Ping)
	}
}
