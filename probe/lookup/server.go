package lookup

import (
	"cmp"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"whyport/probe/evidence"
)

// Server is a name server that a person names.
type Server struct {
	At   netip.AddrPort
	Over string // evidence.OverTLS, evidence.OverHTTPS; "": as usual
	Path string // of DNS over HTTPS
}

func (s Server) String() string {
	if s.Over == "" {
		return s.At.String()
	}
	return s.Over + "://" + s.At.String() + s.Path
}

var errServer = errors.New("this is not the address of a name server")

// ParseServer reads a name server as people write one: an address, with a port or without, or tls://ADDRESS, or
// https://ADDRESS/dns-query, where the path is RFC 8484's own if none is given.
func ParseServer(text string) (s Server, err error) {
	usual := uint16(53)
	if strings.Contains(text, "://") {
		u, err := url.Parse(text)
		if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return s, errServer
		}
		switch s.Over = u.Scheme; {
		case s.Over == evidence.OverTLS && strings.Trim(u.Path, "/") == "":
			usual = 853 // RFC 7858, 3.1
		case s.Over == evidence.OverHTTPS:
			usual, s.Path = 443, cmp.Or(strings.TrimSuffix(u.Path, "/"), "/dns-query")
		default:
			return s, errServer
		}
		text = u.Host
	}
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		s.At = netip.AddrPortFrom(a, usual)
		return s, nil
	}
	if s.At, err = netip.ParseAddrPort(text); err != nil || s.At.Port() == 0 {
		return s, errServer
	}
	return s, nil
}
