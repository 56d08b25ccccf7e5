package probe

import (
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lab"
	"whyport/probe/line"
	"whyport/probe/verdict"
)

// states counts a target's ports by state and reason.
func states(t *TargetRun) map[string]int {
	n := map[string]int{}
	for r := range t.All() {
		n[fmt.Sprintf("%s/%s", r.Verdict.State, r.Verdict.Reason)]++
	}
	return n
}

// TestLargeRuns: what many ports of a host are called, in small sizes, each beside the peers' known ways to be wrong.
func TestLargeRuns(t *testing.T) {
	const ports, limited = 600, "a limit of 500 SYNs a second"
	for _, c := range []struct {
		name   string
		setup  func(l *lab.Lab)
		open   int
		want   map[string]int
		within time.Duration
	}{
		{"silent but ten", func(l *lab.Lab) {
			l.Rule("r2", lab.Forward, "tcp dport 3010-3599", lab.Drop)
		}, 10, map[string]int{"open/syn-ack": 10, "filtered/no-response": 590}, 5 * time.Second},
		{"half silent, half refused", func(l *lab.Lab) {
			l.Rule("r2", lab.Forward, "tcp dport 3300-3599", lab.Drop)
		}, 10, map[string]int{"open/syn-ack": 10, "closed/reset": 290, "filtered/no-response": 300}, 8 * time.Second},
		{"nothing answers", func(l *lab.Lab) {
			l.Rule("r2", lab.Forward, "meta l4proto tcp", lab.Drop)
		}, 0, map[string]int{"filtered/no-response": 600}, 6 * time.Second},
		{"a router that rejects, and owes most of its errors", func(l *lab.Lab) {
			l.Rule("r2", lab.Forward, "tcp dport 3010-3599", lab.RejectAnyAdmin)
		}, 10, map[string]int{"open/syn-ack": 10, "blocked/icmp-admin-prohibited": 590}, 20 * time.Second},
		{"the server rejects as if nothing listened", func(l *lab.Lab) {
			l.Rule("server", lab.Input, "tcp dport 3010-3599", lab.RejectAnyPort)
		}, 10, map[string]int{"open/syn-ack": 10, "blocked/icmp-port-unreachable": 590}, 20 * time.Second},
		{"a fifth of all packets lost both ways", func(l *lab.Lab) {
			l.Wire("client", "r1").Loss(0.2)
		}, 60, map[string]int{"open/syn-ack": 60, "closed/reset": 540}, 15 * time.Second},
		{limited, func(l *lab.Lab) {
			l.Rule("r2", lab.Forward, "tcp flags syn tcp dport 3000-3599 limit rate over 500/second", lab.Drop)
		}, 10, map[string]int{"open/syn-ack": 10, "closed/reset": 590}, 20 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			for i := range c.open {
				l.Listen("server", uint16(3000+i), likeSSH)
			}
			c.setup(l)
			for _, family := range []int{4, 6} {
				r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", family), portRange(3000, ports)...)}})
				got := states(&r.Targets[0])
				if fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("IPv%d: %v, want %v", family, got, c.want)
				}
				if limit := r.Targets[0].Hosts[l.Addr("server", family)].SYNLimit; (limit > 0) != (c.name == limited) || limit > 5000 {
					t.Errorf("IPv%d: a limit of %d SYNs a second", family, limit)
				}
				if r.Elapsed > 4*c.within { // several labs share the machine, and the race detector slows it down
					t.Errorf("IPv%d: took %v", family, r.Elapsed)
				}
				t.Logf("IPv%d: %v", family, r.Elapsed)
			}
		})
	}
}

// TestLargeRunNames the place of a rule in front of hundreds of ports, and says how it is known.
func TestLargeRunPlace(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r2", lab.Forward, "tcp dport 3000-3299", lab.Drop)
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), append([]string{"22"}, portRange(3000, 300)...)...)}})
	placed := 0
	for res := range r.Targets[0].All() {
		if res.Port.Port == 22 {
			continue
		}
		v := res.Verdict
		if v.State != verdict.Filtered || v.Confidence != verdict.Likely && res.Port.Place == evidence.PlaceAssumed {
			t.Fatalf("port %d: %s", res.Port.Port, said(v, nodeNames(l)))
		}
		if v.Where != nil && v.Where.Hop == 2 {
			placed++
		}
	}
	if placed != 300 {
		t.Errorf("%d of 300 ports have the place at hop 2", placed)
	}
}

