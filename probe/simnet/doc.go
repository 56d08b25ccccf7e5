// Package simnet simulates a network for tests: hops, rules, delays and losses, without root and in virtual time. A
// Network is a socket.Network; inside a testing/synctest bubble a run of ten seconds takes milliseconds. What it gives is
// what an unprivileged process on Linux sees (measured in probe/lab, which remains the proof). It has no segments: a
// SYN's fate is computed when it leaves, and established connections lose nothing, know no window, and end
// before their time only where a node forgets them. A bubble's time
// stops when its function returns: sleep a second at its end, so that servers hear of the end of their connections.
//
// # Scenarios
//
// A scenario is a network and what is said of it, one statement a line; # begins a comment. Without hops the network is
// that of probe/lab: client - r1 - r2 - r3 - server, with the round trips 1, 9, 17 and 27 ms.
//
//	hop 1 gw     10.1.0.1 fd00:1::1  1ms      the path as a trace shows it; hops come first, the last one is the server
//	hop 2 isp-a  100.64.1.2          9ms
//	hop 2 isp-b  100.64.2.2          9ms      two with the same number: equal-cost paths, chosen by the ports
//	hop 3 server 203.0.113.7        20ms
//
//	server listen 22 greet SSH-2.0-lab        also: hold, echo, http 200, hangup, close, reset, cut, silent
//	server listen 53/udp echo
//	server ttl 128                            what its packets start with (64)
//	gw silent                                 no time-exceeded; gw unlimited: ICMP errors without Linux's limits
//	gw errors 2/second burst 3                other limits than Linux's
//	gw route prohibit                         also: none, unreachable, blackhole; of the client, too
//	gw loops to client                        sends back what is for others
//	isp-a returns to gw over 2 hops in 12ms   the way back of what it forwards
//	isp-a lacks 203.0.113.99                  on its link nobody has that address
//	gw forgets after 40s                      connections on which nothing was said: it drops what comes later, or
//	gw forgets after 40s reset                answers it so
//	client is 10.1.0.2                        its addresses
//	client sockets 20                         it has so many
//	client sleeps 10m after 300ms             since the first packet: nothing is sent, and what comes is lost
//
//	gw forward tcp dport 80 drop              hooks: prerouting, forward, postrouting, input, output (of the client)
//	gw-isp-a tcp dport 80 reset ttl 64        a device without an address on the wire between two nodes
//	seed 7                                    of losses and source ports
//
//	test 22 80 53/udp 1000-2000
//	at isp-a                                  in place of the server; or addresses
//	at most 30 SYNs                           to one target
//	22 open/syn-ack certain                   what is expected, as in testdata/where.txt
//	80 v4 closed/reset certain                in one family
//	1-9 closed/reset ... | open/syn-ack ...   of many ports: by its beginning, or
//
// A rule is conditions and an action; the first that matches decides. Replies pass the rules, too.
//
//	ip, ip6, tcp, udp, dport 80,443, sport 1-1023
//	with mptcp                                a SYN that has such an extra (evidence.Extras)
//	over 10/second [burst 5]                  new connections that exceed a rate
//	after 20 [for 60s]                        new connections after so many: shut out
//	drop
//	reject admin-prohibited                   nftables' words; tcp-reset
//	reset [ttl 64]                            a forged RST
//	answer window 0 [ttl 64]                  a SYN-ACK in the server's name, and nothing more
//	synproxy                                  the same, but the server's port is asked then
//	redirect 7777                             to the node's own port
//	dnat server
//	loss 20%
package simnet
