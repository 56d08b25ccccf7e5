package target

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// literal is the target for an address.
func literal(input string, a netip.Addr) Target {
	return Target{Input: input, Host: a.String(), Addr: a}
}

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
		return wrong(
			"%s has characters that can't be in a name",
			"type the name by hand: a copied one brings such characters along",
			quote(text),
		)
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