// TestLargeRunMiddlebox: a device that answers one port for the server is found among hundreds, and an open port costs
// the server one connection.
func TestLargeRunMiddlebox(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	var accepted atomic.Int32
	l.Listen("server", 3000, func(c net.Conn) { accepted.Add(1); greeting(c) })
	l.Listen("server", 3002, lab.Hold)
	l.Listen("r2", 7777, lab.Hold)
	l.Redirect("r2", "tcp dport 3001", 7777)
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(3000, 200)...)}})
	want := map[string]int{"open/syn-ack": 2, "blocked/middlebox-answer": 1, "closed/reset": 197}
	if got := states(&r.Targets[0]); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	for res := range r.Targets[0].All() {
		if w := res.Verdict.Where; res.Port.Port == 3001 && (w == nil || w.Hop != 2 || w.OrNext) {
			t.Errorf("3001: %s", said(res.Verdict, nodeNames(l)))
		}
	}
	// Beside the conversation's: the walk, and the TTLs of the reference's answers.
	if n := accepted.Load(); n < 1 || n > 40 {
		t.Errorf("%d connections to the port that speaks", n)
	}
}

// TestLargeRunLossAtTheEnd: where packets get lost, the server is not taken to be farther than it is, or every port's
// answer would look like a device's before it.
func TestLargeRunLossAtTheEnd(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for i := range 4 {
		l.Listen("server", uint16(3000+i), lab.Hold)
	}
	wire := l.Wire("r3", "server")
	wire.LoseFirst(1, lab.SYN, func(p *lab.Packet) bool { return p.TTL > 30 })
	wire.LoseFirst(2, lab.SYN, func(p *lab.Packet) bool { return p.TTL == 1 })
	addr := l.Addr("server", 4)
	r := execute(t, l, order{Targets: []Target{targetOf(addr, portRange(3000, 150)...)}})
	if got := states(&r.Targets[0]); got["open/syn-ack"] != 4 || got["closed/reset"] != 146 {
		t.Errorf("%v", got)
	}
	if ref := r.Targets[0].Hosts[addr].Reference; int(ref.Distance()) != l.Distance() {
		t.Errorf("the server is %d hops away, not %d", ref.Distance(), l.Distance())
	}
}

// TestLargeRunFarHost: a host whose round trip is longer than the other hosts' time-outs is not called filtered.
func TestLargeRunFarHost(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.SecondServer())
	l.Wire("r3", "server2").SetDelay(220*time.Millisecond, 0)
	near, far := targetOf(l.Addr("server", 4), portRange(3000, 150)...), targetOf(l.Addr("server2", 4), portRange(3000, 150)...)
	r := execute(t, l, order{Targets: []Target{near, far}})
	for i := range r.Targets {
		if got := states(&r.Targets[i]); got["closed/reset"] != 150 {
			t.Errorf("target %d: %v", i, got)
		}
	}
}

// mixed makes some of the ports from 3000 to 3299 open and drops others; it returns what they are to be called.
func mixed(l *lab.Lab) map[string]int {
	for i := range 10 {
		l.Listen("server", uint16(3000+i), likeSSH)
	}
	l.Rule("r2", lab.Forward, "tcp dport 3100-3199", lab.Drop)
	return map[string]int{"open/syn-ack": 10, "closed/reset": 190, "filtered/no-response": 100}
}

// TestLargeRunSlowPath: where the round trip is longer than the sweep's patience with a host that it knows nothing of,
// the closer look's late answer makes it ask again.
func TestLargeRunSlowPath(t *testing.T) {
	t.Parallel()
	for _, roundTrip := range []time.Duration{1500 * time.Millisecond, 2800 * time.Millisecond} {
		t.Run(fmt.Sprint(roundTrip), func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			l.Wire("r2", "r3").SetDelay(roundTrip/2, 0)
			want := mixed(l)
			o := order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(3000, 300)...)}}
			o.Options.Trace = TraceNever // which would take many round trips
			r := execute(t, l, o)
			if got := states(&r.Targets[0]); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v, want %v", got, want)
			}
			t.Log(r.Elapsed)
		})
	}
}

