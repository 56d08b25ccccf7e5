package words

import (
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// proxied is what is known of the proxy; never nil.
func (s *Subject) proxied() *evidence.Proxied {
	if s.Port.Proxied == nil {
		return &evidence.Proxied{}
	}
	return s.Port.Proxied
}

// proxy is "proxy proxy.example:3128", or "proxy" where it has no name.
func (s *Subject) proxy() string { return strings.TrimSpace("proxy " + proxyName(s.proxied().Proxy)) }

func proxyName(url string) string {
	if _, at, ok := strings.Cut(url, "://"); ok {
		return phrase.Short(at, 60)
	}
	return phrase.Short(url, 60)
}

// set says in brackets what names a proxy, with a space before; "" where the person did.
func set(p *evidence.Proxied) string {
	if p.From == "" {
		return ""
	}
	return " (set in " + phrase.Short(p.From, 100) + ")"
}
