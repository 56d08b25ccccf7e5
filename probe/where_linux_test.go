package probe

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// labCase is one state of a network and what is said about ports of its server, in both families.
type labCase struct {
	name    string
	options []lab.Option
	setup   func(l *lab.Lab)
	ports   string                                  // "22 80 53/udp"
	target  func(l *lab.Lab, family int) netip.Addr // in place of the server
	change  func(*settings)
	within  time.Duration
	nodes   []string
}

// greeting is the server of most cases: a port whose application speaks first.
var greeting = lab.Banner("SSH-2.0-lab\r\n")

func with(rules ...func(l *lab.Lab)) func(l *lab.Lab) {
	return func(l *lab.Lab) {
		l.Listen("server", 22, greeting)
		for _, r := range rules {
			r(l)
		}
	}
}

func rule(node string, hook lab.Hook, match string, action lab.Action) func(*lab.Lab) {
	return func(l *lab.Lab) { l.Rule(node, hook, match, action) }
}

func listen(node string, port uint16, h lab.Handler) func(*lab.Lab) {
	return func(l *lab.Lab) { l.Listen(node, port, h) }
}

// alone is a lab without the greeting port.
func alone(rules ...func(l *lab.Lab)) func(l *lab.Lab) {
	return func(l *lab.Lab) {
		for _, r := range rules {
			r(l)
		}
	}
}

// address4and6 is a target other than the server.
func address4and6(v4, v6 string) func(*lab.Lab, int) netip.Addr {
	return func(_ *lab.Lab, family int) netip.Addr {
		if family == 6 {
			return netip.MustParseAddr(v6)
		}
		return netip.MustParseAddr(v4)
	}
}

func ip(node string, lines ...string) func(*lab.Lab) {
	return func(l *lab.Lab) { l.IP(node, strings.Join(lines, "\n")+"\n") }
}

func TestWhere(t *testing.T) {
	wanted := readWanted(t)
	for _, c := range cases(t) {
		want := wanted[c.name]
		delete(wanted, c.name)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// On a machine that does other things time and packets may be more, and, rarely, what a case is about is
			// lost: a bound has three tries, and a verdict may be wrong once, which is logged.
			var wrong, exceeded []string
			for try := range 3 {
				l := lab.New(t, c.options...)
				if c.setup != nil {
					c.setup(l)
				}
				before := len(wrong)
				wrong, exceeded = c.run(t, l, want, wrong)
				switch {
				case len(wrong) > before && (before > 0 || try == 2):
					t.Fatal(strings.Join(wrong, "\n"))
				case len(wrong) > before:
					t.Logf("wrong once: %s", strings.Join(wrong, "\n"))
				case len(exceeded) == 0:
					return
				}
			}
			t.Errorf("three times: %s", strings.Join(exceeded, "; "))
		})
	}
	for name := range wanted {
		t.Errorf("testdata/where.txt has %q, which is no case", name)
	}
}

// run adds to the wrong verdicts, and returns the bounds that were exceeded.
func (c labCase) run(t *testing.T, l *lab.Lab, wanted map[string]string, wrong []string) (_, exceeded []string) {
	o := order{}
	if c.change != nil {
		c.change(&o.Options)
	}
	for _, family := range []int{4, 6} {
		addr := l.Addr("server", family)
		if c.target != nil {
			addr = c.target(l, family)
		}
		o.Targets = append(o.Targets, targetOf(addr, strings.Fields(c.ports)...))
	}
	sent := l.Capture("client", lab.From("client"), lab.SYN)
	r := execute(t, l, o)
	names := nodeNames(l, c.nodes...)
	for i, family := range []int{4, 6} {
		run := &r.Targets[i]
		if len(run.Results) != len(strings.Fields(c.ports)) {
			t.Errorf("IPv%d: %d results", family, len(run.Results))
		}
		slowest := time.Duration(0)
		for _, res := range run.Results {
			port := int(res.Port.Port)
			got := said(res.Verdict, names)
			if want := wanted[fmt.Sprintf("%d v%d", port, family)]; !fits(got, want) {
				wrong = append(wrong, fmt.Sprintf("IPv%d, port %d (%s):\n got %s\nwant %s", family, port, res.Verdict.Rule, got, want))
			}
			slowest = max(slowest, res.Port.Elapsed)
			for n, a := range res.Port.Attempts {
				if a.Outcome == evidence.Silent && a.Source.Port() == 0 {
					t.Errorf("IPv%d, port %d: attempt %d has no source", family, port, n+1)
				}
			}
		}
		// The bounds are what an idle machine needs: another may take twice the time, and a quarter more packets.
		if c.within > 0 && slowest > 2*c.within {
			exceeded = append(exceeded, fmt.Sprintf("IPv%d: %v, want less than %v", family, slowest, c.within))
		}
		match := map[int]lab.Match{4: lab.IPv4, 6: lab.IPv6}[family]
		n := sent.Count(match)
		var most int
		if _, err := fmt.Sscanf(wanted[""], "at most %d SYNs", &most); err != nil || n > most+most/4 {
			exceeded = append(exceeded, fmt.Sprintf("IPv%d: %d SYNs, want %q", family, n, wanted[""]))
		}
		t.Logf("IPv%d: %v, %d SYNs", family, slowest.Round(time.Millisecond), n)
	}
	return wrong, exceeded
}

