package target

import (
	"fmt"
	"net/netip"
	"strings"
)

// MaxRange is the most addresses that one range may have: /22 for IPv4, /118 for IPv6.
const MaxRange = 1024

// parseRange understands 192.0.2.0/28 and 2001:db8::/120: every address of it. An IPv4 range of more
// than two addresses is without its first and last, which are the network's and the broadcast address.
func parseRange(text string) ([]Target, error) {
	addr, length, _ := strings.Cut(text, "/")
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return nil, notRange(text, addr)
	}
	a = a.Unmap()
	if a.Zone() != "" {
		return nil, wrong("%s is a range with an interface, which is not supported", "type the addresses one by one", quote(text))
	}
	p, err := netip.ParsePrefix(a.String() + "/" + length)
	if err != nil {
		return nil, wrong("%s is not a range of addresses: %s is no prefix length for it",
			fmt.Sprintf("type for example %s/%d", a, a.BitLen()-4), quote(text), quote(length))
	}
	p = p.Masked()
	if size := a.BitLen() - p.Bits(); size > 10 {
		return nil, wrong("%s has %s addresses; %d is the most for one range",
			fmt.Sprintf("type a smaller range, such as %s/%d", p.Addr(), a.BitLen()-8), quote(text), count(size), MaxRange)
	}
	if _, err := zoned(p.Addr()); err != nil && a.Is6() {
		return nil, err
	}
	return expand(p)
}

func expand(p netip.Prefix) ([]Target, error) {
	var out []Target
	for a := p.Addr(); a.IsValid() && p.Contains(a); a = a.Next() {
		out = append(out, literal(a.String(), a))
	}
	if p.Addr().Is4() && len(out) > 2 {
		out = out[1 : len(out)-1]
	}
	for i := range out {
		if _, err := usable(out[i].Addr); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// notRange is the error for a slash behind something that is no address.
func notRange(text, before string) error {
	if rest := strings.TrimLeft(text, "/"); before == "" && rest != "" { // //server.example/login, as web pages write it
		host, _, _ := strings.Cut(rest, "/")
		return wrong(
			"%s has no scheme before the slashes",
			"type the host alone, "+quoteless(host)+", or the whole URL: https://"+quoteless(rest),
			quote(text),
		)
	}
	if endsInNumber(before) {
		if _, err := parseAddr4(before); err != nil {
			return err
		}
	}
	if strings.Contains(before, ":") && strings.Count(before, ":") > 1 {
		if _, err := parseAddr6(before); err != nil {
			return err
		}
	}
	host := quoteless(before)
	if name, port, ok := strings.Cut(before, ":"); ok && name != "" &&
		(strings.HasSuffix(text, "/tcp") || strings.HasSuffix(text, "/udp")) {
		return wrong(
			"%s has a protocol behind the port",
			"type the port with -p: "+quoteless(name)+" -p "+quoteless(port+text[len(before):]),
			quote(text),
		)
	}
	return wrong("%s has a path behind the host", "type the host alone, "+host+", or the whole URL: https://"+quoteless(text), quote(text))
}

// count is 2^bits in words that fit a line.
func count(bits int) string {
	if bits > 40 {
		return fmt.Sprintf("2^%d", bits)
	}
	return fmt.Sprint(uint64(1) << bits)
}
