package here

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"whyport/probe/evidence"
)

func nets(all ...string) (out []netip.Prefix) {
	for _, s := range all {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func route(to, device string) evidence.Route {
	return evidence.Route{Prefix: netip.MustParsePrefix(to), Interface: device}
}

// office is a computer on a cable where all is well.
func office() *Facts {
	return &Facts{
		Machine: Machine{
			Interfaces: []Interface{{Name: "eth0", Medium: evidence.Cable, Running: true, Prefixes: nets("192.168.1.5/24", "fe80::1/64", "2001:db8:1::5/64")}},
			Routes:     []evidence.Route{route("0.0.0.0/0", "eth0"), route("192.168.1.0/24", "eth0")},
			Outside: []Outlet{
				{Family: evidence.IPv4, Interface: "eth0", Medium: evidence.Cable, Gateway: netip.MustParseAddr("192.168.1.1")},
				{Family: evidence.IPv6, Interface: "eth0", Medium: evidence.Cable, Gateway: netip.MustParseAddr("fe80::2")},
			},
		},
		Gateways:    []Gateway{{Outlet: Outlet{Family: evidence.IPv4, Gateway: netip.MustParseAddr("192.168.1.1")}, Answer: Answers}},
		NameServers: []evidence.NameAnswer{{Server: netip.MustParseAddrPort("192.168.1.1:53"), End: evidence.Answered, RCode: "REFUSED"}},
	}
}

func (f *Facts) tunnel(name string, addresses ...string) {
	f.Interfaces = append(f.Interfaces, Interface{Name: name, Medium: evidence.Tunnel, Running: true, Prefixes: nets(addresses...)})
}

func TestFindings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *Facts)
		want   []Code
	}{
		"all well":         {func(*Facts) {}, nil},
		"no address":       {func(f *Facts) { f.Interfaces, f.Outside, f.Gateways = nil, nil, nil }, []Code{NoNetwork}},
		"a bridge alone":   {func(f *Facts) { f.Interfaces[0].Medium, f.Outside, f.Gateways = evidence.Bridge, nil, nil }, []Code{NoNetwork}},
		"cable out":        {func(f *Facts) { f.Interfaces[0].Running, f.Outside, f.Gateways = false, nil, nil }, []Code{NoNetwork}},
		"no DHCP":          {func(f *Facts) { f.Interfaces[0].Prefixes, f.Outside, f.Gateways = nets("169.254.7.7/16"), nil, nil }, []Code{SelfAssigned}},
		"no default route": {func(f *Facts) { f.Outside, f.Gateways = nil, nil }, []Code{NoWay}},
		"gateway off":      {func(f *Facts) { f.Gateways[0].Answer = Absent }, []Code{GatewayAbsent}},
		"one gateway off": {func(f *Facts) {
			f.Gateways[0].Answer = Absent
			f.Gateways = append(f.Gateways, Gateway{Outlet: Outlet{Family: evidence.IPv6}, Answer: Answers})
		}, []Code{GatewaySilent}},
		"gateway silent":       {func(f *Facts) { f.Gateways[0].Answer = Silent }, []Code{GatewaySilent}},
		"no name server":       {func(f *Facts) { f.NameServers = nil }, []Code{NoNameServer}},
		"offline":              {func(f *Facts) { f.NameServers, f.Offline = nil, true }, nil},
		"name server silent":   {func(f *Facts) { f.NameServers[0].End = evidence.Unanswered }, []Code{NameServersSilent}},
		"name server slow":     {func(f *Facts) { f.NameServers[0].Elapsed = time.Second }, []Code{NameServerSlow}},
		"behind it all silent": {func(f *Facts) { f.silentBehind() }, []Code{NameServerSilent}},
		"name server in Docker's network": {func(f *Facts) {
			f.NameServers[0] = evidence.NameAnswer{Server: netip.MustParseAddrPort("172.17.0.53:53"), End: evidence.NotReached}
			f.Interfaces = append(f.Interfaces, Interface{Name: "docker0", Medium: evidence.Bridge, Running: true, Prefixes: nets("172.17.0.1/16")})
		}, []Code{NameServersSilent, NameServerHidden}},
		"login page":   {func(f *Facts) { f.Portal = &Portal{Verdict: IsPortal} }, []Code{BehindPortal}},
		"page absent":  {func(f *Facts) { f.Portal = &Portal{Verdict: NoPage} }, []Code{PortalPageAbsent}},
		"clock fast":   {func(f *Facts) { f.Portal = &Portal{Verdict: NoPortal, Dated: true, Clock: time.Hour} }, []Code{ClockOff}},
		"clock slow":   {func(f *Facts) { f.Portal = &Portal{Verdict: NoPortal, Dated: true, Clock: -time.Hour} }, []Code{ClockOff}},
		"clock right":  {func(f *Facts) { f.Portal = &Portal{Verdict: NoPortal, Dated: true, Clock: time.Second} }, nil},
		"IPv4 alone":   {func(f *Facts) { f.Outside = f.Outside[:1] }, []Code{OneFamily}},
		"VPN for all":  {func(f *Facts) { f.tunnel("tun0", "10.8.0.2/24"); f.through("tun0", 0, 1) }, []Code{TunnelTakesAll}},
		"VPN for IPv4": {func(f *Facts) { f.tunnel("tun0", "10.8.0.2/24"); f.through("tun0", 0) }, []Code{TunnelOneFamily}},
		"VPN for some": {func(f *Facts) {
			f.tunnel("tun0", "10.8.0.2/32")
			f.Routes = append(f.Routes, route("10.0.0.0/8", "tun0"), route("10.8.0.2/32", "tun0"))
		}, []Code{TunnelTakesSome}},
		"VPN to the same network": {func(f *Facts) {
			f.tunnel("tun0", "10.8.0.2/32")
			f.Routes = append(f.Routes, route("192.168.0.0/16", "tun0"))
		}, []Code{TunnelTakesSome, Overlap}},
		"VPN's server": {func(f *Facts) {
			f.tunnel("tun0", "10.8.0.2/24")
			f.through("tun0", 0, 1)
			f.Routes = append(f.Routes, route("0.0.0.0/1", "tun0"), route("128.0.0.0/1", "tun0"), route("203.0.113.9/32", "eth0"))
		}, []Code{TunnelTakesAll}},
		"cable and Wi-Fi": {func(f *Facts) {
			f.Interfaces = append(f.Interfaces, Interface{Name: "wlan0", Medium: evidence.WiFi, Running: true, Prefixes: nets("192.168.1.6/24")})
		}, []Code{Overlap}},
	} {
		f := office()
		c.change(f)
		var got []Code
		broken := false
		for _, x := range f.Findings() {
			got = append(got, x.Code)
			broken = broken || x.Broken()
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if f.Works() == broken {
			t.Errorf("%s: works is %v", name, f.Works())
		}
	}
}

