package target

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseHostPort understands host, host:port, [v6] and [v6]:port.
func parseHostPort(text string, named PortName) (Target, error) {
	if err := nearMiss(text); err != nil {
		return Target{}, err
	}
	host, port, has := splitPort(text)
	t, err := parseHost(text, host)
	if err != nil || !has {
		return t, err
	}
	t.Port, err = parsePort(host, port, named)
	return t, err
}

// splitPort cuts the port off. A bare IPv6 address has none: 2001:db8::443 is an address.
func splitPort(text string) (host, port string, has bool) {
	if end := strings.LastIndexByte(text, ']'); strings.HasPrefix(text, "[") {
		if end < 0 || end == len(text)-1 {
			return text, "", false
		}
		if text[end+1] == ':' {
			return text[:end+1], text[end+2:], true
		}
		return text, "", false
	}
	if strings.Count(text, ":") != 1 {
		return text, "", false
	}
	return strings.Cut(text, ":")
}

// parsePort reads a port number, or a service's name where named knows it.
func parsePort(host, text string, named PortName) (uint16, error) {
	h := quoteless(host)
	if text == "" {
		return 0, wrong("there is no port after the colon of %s", "type "+h+" or "+h+":443", quote(host+":"))
	}
	if strings.Trim(text, "0123456789") == "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return 0, wrong("%s is not a port: ports are 1 to 65535", "type for example "+h+":443", quote(text))
		}
		return uint16(n), nil
	}
	if strings.Trim(text, "0123456789-") == "" || strings.Contains(text, "/") {
		return 0, wrong("%s after the colon is more than one port number", "type the ports with -p: "+h+" -p "+quoteless(text), quote(text))
	}
	if named != nil {
		if n, ok := named(text); ok {
			return n, nil
		}
	}
	return 0, wrong("%s is neither a port number nor a service's name", "type for example "+h+":443", quote(text))
}

// withUser is the error for user@server.example.
func withUser(k kept) error {
	what := "a user name"
	if k.password {
		what = "a user name and password"
	}
	host := strings.TrimLeft(k.text, "/")
	if name, path, has := strings.Cut(host, ":"); has && !k.password && strings.Trim(path, "0123456789") != "" || has &&
		path == "" { // of scp and git
		return wrong("the target is a file on a server, as scp and git name it",
			"type the server with the port of SSH: whyport "+quoteless(name)+":22")
	}
	if k.password || k.path || strings.Contains(host, ":") {
		return wrong("the target has "+what+" before the @", "type the server alone: "+quoteless(host))
	}
	return wrong("the target has "+what+" before the @",
		"type the server alone: "+quoteless(host)+" (for an e-mail address its mail server: whyport "+
			quoteless(host)+" --profile mail-client)")
}

// nearMiss answers for forms that are common elsewhere and have an obvious correction here.
func nearMiss(text string) error {
	if scheme, rest, ok := strings.Cut(text, ":"); ok && schemes[strings.ToLower(scheme)].port != 0 &&
		strings.Contains(rest, ".") {
		return wrong("%s is an incomplete URL", "type "+strings.ToLower(scheme)+"://"+quoteless(rest), quote(text))
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return nil
	}
	if host, rest, _ := strings.Cut(text, ":"); strings.Contains(host, ".") && strings.Contains(rest, ":") {
		return wrong(
			"%s has more than one colon",
			"type the ports with -p: "+quoteless(host)+" -p "+quoteless(strings.ReplaceAll(strings.Trim(rest, ":"), ":", ",")),
			quote(text),
		)
	}
	// Two colons or more without brackets and no address: 2001:db8::7:99999, or one with a port.
	if i := strings.LastIndexByte(text, ':'); strings.Count(text, ":") > 1 && !strings.HasPrefix(text, "[") {
		if a, err := netip.ParseAddr(text[:i]); err == nil && a.Is6() {
			return wrong("%s is not an IPv6 address; with a port it needs brackets",
				"type ["+a.String()+"]:"+quoteless(text[i+1:]), quote(text))
		}
	}
	return nil
}

// MailDomain is the domain of an e-mail address; false for everything else, also for what scp and git name.
func MailDomain(text string) (domain string, is bool) {
	user, host, has := strings.Cut(unwrapped(text), "@")
	user = strings.TrimPrefix(user, "mailto:")
	if !has || user == "" || strings.ContainsAny(user, ` :/\?#"`) || strings.ContainsAny(host, "@:/") || !strings.Contains(host, ".") {
		return "", false
	}
	found, err := Parse(host, nil)
	if err != nil || len(found) != 1 || found[0].ServerName == "" {
		return "", false
	}
	return found[0].ServerName, true
}
