package settings

import (
	"net/netip"
	"strconv"
	"strings"

	"whyport/probe/proxy"
)

// excepts reports whether a host is reached direct: this computer itself is, and what the list names. The systems write it
// differently, and each form means one thing: "<local>" is a name without a dot, "*.example" a pattern, ".example" a domain,
// "10.0.0.0/8" and "169.254/16" networks; a port may follow.
func (f *Found) excepts(host string, port uint16) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	addr, err := netip.ParseAddr(host)
	isAddr := err == nil
	if proxy.Local(host) {
		return true
	}
	for _, rule := range f.Except {
		rule = strings.ToLower(strings.TrimSpace(rule))
		if _, after, ok := strings.Cut(rule, "://"); ok {
			rule = after
		}
		rule = strings.TrimSuffix(rule, "/")
		switch {
		case rule == "<local>":
			if !strings.Contains(host, ".") && !isAddr {
				return true
			}
		case strings.Contains(rule, "/"):
			if p, ok := network(rule); ok && isAddr && p.Contains(addr.Unmap()) {
				return true
			}
		default:
			if hostRule(rule, host, port) {
				return true
			}
		}
	}
	return false
}

// network reads a prefix whose last bytes of zero may be left out, as macOS writes them.
func network(text string) (netip.Prefix, bool) {
	address, bits, _ := strings.Cut(text, "/")
	if !strings.Contains(address, ":") {
		for strings.Count(address, ".") < 3 {
			address += ".0"
		}
	}
	p, err := netip.ParsePrefix(address + "/" + bits)
	return p.Masked(), err == nil
}

// hostRule is one name, domain, address or pattern.
func hostRule(rule, host string, port uint16) bool {
	if name, number, ok := strings.Cut(rule, ":"); ok && !strings.Contains(number, ":") {
		if n, err := strconv.ParseUint(number, 10, 16); err != nil || uint16(n) != port {
			return false
		}
		rule = name
	}
	rule = strings.TrimSuffix(strings.TrimPrefix(rule, "["), "]")
	if domain, is := strings.CutPrefix(rule, "."); is {
		return host == domain || strings.HasSuffix(host, rule)
	}
	return match(rule, host)
}

// match compares with a pattern of whose characters only the asterisk is special.
func match(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text && pattern != ""
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