const (
	slack = 150 * time.Millisecond // of a busy machine
	lots  = 15 * time.Second
)

func cases(t testing.TB) []labCase {
	list := []labCase{
		{name: "open", setup: with(), ports: "22", within: 3*27*time.Millisecond + slack},
		{name: "open and closed", setup: with(), ports: "22 80", within: time.Second},
		{name: "closed alone", ports: "80", within: time.Second},
		{name: "no speech", setup: with(listen("server", 80, lab.Hold)), ports: "22 80"},
	}
	for node, hook := range map[string]lab.Hook{"r1": lab.Forward, "r2": lab.Forward, "r3": lab.Forward, "server": lab.Input} {
		list = append(list,
			labCase{name: "reset by " + node, setup: with(rule(node, hook, "tcp dport 80", lab.RejectReset)), ports: "22 80", within: time.Second},
			labCase{name: "reset by " + node + " of all", setup: alone(rule(node, hook, "meta l4proto tcp", lab.RejectReset)), ports: "80", within: time.Second},
			labCase{name: "reset by " + node + " beside closed", setup: alone(rule(node, hook, "tcp dport 80", lab.RejectReset)), ports: "80 81", within: time.Second},
			labCase{name: "admin by " + node, setup: with(rule(node, hook, "tcp dport 80", lab.RejectAnyAdmin)), ports: "22 80", within: time.Second},
			labCase{name: "admin by " + node + " alone", setup: with(rule(node, hook, "tcp dport 80", lab.RejectAnyAdmin)), ports: "80", within: time.Second},
			labCase{name: "port unreachable by " + node, setup: with(rule(node, hook, "tcp dport 80", lab.RejectAnyPort)), ports: "22 80", within: time.Second},
			labCase{name: "host unreachable by " + node, setup: with(rule(node, hook, "tcp dport 80", lab.RejectAnyHost)), ports: "22 80", within: time.Second},
			labCase{name: "no route by " + node, setup: with(rule(node, hook, "tcp dport 80", lab.RejectAnyRoute)), ports: "22 80", within: time.Second},
		)
		if node == "r2" {
			for _, a := range []lab.Action{lab.Reject4ProtUnreachable, lab.Reject4NetProhibited, lab.Reject4HostProhibited} {
				a6 := map[lab.Action]lab.Action{lab.Reject4ProtUnreachable: lab.RejectReset, lab.Reject4NetProhibited: lab.Reject6PolicyFail, lab.Reject4HostProhibited: lab.Reject6RejectRoute}[a]
				list = append(list, labCase{name: string(a), setup: with(
					rule(node, hook, "meta nfproto ipv4 tcp dport 80", a), rule(node, hook, "meta nfproto ipv6 tcp dport 80", a6)), ports: "22 80", within: time.Second})
			}
		}
		hooks := []lab.Hook{lab.Prerouting, lab.Forward, lab.Postrouting}
		if node == "server" {
			hooks = []lab.Hook{lab.Prerouting, lab.Input}
		}
		for _, hook := range hooks {
			list = append(list,
				labCase{name: fmt.Sprintf("drop in %s of %s", hook, node), setup: with(rule(node, hook, "tcp dport 80", lab.Drop)), ports: "22 80", within: 4 * time.Second},
			)
		}
		if node != "server" {
			list = append(list, labCase{name: "reply dropped by " + node, setup: with(rule(node, lab.Forward, "tcp sport 80", lab.Drop)), ports: "22 80", within: 4 * time.Second})
		}
	}
	list = append(list,
		labCase{name: "five silent", setup: with(rule("r2", lab.Forward, "tcp dport 81-89", lab.Drop)), ports: "22 81 82 83 84 85", within: 4 * time.Second},
		labCase{name: "five silent without reference", setup: with(rule("r2", lab.Forward, "tcp dport 81-89", lab.Drop)), ports: "81 82 83 84 85", within: 4 * time.Second},
		labCase{name: "own reject", setup: with(rule("client", lab.Output, "tcp dport 80", lab.RejectAnyAdmin)), ports: "22 80", within: time.Second},
		labCase{name: "own reject of all", setup: with(rule("client", lab.Output, "meta l4proto tcp", lab.RejectAnyPort)), ports: "22 80", within: time.Second},
		labCase{name: "own reset", setup: with(rule("client", lab.Output, "tcp dport 80", lab.RejectReset)), ports: "22 80", within: time.Second},
		labCase{name: "own reset alone", setup: with(rule("client", lab.Output, "tcp dport 80", lab.RejectReset)), ports: "80", within: time.Second},
		labCase{name: "own reset of all", setup: with(rule("client", lab.Output, "meta l4proto tcp", lab.RejectReset)), ports: "80", within: 2 * time.Second},
		labCase{name: "own drop", setup: with(rule("client", lab.Output, "tcp dport 80", lab.Drop)), ports: "22 80", within: 4 * time.Second},
		labCase{name: "own drop of all", setup: with(rule("client", lab.Output, "meta l4proto tcp", lab.Drop)), ports: "22 80", within: 4 * time.Second},
		labCase{name: "own drop of replies", setup: with(rule("client", lab.Input, "tcp sport 80", lab.Drop)), ports: "22 80", within: 4 * time.Second},
		labCase{name: "no IPv6 here", setup: with(func(l *lab.Lab) { l.Sysctl("client", "net.ipv6.conf.all.disable_ipv6", "1") }), ports: "22 53/udp", within: time.Second},
		labCase{name: "no route here", setup: alone(ip("client", "route del default", "route del ::/0")), ports: "80", within: time.Second},
	)
	for _, kind := range []string{"unreachable", "prohibit", "blackhole"} {
		list = append(list,
			labCase{name: kind + " route here", setup: func(l *lab.Lab) {
				l.IP("client", fmt.Sprintf("route add %s %s\nroute add %s %s\n", kind, l.Addr("server", 4), kind, l.Addr("server", 6)))
			}, ports: "80", within: time.Second},
			labCase{name: kind + " route on r2", setup: func(l *lab.Lab) {
				l.IP("r2", fmt.Sprintf("route add %s %s\nroute add %s %s\n", kind, l.Addr("server", 4), kind, l.Addr("server", 6)))
			}, ports: "80", within: 4 * time.Second},
		)
	}
	tlsServer := func(t testing.TB) lab.Handler {
		return lab.TLS(lab.NewCA(t, "Lab Root", "Lab").Config(lab.Leaf{Names: []string{"true.example"}}), lab.Hold)
	}
	trueName := func(o *settings) { o.ServerName = "true.example" }
	list = append(list,
		labCase{name: "unreachable route on r2, six ports", setup: func(l *lab.Lab) {
			l.IP("r2", fmt.Sprintf("route add unreachable %s\nroute add unreachable %s\n", l.Addr("server", 4), l.Addr("server", 6)))
		}, ports: "80 81 82 83 84 85", within: 4 * time.Second},
		labCase{name: "tarpit before the server", setup: with(func(l *lab.Lab) {
			l.Wire("r3", "server").AnswerSYN(0, 0, lab.Port(80))
		}), ports: "22 80", within: 4 * time.Second},
		labCase{name: "device before the server accepts every port", setup: alone(func(l *lab.Lab) {
			l.Wire("r3", "server").AnswerSYN(5000, 0)
		}), ports: "80", within: 5 * time.Second},
		labCase{name: "block page", setup: alone(listen("server", 80, lab.HTTP(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, "<title>Web Filter Violation</title> Powered By FortiGuard")
		}))), ports: "80", within: 4 * time.Second},
		labCase{name: "reset on the true name", change: trueName, setup: with(listen("server", 443, tlsServer(t)), func(l *lab.Lab) {
			l.Wire("r1", "r2").ResetOn(0, lab.Contains("true.example"))
		}), ports: "22 443", within: 5 * time.Second},
		labCase{name: "silence on the true name", change: trueName, setup: with(listen("server", 443, tlsServer(t)), func(l *lab.Lab) {
			l.Wire("r1", "r2").Loss(1, lab.Contains("true.example"))
		}), ports: "22 443", within: 12 * time.Second},
		labCase{name: "reset on any hello", change: trueName, setup: with(listen("server", 443, tlsServer(t)), func(l *lab.Lab) {
			l.Wire("r1", "r2").ResetOn(0, lab.Data, lab.Port(443))
		}), ports: "22 443", within: 5 * time.Second},
		labCase{name: "mute on 443", setup: with(listen("server", 443, lab.Hold)), ports: "22 443", within: 12 * time.Second},
		labCase{name: "443 reads and closes", setup: with(listen("server", 443, func(c net.Conn) {
			c.Read(make([]byte, 1<<14))
		})), ports: "22 443", within: 5 * time.Second},
		labCase{name: "443 resets", setup: with(listen("server", 443, lab.Reset)), ports: "22 443", within: 5 * time.Second},
		labCase{name: "nobody on the own link", target: address4and6("10.1.0.99", "fd00:1::99"), ports: "80 81", within: 4 * time.Second},
		labCase{name: "nobody on the server's link", target: address4and6("203.0.113.99", "2001:db8:113::99"), ports: "80 81", within: 4 * time.Second},
		labCase{name: "no such network", target: address4and6("203.0.113.200", "2001:db8:ffff::1"), ports: "80 81", within: time.Second},
		labCase{name: "loop", setup: func(l *lab.Lab) {
			l.Loop("r3", "r2", l.Addr("server", 4).String())
			l.Loop("r3", "r2", l.Addr("server", 6).String())
		}, ports: "80", within: 2 * time.Second},
		labCase{name: "udp", setup: with(func(l *lab.Lab) {
			l.ListenUDP("server", 53, func(b []byte) []byte { return b })
			l.Rule("r2", lab.Forward, "udp dport 55", lab.RejectAnyAdmin)
			l.Rule("r2", lab.Forward, "udp dport 56", lab.Drop)
			l.Rule("client", lab.Output, "udp dport 57", lab.Drop)
			l.Rule("r3", lab.Forward, "udp dport 58", lab.RejectAnyPort)
			l.Rule("client", lab.Output, "udp dport 59", lab.RejectAnyPort)
			l.ListenUDP("server", 60, func([]byte) []byte { return nil })
		}), ports: "53/udp 54/udp 55/udp 56/udp 57/udp 58/udp 59/udp 60/udp", within: 4 * time.Second},
		labCase{name: "accepts every port", setup: alone(func(l *lab.Lab) {
			l.Listen("r2", 7777, lab.Hold)
			l.Redirect("r2", "meta l4proto tcp", 7777)
		}), ports: "80 443"},
		labCase{name: "accepts every port and resets", setup: alone(func(l *lab.Lab) {
			l.Listen("r2", 7777, lab.Reset)
			l.Redirect("r2", "meta l4proto tcp", 7777)
		}), ports: "80 443"},
		labCase{name: "transparent proxy", setup: alone(func(l *lab.Lab) {
			l.Listen("server", 25, lab.Banner("220 mail ESMTP\r\n"))
			l.Listen("server", 22, greeting)
			l.Listen("r2", 7777, lab.Banner("220 mail ESMTP\r\n"))
			l.Redirect("r2", "tcp dport 25", 7777)
		}), ports: "22 25"},
		labCase{name: "ALG on 2000", setup: with(listen("server", 80, greeting), func(l *lab.Lab) {
			l.Listen("r2", 7777, lab.Hold)
			l.Redirect("r2", "tcp dport 2000", 7777)
		}), ports: "22 80 81 2000"},
		labCase{name: "ALG on 2000 alone", setup: with(func(l *lab.Lab) {
			l.Listen("r2", 7777, lab.Hold)
			l.Redirect("r2", "tcp dport 2000", 7777)
		}), ports: "2000"},
		labCase{name: "ALG on 2000 beside closed", setup: with(func(l *lab.Lab) {
			l.Listen("r2", 7777, lab.Hold)
			l.Redirect("r2", "tcp dport 2000", 7777)
		}), ports: "2000 81"},
		labCase{name: "tarpit", setup: with(func(l *lab.Lab) {
			l.Wire("r1", "r2").AnswerSYN(0, 0, lab.Port(80))
		}), ports: "22 80"},
		labCase{name: "full backlog", setup: with(func(l *lab.Lab) { l.FullBacklog("server", 80) }), ports: "22 80", within: 4 * time.Second},
		labCase{name: "two firewalls", setup: with(
			rule("r1", lab.Forward, "tcp dport 80", lab.Drop), rule("r3", lab.Forward, "tcp dport 81", lab.Drop),
			rule("r2", lab.Forward, "tcp dport 82", lab.RejectAnyAdmin), rule("r3", lab.Forward, "tcp dport 83", lab.RejectReset)), ports: "22 80 81 82 83 84", within: 5 * time.Second},
		labCase{name: "two firewalls without reference", setup: alone(
			rule("r1", lab.Forward, "tcp dport 80", lab.Drop), rule("r3", lab.Forward, "tcp dport 81", lab.Drop)), ports: "80 81", within: 5 * time.Second},
		labCase{name: "port forwarding", setup: func(l *lab.Lab) {
			l.Listen("server", 22, greeting)
			l.DNAT("r2", 4, "tcp dport 22", "203.0.113.7:22")
			l.DNAT("r2", 6, "tcp dport 22", "[2001:db8:113::7]:22")
		}, target: func(l *lab.Lab, f int) netip.Addr { return l.Addr("r2", f) }, ports: "22 80", within: 4 * time.Second},
		labCase{name: "port forwarding with drop", setup: func(l *lab.Lab) {
			l.Listen("server", 22, greeting)
			l.DNAT("r2", 4, "tcp dport 22", "203.0.113.7:22")
			l.DNAT("r2", 6, "tcp dport 22", "[2001:db8:113::7]:22")
			l.Rule("r2", lab.Input, "tcp dport 80", lab.Drop)
		}, target: func(l *lab.Lab, f int) netip.Addr { return l.Addr("r2", f) }, ports: "22 80", within: 4 * time.Second},
		labCase{name: "client behind NAT", setup: with(func(l *lab.Lab) { l.NAT("r1", "r2") }, rule("r3", lab.Forward, "tcp dport 81", lab.RejectReset),
			rule("r2", lab.Forward, "tcp dport 82", lab.Drop)), ports: "22 80 81 82", within: 4 * time.Second},
		labCase{name: "silent hops", setup: with(func(l *lab.Lab) { l.Silence("r2") }, rule("r2", lab.Forward, "tcp dport 80", lab.Drop)), ports: "22 80", within: 5 * time.Second},
		labCase{name: "all hops silent", setup: with(func(l *lab.Lab) { l.Silence("r1"); l.Silence("r2"); l.Silence("r3") },
			rule("r2", lab.Forward, "tcp dport 80", lab.Drop), rule("r2", lab.Forward, "tcp dport 81", lab.RejectReset)), ports: "22 80 81 82", within: 5 * time.Second},
		labCase{name: "asymmetric return", options: []lab.Option{lab.ReturnVia(2)}, setup: with(
			rule("r2", lab.Forward, "tcp dport 81", lab.RejectReset), rule("r2", lab.Forward, "tcp dport 82", lab.Drop)), ports: "22 80 81 82", within: 4 * time.Second},
		labCase{name: "equal cost", options: []lab.Option{lab.EqualCost()}, nodes: []string{"r2b"}, setup: with(
			rule("r2", lab.Forward, "tcp dport 82", lab.Drop), rule("r2b", lab.Forward, "tcp dport 82", lab.Drop)), ports: "22 80 82", within: 5 * time.Second},
		labCase{name: "dead host", setup: alone(rule("server", lab.Prerouting, "", lab.Drop)), ports: "22 80 443", within: 4 * time.Second},
		labCase{name: "wholly filtered by r2", setup: alone(rule("r2", lab.Forward, "tcp dport 1-65535", lab.Drop)), ports: "22 80 443", within: 4 * time.Second},
		labCase{name: "next to the client", options: []lab.Option{lab.Routers(1)}, setup: with(rule("r1", lab.Forward, "tcp dport 81", lab.RejectReset), rule("r1", lab.Forward, "tcp dport 82", lab.Drop)), ports: "22 80 81 82", within: 4 * time.Second},
		labCase{name: "long way", options: []lab.Option{lab.Routers(9), lab.Delay(time.Millisecond)}, setup: with(rule("r5", lab.Forward, "tcp dport 81", lab.RejectReset),
			rule("r5", lab.Forward, "tcp dport 82", lab.Drop), rule("r7", lab.Forward, "tcp dport 83", lab.RejectAnyAdmin)), ports: "22 80 81 82 83", within: 4 * time.Second},
		labCase{name: "no delay", options: []lab.Option{lab.Delay(0)}, setup: with(rule("r2", lab.Forward, "tcp dport 81", lab.RejectReset),
			rule("r2", lab.Forward, "tcp dport 82", lab.Drop), rule("r2", lab.Forward, "tcp dport 83", lab.RejectAnyAdmin)), ports: "22 80 81 82 83", within: 4 * time.Second},
	)
	return list
}
