package probe

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
	"whyport/probe/sweep"
	"whyport/probe/verdict"
)

// sweepLoopback sweeps all ports of a loopback address of its own and returns those found open.
func sweepLoopback(t testing.TB, addr netip.Addr, rate int) (open []int, out []evidence.Swept, took time.Duration) {
	t.Helper()
	s := &sweep.Job{
		Network: socket.System{}, Count: 65535, Hosts: 1, Limit: sweep.Sockets(1 << 20), Rate: rate,
		Endpoint: func(i int) netip.AddrPort { return netip.AddrPortFrom(addr, uint16(i+1)) },
		Host:     func(int) int { return 0 }, Found: func(_ int, _ evidence.Swept, e socket.End) { e.Drop() },
	}
	began := time.Now()
	out = s.Run(context.Background())
	took = time.Since(began)
	for i, o := range out {
		if o.Outcome == evidence.SweptOpen {
			open = append(open, i+1)
		}
	}
	return open, out, took
}

// reallyOpen asks in the plainest way: other programs of the computer may listen on all its addresses.
func reallyOpen(addr netip.Addr, port int) bool {
	c, err := net.Dial("tcp", netip.AddrPortFrom(addr, uint16(port)).String())
	if err != nil {
		return false
	}
	self := c.LocalAddr().String() == c.RemoteAddr().String()
	c.Close()
	return !self
}

func listenOn(t testing.TB, addr netip.Addr, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Close()
			}
		}()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	slices.Sort(ports)
	return ports
}

func TestSweepFindsEveryOpenPort(t *testing.T) {
	addr := netip.MustParseAddr("127.0.0.9")
	want := listenOn(t, addr, 20)
	for range 3 {
		open, out, took := sweepLoopback(t, addr, 0)
		open = slices.DeleteFunc(open, func(p int) bool { return !slices.Contains(want, p) && reallyOpen(addr, p) })
		if !slices.Equal(open, want) {
			t.Fatalf("open %v, want %v", open, want)
		}
		for i, o := range out {
			if o.Outcome != evidence.SweptOpen && o.Outcome != evidence.SweptRefused {
				t.Fatalf("port %d: %+v", i+1, o)
			}
		}
		t.Log(took)
	}
}

// TestDone: a large run over many hosts hands each target over once, in order and complete, and gives it up.
func TestDone(t *testing.T) {
	plan := Plan{Options: Options{Trace: TraceNever}}
	const hosts = batchTargets + 76
	for i := range hosts {
		plan.Targets = append(plan.Targets, targetOf(netip.AddrFrom4([4]byte{127, 9, byte(i >> 8), byte(i)}), "1", "2"))
	}
	next := 0
	done := func(out *Run, target int) {
		run := &out.Targets[target]
		if target != next || run.Released || run.Count() != 2 || run.Target.Input != plan.Targets[target].Input {
			t.Fatalf("target %d of %v: %d results; want %d", target, run.Target.Input, run.Count(), next)
		}
		for r := range run.All() {
			if r.Verdict.State != verdict.Closed || r.Target != target || r.Port.Addr.String() != run.Target.Input {
				t.Fatalf("target %d: %+v", target, r)
			}
		}
		next++
	}
	out := Execute(t.Context(), plan, Hooks{Done: done})
	if next != hosts {
		t.Errorf("%d of %d were handed over", next, hosts)
	}
	for i := range out.Targets {
		if run := &out.Targets[i]; !run.Released || run.Count() != 0 || run.Hosts != nil {
			t.Fatalf("target %d is kept: %+v", i, run)
		}
	}
}
