package settings

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Texts as the systems print them.
const (
	scutilManual = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : intranet.example
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 3128
  HTTPProxy : proxy.example
  HTTPSEnable : 1
  HTTPSPort : 3129
  HTTPSProxy : proxy.example
  ProxyAutoConfigEnable : 0
  ProxyAutoDiscoveryEnable : 0
  SOCKSEnable : 0
  SOCKSPort : 1080
  SOCKSProxy : socks.example
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      HTTPEnable : 1
      HTTPPort : 9999
      HTTPProxy : scoped.example
    }
  }
}
`
	scutilScript = `<dictionary> {
  HTTPEnable : 0
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://pac.example/proxy.pac
}
`
	gnomeManual = `org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1', '*.example.org']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http authentication-password ''
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host 'proxy.example'
org.gnome.system.proxy.http port 3128
org.gnome.system.proxy.https host 'secure.example'
org.gnome.system.proxy.https port 3129
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
`
	kdeManual = `PersistentProxyConnection=false
[Proxy Settings][Other]
httpProxy=http://wrong.example 1
[Proxy Settings]
NoProxyFor=localhost, .example.org,example.net
Proxy Config Script=file:///home/x/p.pac
ProxyType=1
ReversedException=false
httpProxy=http://proxy.example 3128
httpsProxy=http://secure.example 3129
socksProxy=socks://socks.example 1080
`
)

// TestParsers: what each system writes.
func TestParsers(t *testing.T) {
	env := func(name string) string {
		return map[string]string{"CORP_HTTP": "http://proxy.example:1", "CORP_NO": "a.example"}[name]
	}
	for name, c := range map[string]struct {
		got  *Found
		want Found
	}{
		"macOS": {parseScutil(scutilManual), Found{Source: "macOS' network settings", Plain: "http://proxy.example:3128",
			Secure: "http://proxy.example:3129", Except: []string{"*.local", "169.254/16", "intranet.example", "<local>"}}},
		"macOS, PAC":  {parseScutil(scutilScript), Found{Source: "macOS' network settings", Script: "http://pac.example/proxy.pac"}},
		"macOS, none": {parseScutil("<dictionary> {\n  FTPPassive : 1\n}\n"), Found{Source: "macOS' network settings"}},
		"macOS, WPAD": {parseScutil("<dictionary> {\n  ProxyAutoDiscoveryEnable : 1\n}\n"), Found{Source: "macOS' network settings", Detect: true}},
		"macOS, SOCKS": {parseScutil("<dictionary> {\n  SOCKSEnable : 1\n  SOCKSPort : 1080\n  SOCKSProxy : 2001:db8::1\n}\n"),
			Found{Source: "macOS' network settings", Socks: "socks5h://[2001:db8::1]:1080"}},
		"GNOME": {parseGNOME(gnomeManual), Found{Source: "GNOME's settings", Plain: "http://proxy.example:3128",
			Secure: "http://secure.example:3129", Except: []string{"localhost", "127.0.0.0/8", "::1", "*.example.org"}}},
		"GNOME, off": {parseGNOME(strings.Replace(gnomeManual, "'manual'", "'none'", 1)), Found{Source: "GNOME's settings"}},
		"GNOME, PAC": {parseGNOME("org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url 'http://pac.example/it\\'s'"),
			Found{Source: "GNOME's settings", Script: "http://pac.example/it's"}},
		"GNOME, WPAD": {parseGNOME("org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url ''"),
			Found{Source: "GNOME's settings", Detect: true}},
		"GNOME, no such schema": {parseGNOME("No such schema “org.gnome.system.proxy”\n"), Found{Source: "GNOME's settings"}},
		"KDE": {parseKDE(kdeManual, env), Found{Source: "KDE's settings", Plain: "http://proxy.example:3128",
			Secure: "http://secure.example:3129", Socks: "socks5h://socks.example:1080", Except: []string{".localhost", ".example.org", ".example.net"}}},
		"KDE, off": {parseKDE(strings.Replace(kdeManual, "ProxyType=1", "ProxyType=0", 1), env), Found{Source: "KDE's settings"}},
		"KDE, PAC": {parseKDE(strings.Replace(kdeManual, "ProxyType=1", "ProxyType=2", 1), env),
			Found{Source: "KDE's settings", Script: "file:///home/x/p.pac"}},
		"KDE, WPAD": {parseKDE(strings.Replace(kdeManual, "ProxyType=1", "ProxyType=3", 1), env), Found{Source: "KDE's settings", Detect: true}},
		"KDE, variables": {parseKDE("[Proxy Settings]\nProxyType=4\nhttpProxy=CORP_HTTP\nNoProxyFor=CORP_NO\n", env),
			Found{Source: "KDE's settings", Plain: "http://proxy.example:1", Except: []string{".a.example"}}},
		"environment": {parseEnvironment("# x=1\nPATH=\"/bin\"\nexport https_proxy='http://proxy.example:3128'\nno_proxy=example.org,10.0.0.0/8\n"),
			Found{Source: "/etc/environment", Secure: "http://proxy.example:3128", Except: []string{".example.org", "10.0.0.0/8"}}},
		"Windows": {internetSettings{enabled: true, server: "proxy.example:8080", override: "*.example.org;10.*;<local>"}.found(),
			Found{Source: "Windows' Internet settings", Plain: "proxy.example:8080", Secure: "proxy.example:8080",
				Except: []string{"*.example.org", "10.*", "<local>"}}},
		"Windows, each": {internetSettings{enabled: true, server: "http=a.example:1;https=b.example:2;ftp=c:3;socks=d.example:4"}.found(),
			Found{Source: "Windows' Internet settings", Plain: "a.example:1", Secure: "b.example:2", Socks: "socks4://d.example:4"}},
		"Windows, off": {internetSettings{server: "proxy.example:8080", script: "http://pac.example/p"}.found(),
			Found{Source: "Windows' Internet settings", Script: "http://pac.example/p"}},
	} {
		if diff := cmp.Diff(&c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if !detects([]byte{70, 0, 0, 0, 1, 0, 0, 0, 9}) || detects([]byte{70, 0, 0, 0, 1, 0, 0, 0, 3}) || detects([]byte{8}) {
		t.Error("the flag of Windows' automatic detection is not read")
	}
}

// TestExcepts: which hosts the lists of the systems leave out.
func TestExcepts(t *testing.T) {
	for rules, hosts := range map[string]map[string]bool{
		"":                         {"localhost": true, "127.9.9.9": true, "::1": true, "a.localhost": true, "www.example": false, "10.0.0.1": false},
		"*.example.org":            {"www.example.org": true, "example.org": false, "www.example.org.net": false, "WWW.Example.ORG.": true},
		".example.org":             {"www.example.org": true, "example.org": true, "badexample.org": false},
		"10.*;<local>":             {"10.1.2.3": true, "110.1.2.3": false, "intranet": true, "intra.net": false, "fe80::1": false},
		"169.254/16":               {"169.254.7.7": true, "169.255.7.7": false, "name.example": false},
		"10.0.0.0/8;2001:db8::/32": {"10.9.9.9": true, "11.9.9.9": false, "2001:db8::7": true, "2001:db9::7": false},
		"a.example:443":            {"a.example": true, "b.example": false},
		"a.example:80":             {"a.example": false},
		"https://a.example/":       {"a.example": true},
		"*":                        {"anything.example": true},
		"192.168.*.1":              {"192.168.7.1": true, "192.168.7.2": false, "192.168.1": false},
		"[::2]":                    {"::2": true, "::3": false},
	} {
		f := &Found{Except: split(rules, ";")}
		for host, want := range hosts {
			if got := f.excepts(host, 443); got != want {
				t.Errorf("%q of %q: %v", host, rules, got)
			}
		}
	}
}

// TestFixed: which proxy leads where.
func TestFixed(t *testing.T) {
	f := &Found{Source: "GNOME's settings", Plain: "http://plain.example:1", Socks: "socks5h://socks.example:2", Except: []string{"*.example.org"}}
	choice, err := f.Fixed()
	if err != nil {
		t.Fatal(err)
	}
	for where, want := range map[string]string{"a.example 80": "http://plain.example:1", "a.example 443": "socks5h://socks.example:2", "www.example.org 443": ""} {
		var host string
		var port uint16
		fmt.Sscan(where, &host, &port)
		s, is := choice(host, port)
		if got := s.String(); is != (want != "") || is && (got != want || s.From != f.Source) {
			t.Errorf("%s: %s %v %q", where, got, is, s.From)
		}
	}
	if choice, err := (&Found{Script: "http://x/"}).Fixed(); choice != nil || err != nil {
		t.Errorf("%v %v", choice == nil, err)
	}
	if _, err := (&Found{Source: "GNOME's settings", Plain: "ftp://a.example"}).Fixed(); err == nil || !strings.Contains(err.Error(), "GNOME's settings") {
		t.Errorf("%v", err)
	}
}

// TestSets: no login gets into what people see.
func TestSets(t *testing.T) {
	f := &Found{Source: "s", Script: "http://user:secret@pac.example/p", Plain: "http://user:secret@proxy.example:1"}
	if got := fmt.Sprint(f.Sets()); strings.Contains(got, "secret") || !strings.Contains(got, "http://pac.example/p") || !strings.Contains(got, "proxy.example:1") {
		t.Error(got)
	}
}
