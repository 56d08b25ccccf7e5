package sweep

import (
	"math/rand/v2"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

func TestFifo(t *testing.T) {
	var f fifo
	var want []int32
	random := rand.New(rand.NewPCG(1, 2))
	for i := range int32(5000) {
		if len(want) > 0 && random.IntN(5) < 2 {
			if got := f.pop(); got.id != want[0] {
				t.Fatalf("after %d: %d, want %d", i, got.id, want[0])
			}
			want = want[1:]
		}
		f.push(flying{id: i})
		want = append(want, i)
		if f.size != len(want) || f.peek().id != want[0] {
			t.Fatalf("after %d: size %d and first %d, want %d and %d", i, f.size, f.peek().id, len(want), want[0])
		}
	}
}

func TestTokenBucket(t *testing.T) {
	free := tokenBucket{}
	even := tokenBucket{rate: 1000, at: -time.Hour}
	passed := 0
	for i := range 2000 { // every half millisecond for a second
		if !free.take(0) {
			t.Fatal("a bucket without a rate holds back")
		}
		if even.take(time.Duration(i) * time.Millisecond / 2) {
			passed++
		}
	}
	if passed < 1000 || passed > 1000+tokenBurst {
		t.Errorf("%d passed in a second, want 1000", passed)
	}
	// A pause saves up no more than a burst.
	burst := 0
	for even.take(time.Minute) {
		burst++
	}
	if burst != tokenBurst {
		t.Errorf("%d at once after a pause, want %d", burst, tokenBurst)
	}
}

func TestPasses(t *testing.T) {
	for _, c := range []struct {
		answered, lost float64
		want           int
	}{
		{0, 0, 4},                // blind
		{1000, 0, 2},             // nothing lost
		{1000, 100, 5},           // 0.09^5 of 1000 are below 0.01, 0.09^4 are not
		{200, 110, 10},           // 20% both ways
		{10, 1000, 14},           // hopeless: bounded
		{1, 0, 2}, {100, 1.5, 3}, // 0.016^2 of 100 are 0.025
	} {
		l := loss{answered: c.answered, lost: c.lost}
		if got := l.enough(); got != c.want {
			t.Errorf("%v answered, %v lost: %d passes, want %d", c.answered, c.lost, got, c.want)
		}
	}
	l := loss{answered: 100, lost: 900, rtt: evidence.RoundTrips{Smoothed: time.Second}}
	if l.forget(); l.enough() != 2 || l.timeout(&evidence.RoundTrips{}) != time.Second {
		t.Errorf("after forgetting: %d passes, time-out %v", l.enough(), l.timeout(&evidence.RoundTrips{}))
	}
}

func TestEstimate(t *testing.T) {
	var e evidence.RoundTrips
	if got := e.Timeout(); got != 200*time.Millisecond {
		t.Errorf("without a sample: %v", got)
	}
	for _, c := range []struct{ sample, least, most time.Duration }{
		{time.Millisecond, 100 * time.Millisecond, 100 * time.Millisecond},       // the floor
		{300 * time.Millisecond, 300 * time.Millisecond, 310 * time.Millisecond}, // steady
		{time.Minute, 10 * time.Second, 10 * time.Second},                        // the ceiling
	} {
		e = evidence.RoundTrips{}
		for range 50 {
			e.Add(c.sample)
		}
		if got := e.Timeout(); got < c.least || got > c.most {
			t.Errorf("%v always: %v", c.sample, got)
		}
	}
	e = evidence.RoundTrips{}
	for i := range 50 {
		e.Add(time.Duration(50+100*(i%2)) * time.Millisecond)
	}
	if got := e.Timeout(); got < 200*time.Millisecond || got > 500*time.Millisecond {
		t.Errorf("50 and 150 ms in turn: %v", got)
	}
	// A host's own time-out goes before the others'.
	l := loss{rtt: evidence.RoundTrips{Smoothed: 300 * time.Millisecond}}
	if l.timeout(&evidence.RoundTrips{}) != 300*time.Millisecond || l.timeout(&evidence.RoundTrips{Smoothed: 150 * time.Millisecond}) != 150*time.Millisecond {
		t.Error("whose time-out?")
	}
}

// TestWindow: it grows with every end, shrinks once in a time-out for answers to retries, and keeps its bounds.
func TestWindow(t *testing.T) {
	s := &Job{Network: socket.System{}, Count: 10, Hosts: 1, Limit: 200, Host: func(int) int { return 0 }, Found: func(_ int, _ evidence.Swept, e socket.End) { e.Drop() }}
	out := make([]evidence.Swept, 10)
	w := newSweeper(s, out, 0, 1, &loss{})
	t.Cleanup(w.burst.Close)
	w.began = time.Now().Add(-time.Second)
	if w.window != firstWindow || w.most != 200 {
		t.Fatalf("window %v of %v", w.window, w.most)
	}
	end := func(id int32, pass uint8) {
		w.passOf[0], w.counted[0], w.open = pass, true, 1
		w.sentAt[0] = w.since() - time.Millisecond
		w.take(socket.End{ID: id, Outcome: evidence.Refused})
	}
	end(0, 1)
	if w.window != firstWindow+1 {
		t.Errorf("after an answer: %v", w.window)
	}
	end(1, 2)
	end(2, 2)
	if want := float64(firstWindow+2)/2 + 1; w.window != want {
		t.Errorf("after two answers to retries at once: %v, want %v", w.window, want)
	}
	w.halved -= time.Second
	for id := range int32(3) {
		w.halved -= time.Second
		end(3+id, 3)
	}
	if w.window != leastWindow {
		t.Errorf("after many: %v, want the least, %v", w.window, leastWindow)
	}
	for range 1000 {
		w.grow(2)
	}
	if w.window != w.most || w.open != 0 {
		t.Errorf("grown to %v of %v, %d in flight", w.window, w.most, w.open)
	}
}

// TestSlowDown: the sweep gets slower each time, down to a floor, and never faster than it was told to be.
func TestSlowDown(t *testing.T) {
	for _, c := range []struct{ rate, through, want float64 }{
		{0, 1000, 700}, {0, 10, leastRate},
		{400, 1000, 200}, {400, 100, 70}, {60, 1000, leastRate},
		{20, 1000, 20}, {20, 1, 20},
	} {
		w := sweeper{s: &Job{}, loss: &loss{}, bucket: tokenBucket{rate: c.rate}}
		if w.slowDown(c.through); w.bucket.rate < c.want-0.01 || w.bucket.rate > c.want+0.01 {
			t.Errorf("%v a second, %v come through: %v, want %v", c.rate, c.through, w.bucket.rate, c.want)
		}
	}
}

// TestDoubtNothing: where all have answered there is no reason to become slow, however the answers came.
func TestDoubtNothing(t *testing.T) {
	w := sweeper{s: &Job{}, loss: &loss{}, began: time.Now(), answers: 100}
	if w.doubt(t.Context(), true) || w.bucket.rate != 0 || w.s.Pace() != 0 {
		t.Errorf("rate %v, pace %d", w.bucket.rate, w.s.Pace())
	}
}

// TestDeadline: no try is waited for longer than --timeout, however far the host is.
func TestDeadline(t *testing.T) {
	s := &Job{Count: 1, Hosts: 1, Host: func(int) int { return 0 }}
	w := sweeper{s: s, loss: &loss{}, hosts: []evidence.RoundTrips{{Smoothed: time.Second}}}
	f := flying{sent: time.Minute}
	if got := w.deadline(f); got != time.Minute+time.Second {
		t.Errorf("without a bound: %v", got)
	}
	s.Longest = 300 * time.Millisecond
	if got := w.deadline(f); got != time.Minute+300*time.Millisecond {
		t.Errorf("with --timeout 300ms: %v", got)
	}
}
