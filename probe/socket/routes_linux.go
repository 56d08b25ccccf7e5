package socket

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"net/netip"
	"os"
	"strconv"

	"whyport/probe/evidence"
)

// Flags of include/uapi/linux/route.h and ipv6_route.h.
const (
	routeUp     = 0x1
	routeReject = 0x200
	routeCached = 0x01000000
)

// mostRoutes bounds what is read: a computer with more is a router, and its table is not looked at.
const mostRoutes = 4096

func routes() []evidence.Route {
	four, _ := os.ReadFile("/proc/net/route")
	six, _ := os.ReadFile("/proc/net/ipv6_route")
	return append(parseRoutes(four, route4), parseRoutes(six, route6)...)
}

func parseRoutes(table []byte, row func(fields [][]byte) (evidence.Route, bool)) (out []evidence.Route) {
	if bytes.Count(table, []byte("\n")) > mostRoutes {
		return nil
	}
	for line := range bytes.Lines(table) {
		if r, ok := row(bytes.Fields(line)); ok {
			out = append(out, r)
		}
	}
	return out
}

// route4 reads a row of /proc/net/route (net/ipv4/fib_trie.c, fib_route_seq_show): interface, destination, gateway, flags,
// two counts, metric and mask; addresses are words as the kernel has them in memory, in hexadecimal.
func route4(f [][]byte) (r evidence.Route, ok bool) {
	if len(f) < 8 {
		return r, false
	}
	to, ok1 := word4(f[1])
	gateway, ok2 := word4(f[2])
	mask, ok3 := word4(f[7])
	flags, err := strconv.ParseUint(string(f[3]), 16, 32)
	metric, err2 := strconv.ParseUint(string(f[6]), 10, 32)
	if !ok1 || !ok2 || !ok3 || err != nil || err2 != nil || flags&routeUp == 0 || flags&routeReject != 0 {
		return r, false // the heading, too
	}
	m := mask.As4()
	length := bits.OnesCount32(binary.BigEndian.Uint32(m[:]))
	r = evidence.Route{Prefix: netip.PrefixFrom(to, length), Interface: string(f[0]), Metric: uint32(metric)}
	if !gateway.IsUnspecified() {
		r.Gateway = gateway
	}
	return r, true
}

func word4(text []byte) (netip.Addr, bool) {
	n, err := strconv.ParseUint(string(text), 16, 32)
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], uint32(n))
	return netip.AddrFrom4(b), err == nil && len(text) == 8
}

// route6 reads a row of /proc/net/ipv6_route (net/ipv6/route.c, rt6_info_route): destination and its length, source and its
// length, next hop, metric, two counts, flags, interface; all in hexadecimal.
func route6(f [][]byte) (r evidence.Route, ok bool) {
	if len(f) != 10 {
		return r, false
	}
	to, ok1 := bytes6(f[0])
	gateway, ok2 := bytes6(f[4])
	length, err := strconv.ParseUint(string(f[1]), 16, 8)
	metric, err2 := strconv.ParseUint(string(f[5]), 16, 32)
	flags, err3 := strconv.ParseUint(string(f[8]), 16, 32)
	if !ok1 || !ok2 || err != nil || err2 != nil || err3 != nil || flags&routeUp == 0 || flags&(routeReject|routeCached) != 0 {
		return r, false
	}
	r = evidence.Route{Prefix: netip.PrefixFrom(to, int(length)), Interface: string(f[9]), Metric: uint32(metric)}
	if !gateway.IsUnspecified() {
		r.Gateway = gateway
	}
	return r, r.Prefix.IsValid()
}

func bytes6(text []byte) (netip.Addr, bool) {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != 16 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom16([16]byte(b)), true
}

// ToldRoutes says whether the routing table is read.
const ToldRoutes = "yes"
