package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whyport/probe/proxy/proxytest"
)

// TestRealPAC: a PAC file that splits: some hosts direct, some through a squid, some through a SOCKS proxy; what it says decides, and
// the report says so. The same file, where GNOME's settings name it.
func TestRealPAC(t *testing.T) {
	proxytest.Needs(t, "squid", "squid-openssl")
	microsocks := proxytest.Needs(t, "microsocks", "microsocks")
	t.Parallel()
	dir, network := room(t), network()
	http, socks := proxytest.FreePort(t), proxytest.FreePort(t)
	port := speaksFirst(t, network+"9")
	proxytest.Squid(t, nil, network+"9 server.example", fmt.Sprintf("dns_nameservers %s\nhttp_port 127.0.0.1:%d\nhttp_access allow all\n",
		proxytest.NoNames(t), http))
	proxytest.Start(t, nil, proxytest.Listens(fmt.Sprintf("127.0.0.1:%d", socks)), microsocks, "-i", "127.0.0.1", "-p", fmt.Sprint(socks),
		"-u", "alice", "-P", "sesame") // it asks for a login first, so that it connects nowhere
	pac := filepath.Join(dir, "proxy.pac")
	put(t, pac, fmt.Sprintf(`
// As companies write them.
var inside = "DIRECT", web = "PROXY 127.0.0.1:%[1]d", other = "SOCKS5 127.0.0.1:%[2]d; DIRECT";

function FindProxyForURL(url, host) {
	host = host.toLowerCase();
	if (isPlainHostName(host) || shExpMatch(host, "127.*"))
		return inside;
	if (dnsDomainIs(host, ".example"))
		return web;
	if (host == "localhost.test" || isInNet(host, "192.0.2.0", "255.255.255.0"))
		return other;
	return odd(host);
}
`, http, socks))
	at := "PAC file " + pac
	doc, code, _ := withProxy(t, nil, "server.example", "-p", port, "--proxy", "pac:"+pac)
	if p := doc.Targets[0].Ports[0]; code != 0 || p.Via.Proxy != fmt.Sprintf("http://127.0.0.1:%d", http) || *doc.Source.Proxy != p.Via.Proxy ||
		!strings.Contains(p.Why, "(set in the "+at+")") {
		t.Errorf("through squid: %d %+v", code, p)
	}
	doc, code, _ = withProxy(t, nil, network+"9", "-p", port, "--proxy", "pac:"+pac)
	if p := doc.Targets[0].Ports[0]; code != 0 || p.State != "open" || p.Via != nil {
		t.Errorf("direct: %d %+v", code, p)
	}
	doc, _, _ = withProxy(t, nil, "192.0.2.7", "-p", port, "--proxy", "pac:"+pac)
	if p := doc.Targets[0].Ports[0]; p.Via == nil || p.Via.Proxy != fmt.Sprintf("socks5h://127.0.0.1:%d", socks) || p.Reason != "proxy-auth-required" {
		t.Errorf("through SOCKS: %+v", p)
	}
	doc, code, _ = withProxy(t, nil, "203.0.113.7", "-p", port, "--proxy", "pac:"+pac)
	if p := doc.Targets[0].Ports[0]; code != 3 || p.Reason != "not-tested" || p.Via.Outcome != "undecided" ||
		!strings.Contains(p.Why, `line 13: "odd" is not understood`) {
		t.Errorf("undecided: %d %+v", code, p)
	}
	if _, code, said := withProxy(t, nil, "server.example", "-p", port, "--proxy", "pac:"+dir+"/none"); code != 2 || !strings.Contains(said, "no such file") {
		t.Errorf("no file: %d %s", code, said)
	}
	gsettings := filepath.Join(dir, "gsettings")
	put(t, gsettings, "#!/bin/sh\n[ \"$*\" = \"list-recursively org.gnome.system.proxy\" ] && cat <<'.'\n"+
		"org.gnome.system.proxy autoconfig-url 'file://"+pac+"'\norg.gnome.system.proxy mode 'auto'\n.\n")
	if err := os.Chmod(gsettings, 0o755); err != nil {
		t.Fatal(err)
	}
	desktop := []string{"XDG_CURRENT_DESKTOP=ubuntu:GNOME", "PATH=" + dir + ":/usr/bin:/bin"}
	doc, code, _ = withProxy(t, desktop, "server.example", "-p", port, "--proxy", "auto")
	if p := doc.Targets[0].Ports[0]; code != 0 || p.State != "open" || p.Via == nil || !strings.Contains(p.Why, "(GNOME's settings)") {
		t.Errorf("GNOME: %d %+v", code, p)
	}
}