// TestLargeRunLateStart: a way that lets nothing through until the sweep is over is not what makes hundreds of ports filtered:
// the closer look finds that some answer now, and all are asked again.
func TestLargeRunLateStart(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	want := mixed(l)
	var began atomic.Int64
	l.Wire("client", "r1").Filter(func(p *lab.Packet) bool {
		began.CompareAndSwap(0, time.Now().UnixNano())
		return lab.From("client")(p) && p.TTL > 30 && time.Since(time.Unix(0, began.Load())) < line.NeighborTimeout+100*time.Millisecond // walks get through
	})
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(3000, 300)...)}})
	if got := states(&r.Targets[0]); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	t.Log(r.Elapsed)
}

// TestLargeRunShutOut: a device that lets a computer open so many connections and then no more is not what makes the rest
// filtered (TestLargeRuns has hosts that are silent only in part).
func TestLargeRunShutOut(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for i := range 10 {
		l.Listen("server", uint16(3000+i), likeSSH)
	}
	l.Rule("r2", lab.Forward, "tcp flags syn tcp dport 3000-3599 limit rate over 1/hour burst 300 packets", lab.Drop)
	r := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(3000, 600)...)}})
	got := states(&r.Targets[0])
	if got["unknown/shut-out"] < 200 || got["open/syn-ack"]+got["closed/reset"]+got["unknown/shut-out"] != 600 {
		t.Errorf("%v", got)
	}
	for res := range r.Targets[0].All() {
		if v := res.Verdict; v.Reason == verdict.ShutOut && (v.Where == nil || v.Where.Hop != 2 || !v.Where.OrNext) {
			t.Fatalf("%d: %s", res.Port.Port, said(v, nodeNames(l)))
		}
	}
	t.Log(got, r.Elapsed)
}

// TestLargeRunOwedErrors: with many targets, too, ICMP errors that a server owes are not taken for its having shut us out.
func TestLargeRunOwedErrors(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Rule("server", lab.Input, "tcp dport 3000-3109", lab.RejectAnyPort)
	l.Listen("server", 22, likeSSH)
	o := order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(3000, 110)...)}}
	for range fewHosts {
		o.Targets = append(o.Targets, targetOf(l.Addr("server", 4), "22"))
	}
	r := execute(t, l, o)
	got := states(&r.Targets[0])
	if got["blocked/icmp-port-unreachable"] < 2 || got["blocked/icmp-port-unreachable"]+got["filtered/no-response"] != 110 {
		t.Errorf("%v", got)
	}
	t.Log(got, r.Elapsed)
}

// TestLargeRunNobody: the last router says after three seconds that nobody has the address, and that is what all ports are called.
func TestLargeRunNobody(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	for _, addr := range []netip.Addr{netip.MustParseAddr("203.0.113.99"), netip.MustParseAddr("2001:db8:113::99")} {
		r := execute(t, l, order{Targets: []Target{targetOf(addr, portRange(3000, 300)...)}})
		want := map[string]int{"unreachable/icmp-host-unreachable": 300}
		if got := states(&r.Targets[0]); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v: %v, want %v", addr, got, want)
		}
		t.Log(r.Elapsed)
	}
}

// TestLargeRunInterrupted: what is known is kept, the rest is unknown, and at once.
func TestLargeRunInterrupted(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, likeSSH)
	l.Rule("r2", lab.Forward, "tcp dport 1000-20999", lab.Drop)
	r := execute(t, l, order{After: 250 * time.Millisecond, Targets: []Target{targetOf(l.Addr("server", 4), append([]string{"22"}, portRange(1000, 20000)...)...)}})
	got := states(&r.Targets[0])
	if got["open/syn-ack"] != 1 || got["unknown/interrupted"] < 1000 || got["open/syn-ack"]+got["unknown/interrupted"]+got["filtered/no-response"] != 20_001 {
		t.Errorf("%v", got)
	}
	if r.Elapsed > 700*time.Millisecond || !r.Interrupted {
		t.Errorf("after %v, interrupted %v", r.Elapsed, r.Interrupted)
	}
	// In the second pass, too: one SYN without an answer is no silence.
	r = execute(t, l, order{After: 450 * time.Millisecond, Targets: []Target{targetOf(l.Addr("server", 4), append([]string{"22"}, portRange(1000, 600)...)...)}})
	if got := states(&r.Targets[0]); got["open/syn-ack"] != 1 || got["unknown/interrupted"] < 590 {
		t.Errorf("in the second pass: %v", got)
	}
}
