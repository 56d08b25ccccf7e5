package local

import (
	"net/netip"
	"slices"
	"strings"
)

// Kind is how a program comes between others and the network.
type Kind string

// The kinds.
const (
	Protection Kind = "protection" // antivirus and filters that read along
	VPN        Kind = "vpn"        // takes packets into a tunnel, or to its maker's cloud
	Proxy      Kind = "proxy"      // takes what programs that are set to it send
	Debugger   Kind = "debugger"   // a proxy that opens TLS for developers
)

// Interceptor is a program or driver that is known to take connections on their way out.
type Interceptor struct {
	Product string
	Kind    Kind
	Program string           // as it runs; "": known by its driver
	Driver  string           // "": known by its program
	Ports   []netip.AddrPort // where it waits
}

func (i *Interceptor) has(s *Socket) bool {
	return i.Program != "" && slices.ContainsFunc(s.Holders, func(p Process) bool { return p.Name == i.Program })
}

// product is one with the names of its programs (without .exe, in lower case) and of its drivers on Windows. Products are
// named as the issuers of their certificates are (probe/speak, vendors.go).
type product struct {
	name     string
	kind     Kind
	programs string
	drivers  string
}

// products with the names of their programs and drivers, from two kinds of sources, read in 2026-11. Free programs: their own packages
// and installers. Makers' programs: names that stood in several independent public repositories as a process or driver file (inventories,
// scripts that stop or look for it, logs), ZSATunnel also in Zscaler's "Processes to Allowlist". A name that stood in one alone, or as a
// service's (csc_vpnagent, whose program is vpnagent), is left out. Names are compared whole. Ports alone prove nothing: any program can
// hold them.
var products = []product{
	{"Avast Web/Mail Shield", Protection, "avastsvc", "aswnethub"},
	{"AVG Web/Mail Shield", Protection, "avgsvc", ""},
	{"Norton Web/Mail Shield", Protection, "nortonsvc", ""},
	{"Kaspersky", Protection, "avp kesl", "klwfp"},
	{"ESET", Protection, "ekrn", "epfwwfp epfw"},
	{"Bitdefender", Protection, "bdservicehost vsserv bdredline", "bdfwfpf"},
	{"AdGuard", Protection, "adguardsvc adguard adguardhome", "adgnetworkwfpdrv"},
	{"Sophos", Protection, "sophosntpservice", ""},
	{"Privoxy", Protection, "privoxy", ""},
	{"e2guardian", Protection, "e2guardian", ""},
	{"Cisco Secure Client (AnyConnect)", VPN, "vpnagent vpnagentd", "acsock"},
	{"GlobalProtect", VPN, "pangps pangpa", ""},
	{"Zscaler Client Connector", VPN, "zsatunnel", ""},
	{"Netskope Client", VPN, "stagentsvc", ""},
	{"FortiClient", VPN, "fortisslvpndaemon", ""},
	{"Check Point VPN", VPN, "tracsrvwrapper", ""},
	{"Ivanti Secure Access (Pulse)", VPN, "pulsesecureservice", ""},
	{"Cloudflare WARP", VPN, "warp-svc", ""},
	{"OpenVPN", VPN, "openvpn openvpnserv openvpnserv2", "tap0901 ovpn-dco"},
	{"WireGuard", VPN, "wireguard wireguard-go", "wireguard"},
	{"Tailscale", VPN, "tailscaled", ""},
	{"ZeroTier", VPN, "zerotier-one zerotier-one_x64", ""},
	{"strongSwan", VPN, "charon charon-systemd", ""},
	{"Mullvad VPN", VPN, "mullvad-daemon", "mullvad-split-tunnel"},
	{"NordVPN", VPN, "nordvpnd nordvpn-service", ""},
	{"Squid", Proxy, "squid", ""},
	{"Tinyproxy", Proxy, "tinyproxy", ""},
	{"Cntlm", Proxy, "cntlm", ""},
	{"Px", Proxy, "px", ""},
	{"3proxy", Proxy, "3proxy", ""},
	{"Tor", Proxy, "tor", ""},
	{"stunnel", Proxy, "stunnel stunnel4 tstunnel", ""},
	{"Shadowsocks", Proxy, "ss-local sslocal", ""},
	{"sing-box", Proxy, "sing-box", ""},
	{"Xray", Proxy, "xray v2ray", ""},
	{"mihomo (Clash)", Proxy, "mihomo clash clash-meta", ""},
	{"Dante", Proxy, "danted sockd", ""},
	{"microsocks", Proxy, "microsocks", ""},
	{"Fiddler", Debugger, "fiddler fiddler.webui", ""},
	{"Charles Proxy", Debugger, "charles", ""},
	{"Burp Suite", Debugger, "burpsuitepro burpsuitecommunity", ""},
	{"mitmproxy", Debugger, "mitmproxy mitmdump mitmweb", ""},
	{"Proxyman", Debugger, "proxyman", ""},
	{"a filter with WinDivert", Protection, "", "windivert windivert1.4"},
}

// productOf is the one that a program belongs to; ok: there is one.
func productOf(program string) (product, bool) {
	name := strings.TrimSuffix(strings.ToLower(program), ".exe")
	i := slices.IndexFunc(products, func(p product) bool { return slices.Contains(strings.Fields(p.programs), name) })
	if i < 0 {
		return product{}, false
	}
	return products[i], true
}

// intercepting are those of the programs that wait somewhere, and those whose driver is there, each once.
func intercepting(all []Socket, drivers []string) (out []Interceptor) {
	at := func(name, program string) *Interceptor {
		i := slices.IndexFunc(out, func(x Interceptor) bool { return x.Product == name && (x.Program == program || program == "") })
		if i < 0 {
			return nil
		}
		return &out[i]
	}
	for _, s := range all {
		for _, h := range s.Holders {
			p, ok := productOf(h.Name)
			if !ok {
				continue
			}
			if at(p.name, h.Name) == nil {
				out = append(out, Interceptor{Product: p.name, Kind: p.kind, Program: h.Name})
			}
			if known := at(p.name, h.Name); !slices.Contains(known.Ports, s.Local) {
				known.Ports = append(known.Ports, s.Local)
			}
		}
	}
	for _, d := range drivers {
		for _, p := range products {
			if slices.Contains(strings.Fields(p.drivers), strings.ToLower(d)) && at(p.name, "") == nil {
				out = append(out, Interceptor{Product: p.name, Kind: p.kind, Driver: d})
			}
		}
	}
	return out
}