func (f *Facts) through(name string, outlets ...int) {
	for _, i := range outlets {
		f.Outside[i].Interface, f.Outside[i].Medium = name, evidence.Tunnel
	}
}

func (f *Facts) silentBehind() {
	f.NameServers = append(f.NameServers, evidence.NameAnswer{Server: netip.MustParseAddrPort("10.0.0.53:53"), End: evidence.Unanswered})
	f.Behind = 1
}

// TestTaken: what a split tunnel leads to is named, without its own address.
func TestTaken(t *testing.T) {
	f := office()
	f.tunnel("tun0", "10.8.0.2/32")
	f.Routes = append(f.Routes, route("10.0.0.0/8", "tun0"), route("10.8.0.2/32", "tun0"), route("203.0.113.0/24", "tun0"), route("ff00::/8", "tun0"))
	got := f.tunnels()
	if len(got) != 1 || !slices.Equal(got[0].Prefixes, nets("10.0.0.0/8", "203.0.113.0/24")) {
		t.Errorf("%+v", got)
	}
}

// TestStranger: what stands for the rest of the world is not this computer's own network.
func TestStranger(t *testing.T) {
	m := Machine{Interfaces: []Interface{{Prefixes: nets("198.51.100.7/24")}}, Routes: []evidence.Route{route("0.0.0.0/0", "eth0"), route("203.0.113.0/24", "eth0")}}
	if a := m.stranger(evidence.IPv4); a != netip.MustParseAddr("192.0.2.1") {
		t.Error(a)
	}
	if a := m.stranger(evidence.IPv6); a != strangers[evidence.IPv6][0] {
		t.Error(a)
	}
}
