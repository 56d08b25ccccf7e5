package proxy

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"whyport/services/mistake"
)

// Choice says which proxy leads to a port of a host; false: none does, it is reached direct.
type Choice func(host string, port uint16) (Server, bool)

// Always leads everything through one proxy.
func Always(s Server) Choice { return func(string, uint16) (Server, bool) { return s, true } }

// FromEnvironment reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not. The choice is nil where none
// is set. HTTP_PROXY leads to ports where plain HTTP is usual; to all others HTTPS_PROXY does, as it does for programs that
// make tunnels; ALL_PROXY stands in for what is not set, as with curl.
func FromEnvironment(get func(string) string) (Choice, error) {
	all, err := fromVariable(get, "ALL_PROXY", "all_proxy")
	if err != nil {
		return nil, err
	}
	secure, err := fromVariable(get, "HTTPS_PROXY", "https_proxy")
	if err != nil {
		return nil, err
	}
	var plain *Server
	if get("REQUEST_METHOD") == "" { // in a CGI script HTTP_PROXY is the caller's header (httpoxy)
		if plain, err = fromVariable(get, "HTTP_PROXY", "http_proxy"); err != nil {
			return nil, err
		}
	}
	if plain == nil {
		plain = all
	}
	if secure == nil {
		secure = all
	}
	if plain == nil && secure == nil {
		return nil, nil
	}
	wanted := except(first(get, "NO_PROXY", "no_proxy"))
	return func(host string, port uint16) (Server, bool) {
		s := secure
		if UsuallyHTTP(port) {
			s = plain
		}
		if s == nil || !wanted(host, port) {
			return Server{}, false
		}
		return *s, true
	}, nil
}

// UsuallyHTTP reports ports of URLs that begin with http.
func UsuallyHTTP(port uint16) bool { return port == 80 || port == 8080 }

// Local reports this computer's own names and addresses, which no proxy leads to.
func Local(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	a, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && a.Unmap().IsLoopback()
}

func first(get func(string) string, names ...string) string {
	for _, n := range names {
		if v := get(n); v != "" {
			return v
		}
	}
	return ""
}

func fromVariable(get func(string) string, names ...string) (*Server, error) {
	text := first(get, names...)
	if text == "" {
		return nil, nil
	}
	s, err := Parse(text)
	if e, is := errors.AsType[*mistake.Error](err); is {
		return nil, mistake.New(e.Instead, "in the environment's %s: %s", names[0], e.Problem)
	}
	s.From = "the environment"
	return &s, nil
}

// except applies NO_PROXY; this computer itself is never reached through a proxy.
func except(noProxy string) func(host string, port uint16) bool {
	const some = "http://proxy.invalid"
	choose := (&httpproxy.Config{HTTPProxy: some, HTTPSProxy: some, NoProxy: noProxy}).ProxyFunc()
	return func(host string, port uint16) bool {
		found, err := choose(&url.URL{Scheme: "https", Host: net.JoinHostPort(host, strconv.Itoa(int(port)))})
		return err == nil && found != nil
	}
}
