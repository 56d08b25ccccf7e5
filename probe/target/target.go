// Package target understands what people type for a server: a name, an address, host:port, a URL
// or a range of addresses. It asks nothing of the network.
package target

import (
	"net/netip"
	"strings"
)

// Target is one host, as it was written.
type Target struct {
	Input      string     // as typed, but of a link only scheme, host and port; for a range its single address
	Host       string     // name in ASCII and lower case, or the address as text; a final dot is kept
	Addr       netip.Addr // valid where an address was given
	ServerName string     // for TLS, without final dot; "" for an address
	Port       uint16     // that was written with the host; 0: none
	UDP        bool       // the port is UDP's
	Expect     string     // what the URL's scheme promises of the port: "tls", "http", "ssh"; "" for nothing
	Page       bool       // a link with https://: what browsers refuse is of no use
}

// PortName gives the number of a service's name, and false where there is none. It may be nil.
type PortName func(name string) (port uint16, ok bool)

// Parse understands one target. Only a range of addresses gives more than one. Every error is an *mistake.Error.
func Parse(input string, named PortName) ([]Target, error) {
	typed, err := respelt(unwrapped(input))
	if err != nil {
		return nil, err
	}
	k := keep(typed)
	if err := k.refused(); err != nil {
		return nil, err
	}
	text := k.text
	if err := plausible(text); err != nil {
		return nil, err
	}
	if strings.Contains(text, "://") {
		return one(parseURL(text, named))
	}
	if k.user {
		return nil, withUser(k)
	}
	if k.path || strings.Contains(text, "/") {
		if err := halfURL(text); err != nil {
			return nil, err
		}
		if before, _, _ := strings.Cut(text, "/"); k.path {
			return nil, notRange(text, before)
		}
		return parseRange(text)
	}
	if all, is, err := numbered(text); is {
		return all, err
	}
	return one(parseHostPort(text, named))
}

// unwrapped drops the quotes and angle brackets that come along when an address is copied from a text.
func unwrapped(input string) string {
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(input), "<>\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"))
}

// All understands many targets, merges those that mean the same and keeps their order.
func All(inputs []string, named PortName) ([]Target, error) {
	var out []Target
	seen := map[Target]bool{}
	for _, in := range inputs {
		found, err := Parse(in, named)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			key := t
			key.Input = ""
			if !seen[key] {
				seen[key] = true
				out = append(out, t)
			}
		}
	}
	return out, nil
}

func one(t Target, err error) ([]Target, error) {
	if err != nil {
		return nil, err
	}
	return []Target{t}, nil
}

// longest is above every name (253), address with zone and URL that somebody tests.
const longest = 4096
