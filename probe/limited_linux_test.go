package probe

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whyport/probe/lab"
	"whyport/probe/verdict"
)

// TestRouteThatForbids: Linux counts each error of such a route twice, so that whoever asks every second hears nothing
// more. No port is called filtered for that.
func TestRouteThatForbids(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.IP("r1", fmt.Sprintf("route add prohibit %s\nroute add prohibit %s\n", l.Addr("server", 4), l.Addr("server", 6)))
	r := execute(t, l, order{Targets: []Target{
		targetOf(l.Addr("server", 4), portRange(3000, 20)...), targetOf(l.Addr("server", 6), portRange(3000, 20)...)}})
	if r.Elapsed > 45*time.Second {
		t.Errorf("took %v", r.Elapsed)
	}
	t.Logf("took %v", r.Elapsed)
	for i := range r.Targets {
		for _, res := range r.Targets[i].Results {
			v := res.Verdict
			if v.State != verdict.Blocked || v.Reason != verdict.ICMPAdminProhibited || v.Where.Hop != 1 {
				t.Errorf("%s, port %d: %s", res.Port.Addr, res.Port.Port, said(v, nodeNames(l)))
			}
		}
	}
}

// TestSilentHostIsOneStory: the last router has few ICMP errors left, since other traffic has used them up. What it does
// not say is not taken for another place.
func TestSilentHostIsOneStory(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for range 2 { // no route: counted twice, too
		l.Connect("client", netip.MustParseAddrPort("203.0.113.200:53"), lab.ConnectOptions{Timeout: 100 * time.Millisecond})
	}
	r := execute(t, l, order{Targets: []Target{targetOf(netip.MustParseAddr("203.0.113.99"), portRange(3000, 12)...)}})
	t.Logf("took %v", r.Elapsed)
	if r.Elapsed > 20*time.Second {
		t.Errorf("took %v", r.Elapsed)
	}
	for _, res := range r.Targets[0].Results {
		v, first := res.Verdict, r.Targets[0].Results[0].Verdict
		if v.State != first.State || v.Reason != first.Reason || v.Where.Hop != 3 {
			t.Errorf("port %d: %s", res.Port.Port, said(v, nodeNames(l)))
		}
	}
}

// TestResetUnderLoss: a lost packet makes the server seem farther away than it is, or a device's answer seem the
// server's. A reset on the way stays one, as a rule; nobody is accused wrongly, and nothing false is certain.
func TestResetUnderLoss(t *testing.T) {
	lab.Need(t)
	t.Parallel()
	var found atomic.Int32
	t.Run("seeds", func(t *testing.T) {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				l := lab.New(t, lab.Seed(seed+1))
				l.Listen("server", 22, greeting)
				l.Rule("r2", lab.Forward, "tcp dport 82", lab.RejectReset)
				l.Wire("r1", "r2").Loss(0.2)
				r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22", "80", "82"), targetOf(l.Addr("server", 6), "22", "80", "82")}})
				for i := range r.Targets {
					closed, reset := r.Targets[i].Results[1].Verdict, r.Targets[i].Results[2].Verdict
					if reset.Reason == verdict.ResetByMiddlebox {
						found.Add(1)
					} else if reset.Confidence == verdict.Certain {
						t.Errorf("82 %s", said(reset, nodeNames(l)))
					}
					if closed.State != verdict.Closed {
						t.Errorf("80 %s", said(closed, nodeNames(l)))
					}
				}
			})
		}
	})
	if n := found.Load(); n < 6 {
		t.Errorf("the reset was found in %d of 8 runs", n)
	}
}

// TestReferenceMeasuredAgain: lost packets made the server seem a hop farther away than it is. That is found out when a
// nearer device answers, and the device is told apart all the same.
func TestReferenceMeasuredAgain(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r2", lab.Forward, "tcp dport 82", lab.RejectReset)
	arriving := func(p *lab.Packet) bool { return p.TTL == uint8(l.Distance()) }
	l.Wire("client", "r1").LoseFirst(2, lab.SYN, lab.IPv4, arriving, lab.Port(22))
	l.Wire("client", "r1").LoseFirst(2, lab.SYN, lab.IPv6, arriving, lab.Port(22))
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22", "82"), targetOf(l.Addr("server", 6), "22", "82")}})
	for i := range r.Targets {
		v := r.Targets[i].Results[1].Verdict
		if v.Reason != verdict.ResetByMiddlebox || v.Where.Hop != 2 {
			t.Errorf("%s", said(v, nodeNames(l)))
		}
	}
}

// TestOtherTrafficDrawsOnARouter: while somebody else uses up what the next router may say, its silence is not taken for
// the place where packets stop.
func TestOtherTrafficDrawsOnARouter(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r2", lab.Forward, "tcp dport 82", lab.Drop)
	l.Rule("r3", lab.Forward, "tcp dport 83", lab.Drop)
	stop := make(chan struct{})
	var draws sync.WaitGroup
	draws.Go(func() {
		time.Sleep(800 * time.Millisecond) // the closed port has had the reference measured
		for begun := time.Now(); time.Since(begun) < 3*time.Second; {
			select {
			case <-stop:
				return
			case <-time.After(150 * time.Millisecond):
				l.Connect("client", netip.MustParseAddrPort("203.0.113.200:53"), lab.ConnectOptions{Timeout: 50 * time.Millisecond})
			}
		}
	})
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22", "80", "82", "83")}})
	close(stop)
	draws.Wait()
	t.Logf("took %v", r.Elapsed)
	for i, hop := range []uint8{2, 3} {
		v := r.Targets[0].Results[2+i].Verdict
		if v.State != verdict.Filtered || v.Where.Hop != hop && (v.Where.Confidence != verdict.Possible || !v.Has(verdict.HopsSilent)) {
			t.Errorf("port %d: %s", 82+i, said(v, nodeNames(l)))
		}
	}
}

// TestNamesWait: look-ups of names leave what a silent host's last router may say to the host.
func TestNamesWait(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	var first atomic.Int64 // query
	server, begun := nameServer(t), time.Now()
	l.IP("client", fmt.Sprintf("addr add %s dev lo\n", netip.PrefixFrom(server, server.BitLen())))
	l.ListenUDP("client", 53, func(q []byte) []byte {
		first.CompareAndSwap(0, int64(time.Since(begun)))
		return pointer(q)
	})
	r := execute(t, l, order{Options: settings{Names: true}, Targets: []Target{targetOf(netip.MustParseAddr("203.0.113.99"), "80", "81")}})
	v := r.Targets[0].Results[0].Verdict
	if at := time.Duration(first.Load()); v.Reason != verdict.ICMPHostUnreachable || v.Where.Name != "router.example" || at < 3*time.Second {
		t.Errorf("first query after %v: %s", at, said(v, nodeNames(l)))
	}
}
