package probe

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe/lab"
	"whyport/probe/verdict"
)

// TestFortyPortsBehindOneReject: the router answers six at once and then one a second, yet none is called filtered.
func TestFortyPortsBehindOneReject(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r2", lab.Forward, "tcp dport 3000-3039", lab.RejectAnyAdmin)
	ports := append([]string{"22"}, portRange(3000, 40)...)
	begin := time.Now()
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), ports...), targetOf(l.Addr("server", 6), ports...)}})
	if took := time.Since(begin); took > 45*time.Second {
		t.Errorf("took %v", took)
	} else {
		t.Logf("took %v", took)
	}
	for i, family := range []int{4, 6} {
		for _, res := range r.Targets[i].Results[1:] {
			v := res.Verdict
			if v.State != verdict.Blocked || v.Reason != verdict.ICMPAdminProhibited || v.Where.Address != l.Addr("r2", family) || v.Where.Hop != 2 {
				t.Errorf("IPv%d, port %d: %s", family, res.Port.Port, said(v, nodeNames(l)))
			}
		}
	}
}

// TestSixtyMixedPorts: every state is right, and where routers have not enough ICMP errors to find a port's place it has
// none, never another's.
func TestSixtyMixedPorts(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for p := range uint16(10) {
		l.Listen("server", 4000+p, greeting)
	}
	l.Rule("r1", lab.Forward, "tcp dport 4010-4019", lab.Drop)
	l.Rule("r3", lab.Forward, "tcp dport 4020-4029", lab.Drop)
	l.Rule("r2", lab.Forward, "tcp dport 4030-4039", lab.RejectReset)
	l.Rule("server", lab.Input, "tcp dport 4040-4049", lab.Drop)
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(4000, 60)...), targetOf(l.Addr("server", 6), portRange(4000, 60)...)}})
	for i, family := range []int{4, 6} {
		slowest, placed := time.Duration(0), map[uint8]int{}
		for _, res := range r.Targets[i].Results {
			v, want, hop := res.Verdict, "", uint8(0)
			switch (res.Port.Port - 4000) / 10 {
			case 0:
				want = "open/syn-ack"
			case 1:
				want, hop = "filtered/no-response", 1
			case 2, 4:
				want, hop = "filtered/no-response", 3
			case 3:
				want, hop = "blocked/reset-by-middlebox", 2
			case 5:
				want, hop = "closed/reset", 4
			}
			if got := fmt.Sprintf("%s/%s", v.State, v.Reason); got != want || hop > 0 && v.Where.Hop != hop && v.Where.Hop != 0 {
				t.Errorf("IPv%d, port %d: %s, want %s at hop %d", family, res.Port.Port, said(v, nodeNames(l)), want, hop)
			}
			if v.State == verdict.Filtered {
				placed[v.Where.Hop]++
			}
			slowest = max(slowest, res.Port.Elapsed)
		}
		if placed[1] < 2 || placed[3] < 2 {
			t.Errorf("IPv%d: filtered ports by hop: %v", family, placed)
		}
		if slowest > 30*time.Second { // routers send about one error a second
			t.Errorf("IPv%d: %v", family, slowest)
		}
		t.Logf("IPv%d: slowest %v, filtered ports by hop: %v", family, slowest, placed)
	}
}

// TestLossNeverFilters: 200 open and 200 closed ports behind 30% SYN loss are never called filtered, and nobody is
// accused.
func TestLossNeverFilters(t *testing.T) {
	t.Parallel()
	for round := range uint64(2) {
		l := lab.New(t, lab.Seed(7+round))
		var open []string
		for range 50 {
			p := uint16(5000+100*round) + uint16(len(open))
			l.Listen("server", p, greeting)
			open = append(open, strconv.Itoa(int(p)))
		}
		l.Wire("client", "r1").Loss(0.3, lab.SYN)
		ports := append(open, portRange(6000, 50)...)
		r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), ports...), targetOf(l.Addr("server", 6), ports...)}})
		lossy := 0
		for i := range r.Targets {
			for _, res := range r.Targets[i].Results {
				want := verdict.Open
				if res.Port.Port >= 6000 {
					want = verdict.Closed
				}
				if res.Verdict.State != want {
					t.Errorf("%v port %d: %s, want %s\n%+v", res.Port.Addr, res.Port.Port, said(res.Verdict, nodeNames(l)), want, res.Port.Attempts)
				}
				if res.Verdict.Has(verdict.Lossy) {
					lossy++
				}
			}
		}
		if lossy < 20 || lossy > 120 {
			t.Errorf("%d of 200 ports were lossy, want about 60", lossy)
		}
	}
}

func TestThirdSYN(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Wire("r1", "r2").LoseFirst(2, lab.SYN, lab.Port(22))
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 6), "22")}})
	res := r.Targets[0].Results[0]
	if got := said(res.Verdict, nodeNames(l)); got != "open/syn-ack certain; lossy" || len(res.Port.Attempts) != 3 || res.Port.Answered() != 1 {
		t.Errorf("%s, %d attempts, %d answered", got, len(res.Port.Attempts), res.Port.Answered())
	}
}

