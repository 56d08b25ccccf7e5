package line

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
)

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
	var r Line
	if r.RTT() != 0 {
		t.Error("a round trip before any answer")
	}
	r.Sample(80 * time.Millisecond)
	r.Sample(160 * time.Millisecond)
	if r.RTT() != 90*time.Millisecond {
		t.Errorf("smoothed: %v, want 90 ms (RFC 6298: 7/8 and 1/8)", r.RTT())
	}
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k Tokens
		router := netip.MustParseAddr("192.0.2.1")
		if k.Scarce(router) || k.Until(router, 6) != 0 {
			t.Error("a router that was never asked owes everything")
		}
		for range 4 {
			k.spend(router)
		}
		if !k.Scarce(router) {
			t.Error("2 of 6 left, and not scarce")
		}
		if got := k.Until(router, 4); got != 2*time.Second {
			t.Errorf("until 4: %v, want 2s", got)
		}
		if got := k.Until(router, 100); got != 4*time.Second {
			t.Errorf("until 100: %v, want 4s: the bucket holds 6", got)
		}
		time.Sleep(2 * time.Second)
		if k.Scarce(router) || k.Until(router, 4) != 0 {
			t.Error("not refilled")
		}
		for range 20 {
			k.spend(router)
		}
		if got := k.Until(router, 1); got != time.Second {
			t.Errorf("overdrawn: %v", got)
		}
	})
}

func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewSlots(2)
		var most, now int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if !l.Acquire(t.Context()) {
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
				l.Release()
			})
		}
		begin := time.Now()
		wg.Wait()
		if most != 2 || time.Since(begin) != 5*time.Second {
			t.Errorf("%d at once, %v", most, time.Since(begin))
		}
		l.Acquire(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		l.Acquire(ctx)
		if l.Acquire(ctx) || time.Since(begin) != 6*time.Second {
			t.Error("acquired a third place")
		}
		l.Shrink()
		l.Release()
		l.Release()
		if !l.Acquire(t.Context()) {
			t.Error("a shrunk limiter has no place")
		}
	})
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if !Pause(ctx, 0) || !Pause(ctx, 300*time.Millisecond) || Pause(ctx, time.Hour) || Pause(ctx, 0) {
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
	}{{100 * time.Millisecond, 0, 100 * time.Millisecond}, {100 * time.Millisecond, 1, 300 * time.Millisecond}, {800 * time.Millisecond, 1, MaxWait}} {
		if got := Longer(c.wait, c.try); got != c.want {
			t.Errorf("%v, try %d: %v, want %v", c.wait, c.try, got, c.want)
		}
	}
}

func TestPacer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pacer
		took := func(n int) time.Duration {
			began := time.Now()
			for range n {
				if !p.Wait(t.Context()) {
					t.Fatal("not interrupted")
				}
			}
			return time.Since(began)
		}
		if d := took(100); d != 0 {
			t.Errorf("without a limit: %v", d)
		}
		if p.Limit(0); took(100) != 0 {
			t.Error("0 is a limit")
		}
		if p.Limit(1000); took(101) != 100*time.Millisecond {
			t.Error("1000 a second")
		}
		time.Sleep(time.Second)
		if d := took(11); d != 10*time.Millisecond {
			t.Errorf("a pause was saved up: %v", d)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if p.Wait(t.Context()); p.Wait(ctx) {
			t.Error("an ended run waits")
		}
	})
}
