package main

import (
	"fmt"
	"strings"
	"testing"

	"whyport/probe/lab"
	"whyport/probe/realtime"
)

// TestKindsOfNAT: what two connections from one source port show, behind one NAT and behind two. The server sees the outermost.
func TestKindsOfNAT(t *testing.T) {
	realtime.Judge(t)
	const kept, same, differ = "It keeps the source port", "the same new source port", "another source port for each port"
	for name, c := range map[string]struct{ inner, outer, says string }{
		"one that keeps":       {"", "masquerade", kept},
		"two that keep":        {"masquerade", "masquerade", kept},
		"one by destination":   {"", "masquerade fully-random", differ},
		"the inner one is":     {"masquerade fully-random", "masquerade", differ},
		"one by source":        {"", "snat ip to %s : jhash tcp sport mod 20000 offset 40000", same},
		"two, the outer by it": {"masquerade", "snat ip to %s : jhash tcp sport mod 20000 offset 40000", same},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			seen := l.AddrTowards("r2", "r3", 4).String()
			for node, to := range map[string]string{"r1 r2": c.inner, "r2 r3": c.outer} {
				router, next, _ := strings.Cut(node, " ")
				if to == "" {
					continue
				}
				if strings.Contains(to, "%s") {
					to = fmt.Sprintf(to, seen)
				}
				l.NFT(router, fmt.Sprintf("table ip kind { chain c {\ntype nat hook postrouting priority srcnat;\noifname to-%s meta l4proto tcp %s\n}\n}\n",
					next, to))
			}
			listenAt(t, l, false, "8000,8001")
			for name, p := range checkAt(t, l, 4, "-p", "8000,8001") {
				if p.FarEnd == nil || p.FarEnd.Source == nil || !strings.HasPrefix(*p.FarEnd.Source, seen+":") || !strings.Contains(p.said("far-nat"), c.says) {
					t.Errorf("%s: %q is not seen as %s: %+v", name, c.says, seen, p)
				}
			}
		})
	}
}

func (p farPort) said(code string) (all string) {
	for _, n := range p.Notes {
		if n.Code == code {
			all += n.Sentence + " "
		}
	}
	return all
}

// TestOneWayRoutes: one direction has no route. Without a way back nobody can ask, and the code that a person carries is the server's whole
// word: the listener that reads from the wire saw what came, and the other one can't tell a missing route from a drop on the way.
func TestOneWayRoutes(t *testing.T) {
	realtime.Judge(t)
	for _, c := range []struct {
		name, node, route string
		wire              bool
		rule, says        string
	}{
		{"no way back from the server, wire", "server", "route add blackhole 10.1.0.0/24", true, "far-answer-lost", "or a missing route back"},
		{"no way back from the server", "server", "route add blackhole 10.1.0.0/24", false, "far-never-arrived", "or a missing route back"},
		{"no way back from a router", "r3", "route replace blackhole 10.1.0.0/24", false, "far-answer-lost", "lost on the way back"},
		{"no way there", "r2", "route replace blackhole 203.0.113.7/32", true, "far-never-arrived", "dropped on the way there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			events := listenAt(t, l, c.wire, "8000")
			l.IP(c.node, c.route)
			if p := checkAt(t, l, 4, "-p", "8000")["8000/tcp"]; p.FarEnd != nil || !strings.Contains(p.said("far-unasked"), "--code") {
				t.Errorf("without the code: %+v", p)
			}
			code := codeOf(t, []uint16{8000}, false)
			if c.rule == "far-answer-lost" {
				code = shownCode(t, events)
			}
			p := checkAt(t, l, 4, "-p", "8000", "--code", code)["8000/tcp"]
			if p.Rule != c.rule || !strings.Contains(p.Why, c.says) || p.has("far-unasked") {
				t.Errorf("rule %s, want %s with %q: %s", p.Rule, c.rule, c.says, p.Why)
			}
		})
	}
}