// TestRulesThatChange: a rule that comes or goes while the run is under way never makes a false certainty.
func TestRulesThatChange(t *testing.T) {
	type network struct {
		*lab.Lab
		drop func() // takes the drop of port 80 away
	}
	both := func(l *lab.Lab) order {
		return order{Targets: []Target{targetOf(l.Addr("server", 4), "22", "80"), targetOf(l.Addr("server", 6), "22", "80")}}
	}
	dropped := func(t *testing.T) network {
		l := lab.New(t)
		l.Listen("server", 22, greeting)
		l.Listen("server", 80, greeting)
		return network{l, sync.OnceFunc(l.Rule("r2", lab.Forward, "tcp dport 80", lab.Drop))}
	}
	check := func(t *testing.T, l *lab.Lab, r *Run, want string) {
		t.Helper()
		for i := range r.Targets {
			res := r.Targets[i].Results[1]
			if got := said(res.Verdict, nodeNames(l)); got != want {
				t.Errorf("%v: %s, want %s", res.Port.Addr, got, want)
			}
		}
	}
	t.Run("a drop goes while SYNs are sent", func(t *testing.T) {
		t.Parallel()
		n := dropped(t)
		time.AfterFunc(time.Second, n.drop)
		check(t, n.Lab, execute(t, n.Lab, both(n.Lab)), "open/syn-ack certain; lossy")
	})
	t.Run("a drop goes while the path is walked", func(t *testing.T) {
		t.Parallel()
		n := dropped(t)
		n.Wire("client", "r1").Filter(func(p *lab.Packet) bool {
			if lab.SYN(p) && p.Dst.Port() == 80 && int(p.TTL) == n.Distance()-1 { // the last router is asked first
				go n.drop()
			}
			return false
		})
		check(t, n.Lab, execute(t, n.Lab, both(n.Lab)), "open/syn-ack certain; lossy")
	})
	t.Run("a reset comes after the connection", func(t *testing.T) {
		t.Parallel()
		l := lab.New(t)
		l.Listen("server", 22, greeting)
		connected := make(chan struct{})
		l.Listen("server", 80, func(c net.Conn) {
			select {
			case connected <- struct{}{}:
			default:
			}
			lab.Hold(c)
		})
		go func() {
			<-connected
			<-connected // both families
			l.Rule("r1", lab.Forward, "tcp dport 80 tcp flags syn", lab.RejectReset)
		}()
		check(t, l, execute(t, l, both(l)), "unknown/http-no-response likely; disagreed")
	})
}

// TestOneFamilyBroken: both addresses of a name get their own verdicts.
func TestOneFamilyBroken(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r2", lab.Forward, "meta nfproto ipv6 tcp dport 1-65535", lab.Drop)
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22"), targetOf(l.Addr("server", 6), "22")}})
	got4, got6 := r.Targets[0].Results[0], r.Targets[1].Results[0]
	if got4.Verdict.State != verdict.Open || got4.Port.Elapsed > time.Second { // IPv6 takes longer
		t.Errorf("IPv4: %s after %v", said(got4.Verdict, nodeNames(l)), got4.Port.Elapsed)
	}
	if got6.Verdict.State != verdict.Filtered || got6.Verdict.Where.Hop != 2 {
		t.Errorf("IPv6: %s", said(got6.Verdict, nodeNames(l)))
	}
}

// TestSYNProxy: the kernel's own (IPv4): window 0 until the client's ACK has made it ask the server.
func TestSYNProxy(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Listen("server", 80, greeting)
	l.Rule("r3", lab.Forward, "tcp dport 82", lab.Drop)
	l.SYNProxy("r2", "tcp dport { 80, 81, 82 }")
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22", "80", "81", "82")}})
	for i, want := range []string{
		"open/syn-ack certain",
		"open/syn-ack certain; transparent-proxy?",                               // by time: not on every machine at every time
		"unknown/middlebox-answer likely, server server possible; nothing-spoke", // the server refuses behind it
		"blocked/middlebox-answer likely, local-network 2 r2 likely; nothing-spoke",
	} {
		res := r.Targets[0].Results[i]
		if got := said(res.Verdict, nodeNames(l)); !fits(got, want) {
			t.Errorf("port %d: %s, want %s", res.Port.Port, got, want)
		}
	}
}

