package simnet

import (
	"slices"

	"whyport/probe/evidence"
)

// icmp is the protocol of an error, beside evidence's.
const icmp evidence.Protocol = "icmp"

// kind is an ICMP error's type and code, in IPv4 and IPv6, with the errno that Linux makes of it.
type kind struct {
	name           string // nftables' word
	type4, code4   uint8
	type6, code6   uint8
	errno4, errno6 string
}

// kinds: RFC 792 and 1812 (IPv4), RFC 4443 (IPv6). Those that nftables has for one family only are given what its icmpx
// sends in the other. The errors: icmp_err_convert in net/ipv4/icmp.c, tab_unreach in net/ipv6/icmp.c.
var kinds = []kind{
	{"no-route", 3, 0, 1, 0, "ENETUNREACH", "ENETUNREACH"},
	{"host-unreachable", 3, 1, 1, 3, "EHOSTUNREACH", "EHOSTUNREACH"},
	{"prot-unreachable", 3, 2, 1, 4, "ENOPROTOOPT", "ECONNREFUSED"},
	{"port-unreachable", 3, 3, 1, 4, "ECONNREFUSED", "ECONNREFUSED"},
	{"net-prohibited", 3, 9, 1, 1, "ENETUNREACH", "EACCES"},
	{"host-prohibited", 3, 10, 1, 1, "EHOSTUNREACH", "EACCES"},
	{"admin-prohibited", 3, 13, 1, 1, "EHOSTUNREACH", "EACCES"},
	{"policy-fail", 3, 13, 1, 5, "EHOSTUNREACH", "EACCES"},
	{"reject-route", 3, 13, 1, 6, "EHOSTUNREACH", "EACCES"},
	// Codes that no packet filter of Linux sends; in IPv6 they are "beyond scope" and "erroneous header field".
	{"source-route-failed", 3, 5, 1, 2, "EOPNOTSUPP", "EHOSTUNREACH"},
	{"net-unknown", 3, 6, 1, 2, "ENETUNREACH", "EHOSTUNREACH"},
	{"host-unknown", 3, 7, 1, 2, "EHOSTDOWN", "EHOSTUNREACH"},
	{"host-isolated", 3, 8, 1, 2, "ENONET", "EHOSTUNREACH"},
	{"net-tos", 3, 11, 1, 2, "ENETUNREACH", "EHOSTUNREACH"},
	{"host-tos", 3, 12, 1, 2, "EHOSTUNREACH", "EHOSTUNREACH"},
	{"precedence-violation", 3, 14, 1, 2, "EHOSTUNREACH", "EHOSTUNREACH"},
	{"precedence-cutoff", 3, 15, 1, 2, "EHOSTUNREACH", "EHOSTUNREACH"},
	{"parameter-problem", 12, 0, 4, 0, "EPROTO", "EPROTO"},
	{"time-exceeded", 11, 0, 3, 0, "EHOSTUNREACH", "EHOSTUNREACH"},
}

func kindOf(name string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// error is the ICMP error in one family; its sender is not known here.
func (k kind) error(v6 bool) evidence.ICMP {
	if v6 {
		return evidence.ICMP{Type: k.type6, Code: k.code6}
	}
	return evidence.ICMP{Type: k.type4, Code: k.code4}
}

// errno is what connect(2) fails with.
func errno(e evidence.ICMP) string {
	for _, k := range kinds {
		if e.V6() && k.type6 == e.Type && k.code6 == e.Code {
			return k.errno6
		}
		if !e.V6() && k.type4 == e.Type && k.code4 == e.Code {
			return k.errno4
		}
	}
	return "EHOSTUNREACH"
}
