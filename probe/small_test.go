package probe

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// targetOf makes a target of an address and ports such as "443" or "53/udp".
func targetOf(addr netip.Addr, ports ...string) Target {
	t := Target{Input: addr.String(), Host: addr.String(), Addr: addr}
	var g verdict.Group
	for i, p := range ports {
		number, protocol, udp := strings.Cut(p, "/")
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			panic(err)
		}
		c := Candidate{Port: uint16(n), Protocol: evidence.TCP}
		if udp {
			c.Protocol = evidence.Protocol(protocol)
		}
		t.Candidates = append(t.Candidates, c)
		g.Members = append(g.Members, i)
	}
	g.Mode = verdict.Any
	t.Requirement = verdict.Requirement{Mode: verdict.Any, Groups: []verdict.Group{g}}
	return t
}

// portRange writes ports for targetOf.
func portRange(first, n int) (ports []string) {
	for i := range n {
		ports = append(ports, strconv.Itoa(first+i))
	}
	return ports
}

func TestHedge(t *testing.T) {
	at := hedge(8)
	if len(at) != 8 || at[0] != 0 || !slices.IsSorted(at) || at[5] != 950*time.Millisecond || at[7] != 1450*time.Millisecond {
		t.Errorf("%v", at)
	}
	if got := hedge(1); len(got) != 1 || got[0] != 0 {
		t.Errorf("one attempt: %v", got)
	}
}

// TestTrim: what was cut short by an answer to another is silent if it had the time that the answer took, and nothing
// otherwise.
func TestTrim(t *testing.T) {
	ms := time.Millisecond
	cut := func(d time.Duration) evidence.Attempt {
		return evidence.Attempt{Outcome: evidence.Interrupted, Elapsed: d}
	}
	winner := evidence.Attempt{Outcome: evidence.Connected, Elapsed: 30 * ms}
	got := trim([]evidence.Attempt{cut(280 * ms), cut(54 * ms), winner, {}}, &winner)
	if len(got) != 2 || got[0].Outcome != evidence.Silent || got[1].Outcome != evidence.Connected {
		t.Errorf("%+v", got)
	}
	// The kernel's own retransmit was answered after a second: the fresh SYNs in between were lost, too.
	again := evidence.Attempt{Outcome: evidence.Connected, Elapsed: 1030 * ms, TCP: &evidence.TCPInfo{TotalRetrans: 1, RTT: 30 * ms}}
	if got := trim([]evidence.Attempt{again, cut(900 * ms), cut(20 * ms)}, &again); len(got) != 2 || got[1].Outcome != evidence.Silent {
		t.Errorf("%+v", got)
	}
	got = trim([]evidence.Attempt{{Outcome: evidence.Silent}, {}}, nil)
	if len(got) != 1 || got[0].Outcome != evidence.Silent {
		t.Errorf("%+v", got)
	}
}

func TestRTT(t *testing.T) {
	var r rtt
	if r.get() != 0 {
		t.Error("a round trip before any answer")
	}
	r.add(80 * time.Millisecond)
	r.add(160 * time.Millisecond)
	if r.get() != 90*time.Millisecond {
		t.Errorf("smoothed: %v, want 90 ms (RFC 6298: 7/8 and 1/8)", r.get())
	}
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k tokens
		router := netip.MustParseAddr("192.0.2.1")
		if k.scarce(router) || k.until(router, 6) != 0 {
			t.Error("a router that was never asked owes everything")
		}
		for range 4 {
			k.spend(router)
		}
		if !k.scarce(router) {
			t.Error("2 of 6 left, and not scarce")
		}
		if got := k.until(router, 4); got != 2*time.Second {
			t.Errorf("until 4: %v, want 2s", got)
		}
		if got := k.until(router, 100); got != 4*time.Second {
			t.Errorf("until 100: %v, want 4s: the bucket holds 6", got)
		}
		time.Sleep(2 * time.Second)
		if k.scarce(router) || k.until(router, 4) != 0 {
			t.Error("not refilled")
		}
		for range 20 {
			k.spend(router)
		}
		if got := k.until(router, 1); got != time.Second {
			t.Errorf("overdrawn: %v", got)
		}
	})
}

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(2)
		var most, now int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if !l.acquire(t.Context()) {
					t.Error("not acquired")
				}
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				now--
				mu.Unlock()
				l.release()
			})
		}
		begin := time.Now()
		wg.Wait()
		if most != 2 || time.Since(begin) != 5*time.Second {
			t.Errorf("%d at once, %v", most, time.Since(begin))
		}
		l.acquire(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		l.acquire(ctx)
		if l.acquire(ctx) || time.Since(begin) != 6*time.Second {
			t.Error("acquired a third place")
		}
		l.shrink()
		l.release()
		l.release()
		if !l.acquire(t.Context()) {
			t.Error("a shrunk limiter has no place")
		}
	})
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if !pause(ctx, 0) || !pause(ctx, 300*time.Millisecond) || pause(ctx, time.Hour) || pause(ctx, 0) {
			t.Error("wrong")
		}
		if time.Since(begin) != time.Second {
			t.Errorf("%v", time.Since(begin))
		}
	})
}

