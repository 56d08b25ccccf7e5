// Package proxy asks proxies for connections: HTTP CONNECT (RFC 9110, 9.3.6), plain or over TLS, SOCKS4, 4a and 5 (RFC
// 1928, 1929). It returns what the proxy answered, as evidence, and the connection to go on with; it decides nothing.
// Names and passwords stand in Login alone, which prints as nothing.
package proxy

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"whyport/services/mistake"
)

// Kind is a proxy protocol, named as in URLs.
type Kind string

// The kinds. Those that end in "a" or "h" leave names to the proxy, as HTTP does.
const (
	HTTP    Kind = "http"
	HTTPS   Kind = "https" // CONNECT over TLS to the proxy
	SOCKS4  Kind = "socks4"
	SOCKS4A Kind = "socks4a"
	SOCKS5  Kind = "socks5"
	SOCKS5H Kind = "socks5h"
)

// defaultPorts are those that URLs of the kind mean where they name none.
func defaultPort(k Kind) uint16 {
	switch k {
	case HTTP:
		return 80
	case HTTPS:
		return 443
	}
	return 1080
}

// Server is a proxy.
type Server struct {
	Kind  Kind
	Host  string // name or address, without brackets
	Port  uint16
	Login Login
	From  string // for people: what names it ("GNOME's settings"); "" where the person did
	// Found is set where a file that was looked for in the network names it: no login is sent to it.
	Found bool
	// Problem is why no proxy could be chosen; then there is none to ask.
	Problem string
}

// String is the proxy's URL, without login.
func (s Server) String() string { return string(s.Kind) + "://" + s.Address() }

// Address is host:port.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(int(s.Port))) }

// ResolvesNames reports whether names are left to the proxy.
func (s Server) ResolvesNames() bool { return s.Kind != SOCKS4 && s.Kind != SOCKS5 }

const example = "write a proxy as http://proxy.example:3128 or socks5h://proxy.example:1080"

// Parse reads a proxy's URL; without a scheme it is HTTP. A login in it is taken: whether it may stand there is the
// caller's question.
func Parse(text string) (Server, error) {
	text = strings.TrimSpace(text)
	if text != "" && !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return Server{}, mistake.New(example, "the proxy's URL can't be read")
	}
	s := Server{Kind: Kind(strings.ToLower(u.Scheme)), Host: u.Hostname()}
	switch s.Kind {
	case "socks":
		s.Kind = SOCKS5H
	case HTTP, HTTPS, SOCKS4, SOCKS4A, SOCKS5, SOCKS5H:
	default:
		return Server{}, mistake.New("use http, https, socks4, socks4a, socks5 or socks5h", "%q is no kind of proxy", u.Scheme)
	}
	s.Port = defaultPort(s.Kind)
	if text := u.Port(); text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return Server{}, mistake.New(example, "%q is no port of a proxy", text)
		}
		s.Port = uint16(n)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		s.Login = NewLogin(u.User.Username(), password)
	}
	return s, nil
}