// TestNames: routers have names where the resolver knows them; a resolver that is silent costs no more than its bound.
func TestNames(t *testing.T) {
	server := nameServer(t)
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("silent %v", silent), func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			l.Rule("r2", lab.Forward, "tcp dport 80", lab.RejectAnyAdmin)
			bits := 32
			if server.Is6() {
				bits = 128
			}
			l.IP("client", fmt.Sprintf("addr add %s/%d dev lo\n", server, bits))
			l.ListenUDP("client", 53, func(q []byte) []byte {
				if silent {
					return nil
				}
				return pointer(q)
			})
			r := execute(t, l, order{Options: settings{Names: true}, Targets: []Target{targetOf(l.Addr("server", 4), "80")}})
			res := r.Targets[0].Results[0]
			want := "router.example"
			if silent {
				want = ""
			}
			if res.Verdict.Where == nil || res.Verdict.Where.Name != want || res.Port.Elapsed > time.Second {
				t.Errorf("%+v after %v, want the name %q", res.Verdict.Where, res.Port.Elapsed, want)
			}
		})
	}
}

// nameServer is the first one of this computer, whose address the lab's client is given.
func nameServer(t *testing.T) netip.Addr {
	t.Helper()
	b, err := os.ReadFile("/etc/resolv.conf")
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "nameserver" {
			if a, err := netip.ParseAddr(f[1]); err == nil && !a.IsLinkLocalUnicast() {
				return a
			}
		}
	}
	t.Logf("no name server in /etc/resolv.conf (%v): 127.0.0.1 is Go's default", err)
	return netip.MustParseAddr("127.0.0.1")
}

// pointer answers any question with PTR router.example.
func pointer(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) == 0 {
		return nil
	}
	m.Response, m.Additionals = true, nil
	m.Answers = []dnsmessage.Resource{{
		Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET, TTL: 1},
		Body:   &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName("router.example.")},
	}}
	b, err := m.Pack()
	if err != nil {
		return nil
	}
	return b
}

// TestInterrupted: what is not known when the run ends is unknown, and nothing is left running.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r2", lab.Forward, "tcp dport 80", lab.Drop)
	r := execute(t, l, order{After: 500 * time.Millisecond, Targets: []Target{targetOf(l.Addr("server", 4), "22", "80")}})
	if got := said(r.Targets[0].Results[0].Verdict, nil); got != "open/syn-ack certain" {
		t.Errorf("port 22: %s", got)
	}
	if got := said(r.Targets[0].Results[1].Verdict, nil); got != "unknown/interrupted certain" {
		t.Errorf("port 80: %s", got)
	}
	if r.Elapsed > time.Second || !r.Interrupted {
		t.Errorf("after %v, interrupted %v", r.Elapsed, r.Interrupted)
	}
}

// TestUnluckyReference: packets are lost just where they make the server seem a hop farther away than it is. Its answer
// for another port must not be called a nearer device's; it is measured again.
func TestUnluckyReference(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	arriving := func(p *lab.Packet) bool { return p.TTL == uint8(l.Distance()) }
	l.Wire("client", "r1").LoseFirst(2, lab.SYN, lab.IPv4, arriving, lab.Port(22))
	l.Wire("client", "r1").LoseFirst(2, lab.SYN, lab.IPv6, arriving, lab.Port(22))
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22", "80"), targetOf(l.Addr("server", 6), "22", "80")}})
	for i := range r.Targets {
		if v := r.Targets[i].Results[1].Verdict; v.State != verdict.Closed || int(v.Where.Hop) != l.Distance() {
			t.Errorf("%s", said(v, nodeNames(l)))
		}
	}
}

// TestNoNetwork: an address of an interface that is off is no address that others can reach.
func TestNoNetwork(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	o := order{Targets: []Target{targetOf(l.Addr("server", 4), "80")}}
	if got := execute(t, l, o).Addresses; !slices.Contains(got, l.Addr("client", 4)) || !slices.Contains(got, l.Addr("client", 6)) {
		t.Errorf("before: %v", got)
	}
	l.IP("client", "link set to-r1 down\n")
	r := execute(t, l, o)
	if v := r.Targets[0].Results[0].Verdict; len(r.Addresses) != 0 || v.Reason != verdict.NoRoute {
		t.Errorf("after: %v, %s", r.Addresses, v.Reason)
	}
}

// TestLargeRunWithoutIPv6: a family without any address is no lack of sockets, which would be waited for.
func TestLargeRunWithoutIPv6(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Sysctl("client", "net.ipv6.conf.all.disable_ipv6", "1")
	ports := portRange(3000, 300)
	begin := time.Now()
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), ports...), targetOf(l.Addr("server", 6), ports...)}})
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	n := 0
	for i, want := range []verdict.Reason{verdict.Reset, verdict.AddressUnavailable} {
		for _, res := range r.Targets[i].Results {
			if n++; res.Verdict.Reason != want {
				t.Fatalf("port %d: %s", res.Port.Port, res.Verdict.Reason)
			}
		}
		for _, b := range r.Targets[i].Bulk {
			if n += len(b.Ports); b.Verdict.Reason != want {
				t.Fatalf("%d ports: %s", len(b.Ports), b.Verdict.Reason)
			}
		}
	}
	if n != 2*len(ports) {
		t.Errorf("%d results", n)
	}
}
