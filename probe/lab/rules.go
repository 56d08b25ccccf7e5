//go:build linux

package lab

import (
	"fmt"
	"strings"
)

// Hook is the place in a node where a rule looks at packets.
type Hook string

// The hooks of nftables. A packet passes prerouting, then (after the TTL check) forward or input; output and
// forward end in postrouting.
const (
	Prerouting  Hook = "prerouting"
	Forward     Hook = "forward"
	Postrouting Hook = "postrouting"
	Input       Hook = "input"
	Output      Hook = "output"
)

// Action is an nftables statement that ends a rule.
type Action string

// Actions. Those named Any reject both families with what matches best; the others match their family only.
const (
	Drop        Action = "drop"
	RejectReset Action = "reject with tcp reset" // TCP only

	RejectAnyPort  Action = "reject with icmpx port-unreachable"
	RejectAnyAdmin Action = "reject with icmpx admin-prohibited"
	RejectAnyHost  Action = "reject with icmpx host-unreachable"
	RejectAnyRoute Action = "reject with icmpx no-route"

	Reject4NetUnreachable  Action = "reject with icmp net-unreachable"  // 3/0
	Reject4HostUnreachable Action = "reject with icmp host-unreachable" // 3/1
	Reject4ProtUnreachable Action = "reject with icmp prot-unreachable" // 3/2
	Reject4PortUnreachable Action = "reject with icmp port-unreachable" // 3/3
	Reject4NetProhibited   Action = "reject with icmp net-prohibited"   // 3/9
	Reject4HostProhibited  Action = "reject with icmp host-prohibited"  // 3/10
	Reject4AdminProhibited Action = "reject with icmp admin-prohibited" // 3/13

	Reject6NoRoute         Action = "reject with icmpv6 no-route"         // 1/0
	Reject6AdminProhibited Action = "reject with icmpv6 admin-prohibited" // 1/1
	Reject6AddrUnreachable Action = "reject with icmpv6 addr-unreachable" // 1/3
	Reject6PortUnreachable Action = "reject with icmpv6 port-unreachable" // 1/4
	Reject6PolicyFail      Action = "reject with icmpv6 policy-fail"      // 1/5
	Reject6RejectRoute     Action = "reject with icmpv6 reject-route"     // 1/6
)

// NFT runs "nft -f" with the script in the node; an error ends the test. A script is applied whole or not at all.
func (l *Lab) NFT(node, script string) {
	l.t.Helper()
	if err := l.node(node).run(script, "nft", "-f", "-"); err != nil {
		l.t.Fatal(err)
	}
}

// Rule adds "match action" to a chain of its own in the node and returns the function that takes it away. An empty match
// is everything, neighbour discovery included. Rejects are possible in all hooks but Postrouting.
//
//	l.Rule("r2", lab.Forward, "tcp dport { 80, 443 }", lab.RejectAnyAdmin)
//	l.Rule("r2", lab.Forward, "tcp sport 443", lab.Drop) // drops the replies
func (l *Lab) Rule(node string, hook Hook, match string, action Action) (remove func()) {
	l.t.Helper()
	return l.table(node, fmt.Sprintf("chain c { type filter hook %s priority 0; %s %s; }", hook, match, action))
}

// Redirect hands connections that match to the node's own port, where Listen("r2", port, ...) answers in the
// server's name: a transparent proxy, an ALG, or a device that accepts every port ("meta l4proto tcp").
func (l *Lab) Redirect(node, match string, port uint16) (remove func()) {
	l.t.Helper()
	return l.table(
		node,
		fmt.Sprintf("chain c { type nat hook prerouting priority dstnat; %s meta l4proto { tcp, udp } redirect to :%d; }", match, port),
	)
}

// DNAT hands connections that match to another address and port; family is 4 or 6.
func (l *Lab) DNAT(node string, family int, match, to string) (remove func()) {
	l.t.Helper()
	protocol, statement := "ipv4", "ip"
	if family == 6 {
		protocol, statement = "ipv6", "ip6"
	}
	return l.table(node, fmt.Sprintf("chain c { type nat hook prerouting priority dstnat; meta nfproto %s %s dnat %s to %s; }",
		protocol, match, statement, to))
}

// NAT hides what the node forwards to the neighbour behind its own address there.
func (l *Lab) NAT(node, neighbour string) (remove func()) {
	l.t.Helper()
	return l.table(node, fmt.Sprintf("chain c { type nat hook postrouting priority srcnat; oifname to-%s masquerade; }", neighbour))
}

// SYNProxy makes the node answer IPv4 SYNs that match (window 0) and ask the server only when the client's ACK has
// come. Not IPv6: the kernel's synproxy checks its checksums with IPv4's pseudo header and drops it, unless a network
// card vouched for them (seen in 6.18); Wire.AnswerSYN answers it.
func (l *Lab) SYNProxy(node, match string) (remove func()) {
	l.t.Helper()
	l.Sysctl(node, "net.netfilter.nf_conntrack_tcp_loose", "0")
	return l.table(node, fmt.Sprintf(`
		chain raw { type filter hook prerouting priority raw; meta nfproto ipv4 %[1]s tcp flags syn notrack; }
		chain proxy {
			type filter hook forward priority 0;
			meta nfproto ipv4 %[1]s ct state invalid,untracked synproxy mss 1460 wscale 7 sack-perm
			meta nfproto ipv4 %[1]s ct state invalid drop
		}`, match))
}

// Silence makes a router drop packets whose TTL ends there without a word: a hop that never answers in a trace.
func (l *Lab) Silence(node string) (remove func()) {
	l.t.Helper()
	return l.table(node, `chain c { type filter hook output priority 0;
		icmp type time-exceeded drop; icmpv6 type time-exceeded drop; }`)
}

// Loop makes a router send what is for the address back to its neighbour: a routing loop.
func (l *Lab) Loop(node, neighbour, address string) (remove func()) {
	l.t.Helper()
	family := 4
	if strings.Contains(address, ":") {
		family = 6
	}
	route := fmt.Sprintf("%s via %s", address, l.AddrTowards(neighbour, node, family))
	l.IP(node, "route add "+route)
	return func() { l.IP(node, "route del "+route) }
}

// table makes an nftables table of its own for each rule, so that one can go without the others.
func (l *Lab) table(node, chains string) (remove func()) {
	l.t.Helper()
	l.rules++
	name := fmt.Sprintf("inet lab%d", l.rules)
	l.NFT(node, fmt.Sprintf("table %s {\n%s\n}\n", name, chains))
	return func() {
		l.t.Helper()
		l.NFT(node, "delete table "+name)
	}
}