func TestLonger(t *testing.T) {
	for _, c := range []struct {
		wait time.Duration
		try  int
		want time.Duration
	}{{100 * time.Millisecond, 0, 100 * time.Millisecond}, {100 * time.Millisecond, 1, 300 * time.Millisecond}, {800 * time.Millisecond, 1, maxHopWait}} {
		if got := longer(c.wait, c.try); got != c.want {
			t.Errorf("%v, try %d: %v, want %v", c.wait, c.try, got, c.want)
		}
	}
}

// TestInvalid: names under .invalid are answered without a server (RFC 6761).
func TestInvalid(t *testing.T) {
	for _, name := range []string{"invalid", "server.invalid", "Server.INVALID."} {
		r := resolve(t.Context(), Target{Host: name}, Options{})
		if r.Problem != problemNotFound || len(r.Addresses) != 0 || r.Elapsed > 100*time.Millisecond {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if neverResolves("invalid.example") || neverResolves("notinvalid") {
		t.Error("a real name is taken for an invalid one")
	}
}

func TestControls(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.7")
	target := Target{Addr: addr}
	var members []int
	for p := 61000; p < 65500; p += 2 {
		target.Candidates = append(target.Candidates, Candidate{Port: uint16(p), Protocol: evidence.TCP})
		members = append(members, len(members))
	}
	h := newHost(&runner{}, target, addr, members)
	got := h.controls()
	if len(got) != controlCount || got[0].want.Port == got[1].want.Port {
		t.Fatalf("%d controls", len(got))
	}
	for _, c := range got {
		if c.candidate != -1 || c.want.Port < 61000 || c.want.Port%2 == 0 {
			t.Errorf("control %+v", c.want)
		}
	}
	if h := newHost(&runner{options: Options{Trace: TraceNever}}, target, addr, members); h.controls() != nil {
		t.Error("controls although the path must not be walked")
	}
	if h := newHost(&runner{}, target, netip.MustParseAddr("127.0.0.1"), members); h.controls() != nil {
		t.Error("controls on this computer")
	}
}

func TestSpreadSample(t *testing.T) {
	ports := make([]*port, 10)
	for i := range ports {
		ports[i] = &port{candidate: i}
	}
	sample, rest := spreadSample(ports, 4)
	if len(sample) != 4 || len(rest) != 6 || sample[0].candidate != 0 || sample[3].candidate < 6 {
		t.Errorf("%d and %d", len(sample), len(rest))
	}
	if sample, rest = spreadSample(ports[:3], 4); len(sample) != 3 || rest != nil {
		t.Error("few ports are all compared")
	}
}

// TestLeftThisComputer reads TCP_INFO after the first retransmit, as measured on Linux 6.18.
func TestLeftThisComputer(t *testing.T) {
	for _, c := range []struct {
		info *evidence.TCPInfo
		left bool
	}{
		{nil, true},
		{&evidence.TCPInfo{}, true},
		{&evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1, Retrans: 1}, true},
		{&evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1}, false},
		{&evidence.TCPInfo{Retransmits: 1}, false},
	} {
		if got := leftThisComputer(&evidence.Port{Attempts: []evidence.Attempt{{TCP: c.info}}}); got != c.left {
			t.Errorf("%+v: %v", c.info, got)
		}
	}
}
