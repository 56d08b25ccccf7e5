package auto

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whyport/probe/proxy/pac"
	"whyport/probe/proxy/settings"
)

func machine() *pac.Machine {
	return &pac.Machine{
		LookUp: func(context.Context, string) []netip.Addr { return nil },
		Own:    func() netip.Addr { return netip.MustParseAddr("10.0.0.1") }, Now: time.Now,
	}
}

const splits = `function FindProxyForURL(url, host) {
	if (isPlainHostName(host)) return "DIRECT";
	if (shExpMatch(url, "https://mail.*:25/")) return " SOCKS5 socks.example:1080; DIRECT";
	if (host == "old.example") return "SOCKS old-socks.example";
	if (host == "odd.example") return "QUIC x:1";
	if (host == "bad.example") return nobody();
	if (host == "six.example") return "HTTPS [2001:db8::1]:8443";
	return url.substring(0, 5) == "http:" ? "PROXY plain.example" : "PROXY secure.example:3128; PROXY b:1";
}`

// asked is what a choice says of "host port".
func asked(choose func(string, uint16) (string, bool), where string) string {
	var host string
	var port uint16
	fmt.Sscan(where, &host, &port)
	if s, is := choose(host, port); is {
		return s
	}
	return "DIRECT"
}

// TestScript: a file that splits, from a path, a file: URL and a web server.
func TestScript(t *testing.T) {
	path := filepath.Join(t.TempDir(), "proxy.pac")
	if err := os.WriteFile(path, []byte(splits), 0o600); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/proxy.pac", http.StatusFound)
			return
		}
		fmt.Fprint(w, splits)
	}))
	defer web.Close()
	for _, where := range []string{path, "file://" + path, web.URL, web.URL + "/moved"} {
		choice := Script(t.Context(), where, machine())
		choose := func(host string, port uint16) (string, bool) {
			s, is := choice(host, port)
			if is && s.From != "the PAC file "+where {
				t.Errorf("from %q", s.From)
			}
			if s.Problem != "" {
				return s.Problem, is
			}
			return s.String(), is
		}
		for host, want := range map[string]string{
			"intranet 443": "DIRECT", "127.0.0.1 443": "DIRECT", "mail.example.com 25": "socks5h://socks.example:1080",
			"old.example 22": "socks4://old-socks.example:1080", "www.example 80": "http://plain.example:80",
			"www.example 443": "http://secure.example:3128", "www.example 22": "http://secure.example:3128",
			"six.example 1": "https://[2001:db8::1]:8443", "odd.example 1": "the PAC file " + where + ` names a proxy that is not understood: "QUIC x:1"`,
			"bad.example 1": "the PAC file " + where + ` can't be used: line 6: "nobody" is not understood`,
		} {
			if got := asked(choose, host); got != want {
				t.Errorf("%s: %s: %s, want %s", where, host, got, want)
			}
		}
	}
}

// TestNoScript: what keeps a file from being used is said, without a login.
func TestNoScript(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			fmt.Fprint(w, strings.Repeat(" ", pac.MaxSize+1))
		case "/page":
			fmt.Fprint(w, "<html>Sign in</html>")
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer web.Close()
	withLogin := strings.Replace(web.URL, "http://", "http://user:secret@", 1)
	for where, want := range map[string]string{
		web.URL + "/large": "256 KB", web.URL + "/page": "line 1: ", web.URL + "/round": "redirected too often", withLogin + "/x": "HTTP 404",
		"/does/not/exist": "no such file", "http://127.0.0.1:1/": "refused",
	} {
		s, is := Script(t.Context(), where, machine())("www.example", 443)
		if !is || !strings.Contains(s.Problem, want) || strings.Contains(s.Problem+s.From, "secret") {
			t.Errorf("%s: %v %q", where, is, s.Problem)
		}
	}
}

// TestSystem: settings are followed in the system's order, and read only when they are needed.
func TestSystem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "proxy.pac")
	if err := os.WriteFile(path, []byte(splits), 0o600); err != nil {
		t.Fatal(err)
	}
	reads := 0
	set := func(f *settings.Found) func(context.Context) *settings.Found {
		return func(context.Context) *settings.Found { reads++; return f }
	}
	both := System(t.Context(), set(&settings.Found{Source: "KDE's settings", Plain: "http://fixed.example:1", Script: "file://" + path}), machine())
	if reads > 0 {
		t.Error("the settings are read before they are needed")
	}
	if s, is := both("www.example", 80); !is || s.Host != "plain.example" || s.From != "the PAC file file://"+path+" (KDE's settings)" {
		t.Errorf("%+v %v", s, is)
	}
	both("www.example", 81)
	fixed := System(t.Context(), set(&settings.Found{Source: "KDE's settings", Plain: "http://fixed.example:1"}), machine())
	if s, is := fixed("www.example", 80); !is || s.String() != "http://fixed.example:1" || s.From != "KDE's settings" {
		t.Errorf("%+v %v", s, is)
	}
	if _, is := fixed("www.example", 443); is {
		t.Error("a proxy for HTTP is used for another port")
	}
	if _, is := System(t.Context(), set(nil), machine())("www.example", 80); is || reads != 3 {
		t.Errorf("%v, %d reads", is, reads)
	}
	if Named(t.Context(), set(nil), machine()) != nil {
		t.Error("a choice where nothing is set")
	}
	broken := System(t.Context(), set(&settings.Found{Source: "KDE's settings", Secure: "ftp://x"}), machine())
	if s, is := broken("www.example", 443); !is || !strings.Contains(s.Problem, "KDE's settings") {
		t.Errorf("%+v %v", s, is)
	}
}
