package target

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parseAddr4 reads an IPv4 address with exactly four decimal numbers, the only spelling that all
// programs read alike (RFC 6943, 3.1.1).
func parseAddr4(text string) (netip.Addr, error) {
	parts := strings.Split(text, ".")
	if len(parts) == 1 {
		return netip.Addr{}, wrong("%s is a number, not a host", "type the server first, and the port after -p: server.example -p "+
			quoteless(text), quote(text))
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 64)
		switch {
		case err != nil:
			return netip.Addr{}, wrong(
				"%s is neither a name nor an IPv4 address",
				"type four decimal numbers, such as 192.0.2.7",
				quote(text),
			)
		case n > 255:
			return netip.Addr{}, wrong(
				"%s is not an IPv4 address: %s is above 255",
				"check the address; each number is 0 to 255",
				quote(text),
				p,
			)
		case len(p) > 1 && p[0] == '0':
			parts[i] = strconv.FormatUint(n, 10)
		}
	}
	if len(parts) != 4 {
		return netip.Addr{}, wrong(
			"%s has %d numbers; an IPv4 address has four",
			"type all four, such as 192.0.2.7",
			quote(text),
			len(parts),
		)
	}
	if plain := strings.Join(parts, "."); plain != text {
		return netip.Addr{}, wrong("%s has a leading zero, which some programs read as octal", "type "+plain, quote(text))
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return a, wrong("%s is not an IPv4 address", "type four numbers, such as 192.0.2.7", quote(text))
	}
	return usable(a)
}

// parseAddr6 reads an IPv6 address, with or without brackets and zone.
func parseAddr6(text string) (netip.Addr, error) {
	inner, ok := strings.CutPrefix(text, "[")
	if ok {
		if inner, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, wrong("%s has no closing bracket", "type [2001:db8::7] or [2001:db8::7]:443", quote(text))
		}
	}
	a, err := netip.ParseAddr(inner)
	if err != nil {
		return netip.Addr{}, wrong("%s is not an IPv6 address", "type it as 2001:db8::7, and with a port as [2001:db8::7]:443", quote(text))
	}
	if a.Is4() {
		return netip.Addr{}, wrong("%s has brackets, which are for IPv6 addresses", "type "+a.String(), quote(text))
	}
	return zoned(a)
}

// zoned checks the zone (RFC 4007, 11): a link-local address needs one, no other has one.
func zoned(a netip.Addr) (netip.Addr, error) {
	local := a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast()
	switch {
	case a.Zone() == "" && a.Is6() && local:
		return a, wrong("%s is valid on one link only, and it is not said on which",
			fmt.Sprintf("add the interface: %s%%eth0", a), quote(a.String()))
	case a.Zone() != "" && !local:
		return a, wrong("%s names an interface, which only link-local addresses (fe80::) have",
			"type "+a.WithZone("").String(), quote(a.String()))
	case strings.Trim(a.Zone(), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != "":
		return a, wrong("%s names an interface that can't exist", fmt.Sprintf("type it as %s%%eth0", a.WithZone("")), quote(a.String()))
	}
	return usable(a)
}

// usable refuses addresses that no server has.
func usable(a netip.Addr) (netip.Addr, error) {
	a = a.Unmap()
	switch {
	case a.IsUnspecified():
		own := "127.0.0.1"
		if a.Is6() {
			own = "::1"
		}
		return a, wrong("%s means \"any address\" and is no server's", "for this computer itself type "+own, quote(a.String()))
	case a.IsMulticast(), a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return a, wrong("%s is the address of a group, not of one server", "type the address of one server", quote(a.String()))
	}
	return a, nil
}

// endsInNumber reports that a host can only be an IPv4 address (WHATWG URL, "ends in a number"): no
// top-level domain is a number, and resolvers would read 1.2.3 as 1.2.0.3.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
