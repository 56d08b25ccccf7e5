// Package target understands what people type for a server: a name, an address, host:port, a URL
// or a range of addresses. It asks nothing of the network.
package target

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Target is one host, as it was written.
type Target struct {
	Input      string     // as typed, but of a link only scheme, host and port; for a range its single address
	Host       string     // name in ASCII and lower case, or the address as text; a final dot is kept
	Addr       netip.Addr // valid where an address was given
	ServerName string     // for TLS, without final dot; "" for an address
	Port       uint16     // that was written with the host; 0: none
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

// plausible answers for what is no target in any form.
func plausible(text string) error {
	switch {
	case text == "":
		return wrong("a target is empty", "type the server's name or address: whyport server.example")
	case strings.HasPrefix(text, ":") && !strings.HasPrefix(text, "::"):
		return wrong("%s has no host before the colon", "type the server first: server.example"+quoteless(text), quote(text))
	case len(text) > longest:
		return wrong("a target is %d characters long", "type the server's name alone", len(text))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return wrong("%s has characters that can't be in a name", "type the name by hand: a copied one brings such characters along", quote(text))
	case strings.ContainsFunc(text, unicode.IsSpace):
		return wrong("%s has a space in it, and no host name has",
			"type one name, or several without quotes: whyport "+plainWords(text), quote(text))
	case strings.HasPrefix(text, `\\`):
		host, _, _ := strings.Cut(text[2:], `\`)
		return wrong("%s is a Windows share, not a host", "type the server alone, with the port of shares: "+
			quoteless(host)+" -p 445", quote(text))
	case strings.ContainsAny(text, ",;") && !strings.Contains(text, "://"):
		return listed(text)
	}
	return nil
}

// listed is the error for host:80,443 and for one,two.
func listed(text string) error {
	if host, ports, ok := strings.Cut(text, ":"); ok && strings.Trim(ports, "0123456789,-") == "" {
		return wrong("%s has several ports behind the colon", "type the ports with -p: "+
			quoteless(host)+" -p "+ports, quote(text))
	}
	return wrong("%s looks like several targets", "put spaces between them: whyport "+
		plainWords(strings.NewReplacer(",", " ", ";", " ").Replace(text)), quote(text))
}

// literal is the target for an address.
func literal(input string, a netip.Addr) Target {
	return Target{Input: input, Host: a.String(), Addr: a}
}