// TestConnectBack: the server's connection to the client, as active FTP and SIP need it, through what stands in its way.
func TestConnectBack(t *testing.T) {
	realtime.Judge(t)
	l := lab.New(t)
	listenAt(t, l, false, "8000,8001/udp", "--connect-back", "21,5061-5066")
	l.Rule("client", lab.Input, "tcp dport 5063", lab.Drop)
	l.Rule("r1", lab.Forward, "tcp dport 5064", lab.RejectAnyAdmin)
	l.Rule("r1", lab.Forward, "tcp dport 5065", "reject with tcp reset")
	back := func(ports ...string) string {
		return checkAt(t, l, 4, "-p", "8000", "--connect-back", strings.Join(ports, ","))["8000/tcp"].said("far-back")
	}
	said := back("5061", "5063", "5064", "5065", "21", "5067")
	for _, want := range []string{
		"can connect back to TCP 5061", "to TCP 5063 gets no answer", "to TCP 5064 fails: a firewall rejects it",
		"to TCP 5065 is refused", "to TCP 21 was not tried: this user may not listen", "makes no connection to TCP 5067",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q: %s", want, said)
		}
	}
	l.NAT("r1", "r2")
	l.DNAT("r1", 4, "iifname to-r2 tcp dport 5066", l.Addr("client", 4).String())
	l.Listen("r1", 5062, lab.Hold) // the router's own page, as it may be
	said = back("5061", "5066", "5062")
	for _, want := range []string{"to TCP 5061 is refused: by a NAT", "can connect back to TCP 5066", "to TCP 5062 was answered, but not by this program"} {
		if !strings.Contains(said, want) {
			t.Errorf("behind a NAT: no %q: %s", want, said)
		}
	}
	p := checkAt(t, l, 4, "-p", "8001/udp", "--connect-back", "5061")["8001/udp"]
	if said := p.said("far-back"); !strings.Contains(said, "over UDP alone") {
		t.Errorf("over UDP: %s", said)
	}
}

// TestWhatIsReadFromTheWire: ports of other programs, and what the server's own firewall takes before any of them, wherever it stands.
func TestWhatIsReadFromTheWire(t *testing.T) {
	l := lab.New(t)
	for port := uint16(8001); port <= 8003; port++ {
		l.Listen("server", port, lab.Banner("hello\r\n"))
	}
	l.FullBacklog("server", 8004)
	l.Rule("r2", lab.Forward, "tcp dport 8002", lab.Drop)
	l.Rule("r2", lab.Forward, "tcp sport 8003", lab.Drop)
	l.NFT("server", `table netdev early { chain c {
type filter hook ingress device to-r3 priority 0;
tcp dport 8005 drop
}
}
table inet raw { chain c {
type filter hook prerouting priority raw;
tcp dport 8006 drop
}
}
`)
	listenAt(t, l, true, "8000-8006")
	found := checkAt(t, l, 4, "-p", "8000-8006")
	const firewall, queue = "its own firewall drops it.", "or the program's queue is full."
	for name, want := range map[string]struct{ rule, says string }{
		"8002/tcp": {"far-never-arrived", "dropped on the way there"}, "8003/tcp": {"far-answer-lost", "lost on the way back."},
		"8004/tcp": {"far-unanswered", queue}, "8005/tcp": {"far-unanswered", firewall}, "8006/tcp": {"far-unanswered", firewall},
	} {
		if p := found[name]; p.Rule != want.rule || !strings.HasSuffix(p.Why, want.says) && !strings.Contains(p.Why, want.says+",") {
			t.Errorf("%s: rule %s, want %s with %q: %s", name, p.Rule, want.rule, want.says, p.Why)
		}
	}
	if p := found["8001/tcp"]; p.State != "open" || p.FarEnd == nil || p.FarEnd.SYNs == nil || *p.FarEnd.SYNs == 0 || p.FarEnd.Answered {
		t.Errorf("another program's: %+v", p)
	}
}

// TestDatagramsLostOnTheWayBack: at each router, and at the server's and the client's own firewall.
func TestDatagramsLostOnTheWayBack(t *testing.T) {
	realtime.Judge(t)
	l := lab.New(t)
	ports := "8000"
	hooks := map[string]lab.Hook{"server": lab.Output, "client": lab.Input}
	nodes := []string{"r1", "r2", "r3", "server", "client"}
	for i, node := range nodes {
		hook := hooks[node]
		if hook == "" {
			hook = lab.Forward
		}
		l.Rule(node, hook, fmt.Sprintf("udp sport %d", 5060+i), lab.Drop)
		ports += fmt.Sprintf(",%d/udp", 5060+i)
	}
	listenAt(t, l, false, ports)
	found := checkAt(t, l, 4, "-p", ports)
	for i, node := range nodes {
		rule := "far-answer-lost"
		if node == "server" {
			rule = "far-unanswered" // the system told the listener so
		}
		if p := found[fmt.Sprintf("%d/udp", 5060+i)]; p.Rule != rule {
			t.Errorf("at %s: rule %s, want %s: %s", node, p.Rule, rule, p.Why)
		}
	}
}
