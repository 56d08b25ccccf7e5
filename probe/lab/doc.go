// Package lab builds networks for tests: client - r1 - r2 - r3 - server, each node a network namespace of its own,
// with IPv4 and IPv6, real routing and real nftables rules, joined by wires that delay, lose, watch and forge packets.
// Nothing in it reaches any other network. It needs Linux, root, ip, nft and nsenter; elsewhere tests that ask for it
// are skipped, or fail if WHYPORT_TEST_NOSKIP is 1. Files that use it begin with "//go:build linux" (Main exists on
// all systems).
//
// # The default network
//
//	         1 ms            8 ms             8 ms              10 ms          round trip 27 ms
//	client ------- r1 -------------- r2 ---------------- r3 -------------- server
//	10.1.0.2      10.1.0.1         10.2.1.2          198.51.100.2       203.0.113.7
//	fd00:1::2     fd00:1::1        fd00:2::2         2001:db8:3::2      2001:db8:113::7
//
// The addresses shown are those that a trace from the client sees; a node's device is named to-NEIGHBOUR. With four
// routers or more the later ones have addresses in 203.0.113.0/24 and 2001:db8:113::/48, the server's networks. What
// is for an address that does not exist travels to the last router, which has no route for it; 203.0.113.99 is in the
// server's network and nobody has it. Options: Routers, Delay, SecondServer, ReturnVia, EqualCost, SecondUplink,
// Seed.
//
// # A case
//
// Make the network, a server, a rule; run the program (see Build) as an unprivileged user; read what it says:
//
//	l := lab.New(t)
//	l.Listen("server", 443, lab.TLS(lab.NewCA(t, "Root", "").Config(lab.Leaf{Names: []string{"a.example"}}), lab.Hold))
//	l.Rule("r2", lab.Forward, "tcp dport 443", lab.RejectAnyAdmin)
//	syns := l.Capture("client", lab.From("client"), lab.SYN)
//	out, err := l.Command(t.Context(), program, l.Addr("server", 4).String(), "-p", "443", "--json").Output()
//	// ... err is an *exec.ExitError for exit codes other than 0; assert on out, and on syns.ByTTL()
//
// Command's process has user 65534, no capability and an own HOME; files for it (a CA's PEM) go through Publish.
//
// # Code that is not a program
//
// A goroutine does not inherit the namespace of the thread that started it, so code that uses goroutines must run in a
// process that is in the namespace from its beginning. Remote starts the test binary again, there and unprivileged, and
// calls a function that TestMain has named; arguments and result are JSON:
//
//	func TestMain(m *testing.M) { lab.Main(m, lab.Funcs{"connect": lab.Call(connect)}) }
//	func connect(ctx context.Context, to netip.AddrPort) (evidence.Connect, error) { ... }
//
//	got, err := lab.Remote[evidence.Connect](t.Context(), l, "connect", to)
//
// In and Client run a function with just its thread in the namespace: enough to open a socket, as root. Connect is the
// lab's own trial connection with what the kernel says about it, and Dial a connection for the test's use.
//
// # What goes wrong in a network
//
//   - Rules (each returns a function that takes it away, so that rules can change during a run): Rule with Drop and the
//     Reject actions in any hook and on any node, Redirect (a device that answers for the server), DNAT, NAT,
//     SYNProxy (IPv4), Silence, Loop; NFT, IP and Sysctl for everything else ("route add unreachable 203.0.113.7").
//   - Wires: Loss, LoseFirst, SetDelay, Filter; ResetOn, AnswerSYN and ICMPOn imitate devices in the path, Contains
//     makes them look for a TLS server name; Loss(1, LongerThan(1400)) is a path MTU black hole.
//   - Servers: Close, Reset, Hold, Echo, Banner, Dialogue, HTTP, TLS; FullBacklog; ListenUDP.
//
// The kernel's limits on ICMP errors are as they come (about one a second to one address after the first few); lift
// them with Sysctl("r2", "net.ipv4.icmp_ratelimit", "0") where a case is not about them.
package lab
