//go:build linux

package lab

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestDelay(t *testing.T) {
	for name, c := range map[string]struct {
		options []Option
		want    time.Duration
	}{
		"default": {nil, 27 * time.Millisecond},
		"100 ms":  {[]Option{Delay(5*time.Millisecond, 15*time.Millisecond)}, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			l := New(t, c.options...)
			if l.RTT() != c.want {
				t.Errorf("RTT() = %v, want %v", l.RTT(), c.want)
			}
			for _, family := range families {
				took := l.shortest(t, family)
				if took < c.want || took > c.want*3/2 {
					t.Errorf("IPv%d: shortest of 5 connects %v, want %v", family, took, c.want)
				}
			}
		})
	}
}

// shortest of five connections to a closed port: one round trip.
func (l *Lab) shortest(t *testing.T, family int) time.Duration {
	t.Helper()
	shortest := time.Hour
	for range 5 {
		r := l.Connect("client", to(l, "server", family, 9), ConnectOptions{})
		if r.Errno != unix.ECONNREFUSED {
			t.Fatalf("%+v", r)
		}
		shortest = min(shortest, r.After)
	}
	return shortest
}

func TestSetDelayWhileRunning(t *testing.T) {
	l := New(t, Delay(time.Millisecond))
	before := l.shortest(t, 4)
	l.Wire("r1", "r2").SetDelay(40*time.Millisecond, 5*time.Millisecond)
	after := l.shortest(t, 4)
	if before > 40*time.Millisecond || after < 80*time.Millisecond || after > 150*time.Millisecond {
		t.Errorf("round trip %v, and with 40 to 45 ms one way %v", before, after)
	}
}

func TestLoss(t *testing.T) {
	l := New(t, Delay(0), Seed(7))
	at := l.Capture("r2", SYN)
	remove := l.Wire("client", "r1").Loss(0.3, SYN)
	const trials = 300
	start := time.Now()
	lost := 0
	for port := range uint16(trials) {
		if r := l.Connect("client", to(l, "server", 4, 2000+port), ConnectOptions{Timeout: 15 * time.Millisecond}); r.Errno == unix.ETIMEDOUT {
			lost++
		}
	}
	// 90 are expected; 60 and 120 are 3.8 standard deviations away.
	if lost < 60 || lost > 120 {
		t.Errorf("lost %d of %d SYNs, want about 90", lost, trials)
	}
	if got := at.Count(From("r1")); got != trials-lost {
		t.Errorf("%d SYNs came to r2, want %d", got, trials-lost)
	}
	t.Logf("%d lost, %v", lost, time.Since(start))
	remove()
	for port := range uint16(30) {
		if r := l.Connect("client", to(l, "server", 4, 2000+port), ConnectOptions{}); r.Errno != unix.ECONNREFUSED {
			t.Fatalf("after the loss is gone: %+v", r)
		}
	}
}

func TestLossIsRepeatable(t *testing.T) {
	sequence := func(seed uint64) (s [64]bool) {
		a, b := newPipe(), newPipe()
		w := newWire("a", a, "b", b, 0, seed)
		defer w.close()
		for i := range s {
			s[i] = w.chance() < 0.5
		}
		return s
	}
	if first, second := sequence(1), sequence(1); first != second {
		t.Error("the same seed gave different losses")
	}
	if sequence(1) == sequence(2) {
		t.Error("different seeds gave the same losses")
	}
}

// newPipe is an end of a wire on which nothing ever comes.
func newPipe() idle { return idle{make(chan struct{})} }

type idle struct{ closed chan struct{} }

func (i idle) Read([]byte) (int, error)    { <-i.closed; return 0, unix.EBADF }
func (i idle) Write(b []byte) (int, error) { return len(b), nil }
func (i idle) Close() error                { close(i.closed); return nil }

func TestLoseFirst(t *testing.T) {
	l := New(t)
	l.Listen("server", 80, Hold)
	l.Wire("r2", "r3").LoseFirst(2, SYN)
	for _, want := range []unix.Errno{unix.ETIMEDOUT, unix.ETIMEDOUT, 0, 0} {
		if r := l.Connect("client", to(l, "server", 6, 80), ConnectOptions{Timeout: 200 * time.Millisecond}); r.Errno != want {
			t.Errorf("%+v, want errno %d", r, want)
		}
	}
}

func TestCaptureCounts(t *testing.T) {
	l := New(t)
	l.Listen("server", 80, Close)
	sent, errors := l.Capture("client", From("client")), l.Capture("client", ICMPError)
	for _, family := range families {
		l.Connect("client", to(l, "server", family, 80), ConnectOptions{})
		l.Connect("client", to(l, "server", family, 80), ConnectOptions{TTL: 2})
		l.Connect("client", to(l, "server", family, 81), ConnectOptions{TTL: 9})
	}
	if got := sent.ByTTL(SYN); got[64] != 2 || got[2] != 2 || got[9] != 2 || len(got) != 3 {
		t.Errorf("SYNs by TTL: %v", got)
	}
	if got := sent.ByPort(SYN, IPv6); got[80] != 2 || got[81] != 1 || len(got) != 2 {
		t.Errorf("IPv6 SYNs by port: %v", got)
	}
	if got := errors.Packets(); len(got) != 2 || got[0].TTL != 63 || got[1].TTL != 63 {
		t.Errorf("ICMP errors: %+v, want two from the second hop", got)
	}
	if l.Capture("client", SYN).Count() != 0 {
		t.Error("a new capture is not empty")
	}
}
