package probe

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
	"whyport/probe/verdict"
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
		l := sweepLoss{answered: c.answered, lost: c.lost}
		if got := l.passes(); got != c.want {
			t.Errorf("%v answered, %v lost: %d passes, want %d", c.answered, c.lost, got, c.want)
		}
	}
	l := sweepLoss{answered: 100, lost: 900, rtt: estimate{time.Second, 0}}
	if l.forget(); l.passes() != 2 || l.timeout(&estimate{}) != time.Second {
		t.Errorf("after forgetting: %d passes, time-out %v", l.passes(), l.timeout(&estimate{}))
	}
}

func TestEstimate(t *testing.T) {
	var e estimate
	if got := e.timeout(); got != 200*time.Millisecond {
		t.Errorf("without a sample: %v", got)
	}
	for _, c := range []struct{ sample, least, most time.Duration }{
		{time.Millisecond, 100 * time.Millisecond, 100 * time.Millisecond},       // the floor
		{300 * time.Millisecond, 300 * time.Millisecond, 310 * time.Millisecond}, // steady
		{time.Minute, 10 * time.Second, 10 * time.Second},                        // the ceiling
	} {
		e = estimate{}
		for range 50 {
			e.add(c.sample)
		}
		if got := e.timeout(); got < c.least || got > c.most {
			t.Errorf("%v always: %v", c.sample, got)
		}
	}
	e = estimate{}
	for i := range 50 {
		e.add(time.Duration(50+100*(i%2)) * time.Millisecond)
	}
	if got := e.timeout(); got < 200*time.Millisecond || got > 500*time.Millisecond {
		t.Errorf("50 and 150 ms in turn: %v", got)
	}
	// A host's own time-out goes before the others'.
	l := sweepLoss{rtt: estimate{srtt: 300 * time.Millisecond}}
	if l.timeout(&estimate{}) != 300*time.Millisecond || l.timeout(&estimate{srtt: 150 * time.Millisecond}) != 150*time.Millisecond {
		t.Error("whose time-out?")
	}
}

// TestWindow: it grows with every end, shrinks once in a time-out for answers to retries, and keeps its bounds.
func TestWindow(t *testing.T) {
	s := &sweep{count: 10, hosts: 1, limit: 200, host: func(int) int { return 0 }, look: func(_ int, _ swept, e socket.End) { e.Drop() }}
	out := make([]swept, 10)
	w := newSweeper(s, out, 0, 1, &sweepLoss{})
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
		w := sweeper{s: &sweep{}, loss: &sweepLoss{}, bucket: tokenBucket{rate: c.rate}}
		if w.slowDown(c.through); w.bucket.rate < c.want-0.01 || w.bucket.rate > c.want+0.01 {
			t.Errorf("%v a second, %v come through: %v, want %v", c.rate, c.through, w.bucket.rate, c.want)
		}
	}
}

// TestDoubtNothing: where all have answered there is no reason to become slow, however the answers came.
func TestDoubtNothing(t *testing.T) {
	w := sweeper{s: &sweep{}, loss: &sweepLoss{}, began: time.Now(), answers: 100}
	if w.doubt(t.Context(), true) || w.bucket.rate != 0 || w.s.pace() != 0 {
		t.Errorf("rate %v, pace %d", w.bucket.rate, w.s.pace())
	}
}

// TestNote: what a sweep has seen in doubt counts only with more of the same.
func TestNote(t *testing.T) {
	u := unit{swept: []swept{{outcome: sweptSilent, tries: 200}}}
	u.note(0, swept{outcome: sweptNoSocket})
	if u.swept[0].outcome != sweptSilent {
		t.Error("a lack of sockets is no news")
	}
	if u.note(0, swept{outcome: sweptSilent, tries: 100}); u.swept[0].tries != 255 {
		t.Errorf("%d tries", u.swept[0].tries)
	}
	if u.note(0, swept{outcome: sweptOpen, tries: 1}); u.swept[0] != (swept{outcome: sweptOpen, tries: 1}) {
		t.Errorf("%+v", u.swept[0])
	}
}

// TestDeadline: no try is waited for longer than --timeout, however far the host is.
func TestDeadline(t *testing.T) {
	s := &sweep{count: 1, hosts: 1, host: func(int) int { return 0 }}
	w := sweeper{s: s, loss: &sweepLoss{}, hosts: []estimate{{srtt: time.Second}}}
	f := flying{sent: time.Minute}
	if got := w.deadline(f); got != time.Minute+time.Second {
		t.Errorf("without a bound: %v", got)
	}
	s.longest = 300 * time.Millisecond
	if got := w.deadline(f); got != time.Minute+300*time.Millisecond {
		t.Errorf("with --timeout 300ms: %v", got)
	}
}

// looked is a judged port of a unit.
func looked(port int, state verdict.State, outcome evidence.Outcome, where string) *Result {
	r := &Result{Candidate: port, Verdict: verdict.Verdict{State: state}, Port: evidence.Port{Attempts: []evidence.Attempt{{Outcome: outcome}}}}
	if where != "" {
		r.Verdict.Where = &verdict.Where{Address: netip.MustParseAddr(where)}
	}
	return r
}

func TestShare(t *testing.T) {
	const n = 10
	h := &host{run: &runner{}, addr: netip.MustParseAddr("198.18.0.2")}
	for i := range n {
		h.target.Candidates = append(h.target.Candidates, Candidate{Port: uint16(i), Protocol: evidence.TCP})
	}
	all := make([]swept, n)
	u := &unit{h: h}
	for i := range n {
		u.members, all[i] = append(u.members, i), swept{outcome: sweptSilent, tries: 2}
	}
	all[4], all[9] = swept{outcome: sweptRefused, tries: 1, micros: 100}, swept{}
	judged := map[int]*Result{
		1: looked(1, verdict.Filtered, evidence.Silent, "10.0.0.1"),
		3: looked(3, verdict.Filtered, evidence.Silent, "10.0.0.1"),
		6: looked(6, verdict.Filtered, evidence.Silent, "10.0.0.2"),
		7: looked(7, verdict.Open, evidence.Connected, ""), // open since the sweep: speaks for nobody
	}
	states := map[int]string{}
	for _, b := range share(u, all, judged) {
		for _, p := range b.Ports {
			if _, twice := states[int(p.Candidate)]; twice {
				t.Errorf("port %d is in two bulks", p.Candidate)
			}
			where := ""
			if b.Verdict.Where != nil {
				where = " " + b.Verdict.Where.Address.String()
			}
			states[int(p.Candidate)] = string(b.Verdict.State) + where
		}
	}
	want := map[int]string{
		0: "filtered 10.0.0.1", 2: "filtered 10.0.0.1", // before and between what agrees
		4: "closed 198.18.0.2", // of its own
		5: "filtered",          // between places that differ: none is named
		8: "filtered 10.0.0.2", // not the open port's
		9: "unknown",           // never asked
	}
	if len(states) != len(want) {
		t.Errorf("%v", states)
	}
	for i, s := range want {
		if states[i] != s {
			t.Errorf("port %d: %q, want %q", i, states[i], s)
		}
	}
}

func TestAll(t *testing.T) {
	run := TargetRun{Target: Target{Candidates: make([]Candidate, 6)}, index: 3,
		Results: []Result{{Candidate: 2}, {Candidate: 2, Address: 1}, {Candidate: 4}},
		Bulk: []Bulk{
			{Address: 1, Ports: []BulkPort{{Candidate: 0}, {Candidate: 4}, {Candidate: 5}}},
			{Address: 0, Ports: []BulkPort{{Candidate: 0}, {Candidate: 1}, {Candidate: 3, Tries: 2, Outcome: sweptSilent}}},
		}}
	var got [][2]int
	for r := range run.All() {
		got = append(got, [2]int{r.Candidate, r.Address})
		if r.Candidate == 3 && (len(r.Port.Attempts) != 2 || r.Port.Attempts[1].Outcome != evidence.Silent || r.Target != 3) {
			t.Errorf("%+v", r)
		}
	}
	if want := [][2]int{{0, 0}, {0, 1}, {1, 0}, {2, 0}, {2, 1}, {3, 0}, {4, 0}, {4, 1}, {5, 1}}; !slices.Equal(got, want) || run.Count() != len(want) {
		t.Errorf("%v, want %v; Count %d", got, want, run.Count())
	}
	for range run.All() {
		break // must not go on
	}
}

// TestVisits: every endpoint once; usual ports first, then host by host.
func TestVisits(t *testing.T) {
	var units []*unit
	for _, n := range []int{100, 3} {
		h := &host{}
		u := &unit{h: h}
		for i := range n {
			h.target.Candidates = append(h.target.Candidates, Candidate{Port: uint16(20 + i)})
			u.members = append(u.members, i)
		}
		units = append(units, u)
	}
	order := visits(units)
	seen := map[endpoint]bool{}
	for _, e := range order {
		seen[e] = true
	}
	if len(order) != 103 || len(seen) != 103 {
		t.Fatalf("%d visits to %d endpoints", len(order), len(seen))
	}
	if want := []endpoint{{0, 2}, {1, 2}, {0, 5}, {0, 33}, {0, 60}, {0, 0}, {1, 0}, {0, 1}, {1, 1}, {0, 3}}; !slices.Equal(order[:9], want[:9]) {
		t.Errorf("%v, want %v", order[:10], want)
	}
}

func TestPacer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pacer
		took := func(n int) time.Duration {
			began := time.Now()
			for range n {
				if !p.wait(t.Context()) {
					t.Fatal("not interrupted")
				}
			}
			return time.Since(began)
		}
		if d := took(100); d != 0 {
			t.Errorf("without a limit: %v", d)
		}
		if p.limit(0); took(100) != 0 {
			t.Error("0 is a limit")
		}
		if p.limit(1000); took(101) != 100*time.Millisecond {
			t.Error("1000 a second")
		}
		time.Sleep(time.Second)
		if d := took(11); d != 10*time.Millisecond {
			t.Errorf("a pause was saved up: %v", d)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if p.wait(t.Context()); p.wait(ctx) {
			t.Error("an ended run waits")
		}
	})
}

// TestAgrees: an ICMP error explains silence and rejections, never a RST or a SYN-ACK.
func TestAgrees(t *testing.T) {
	rst := looked(1, verdict.Closed, evidence.Refused, "")
	icmp := looked(1, verdict.Blocked, evidence.Refused, "")
	icmp.Port.Attempts[0].ICMP = &evidence.ICMP{Type: 3, Code: 3}
	for o, want := range map[sweptOutcome][2]bool{sweptOpen: {false, false}, sweptRefused: {true, false}, sweptRejected: {true, true}, sweptFailed: {false, true}, sweptSilent: {false, true}} {
		if got := [2]bool{agrees(rst, o), agrees(icmp, o)}; got != want {
			t.Errorf("outcome %d: RST and ICMP %v, want %v", o, got, want)
		}
	}
}

// TestShared: one port's verdict is never surer for the others.
func TestShared(t *testing.T) {
	for from, want := range map[verdict.Confidence]verdict.Confidence{verdict.Certain: verdict.Likely, verdict.Likely: verdict.Likely, verdict.Possible: verdict.Possible} {
		got := shared(shared(verdict.Verdict{Confidence: from}))
		if got.Confidence != want || !slices.Equal(got.Caveats, []verdict.Caveat{verdict.SameRule}) {
			t.Errorf("%s: %+v, want %s", from, got, want)
		}
	}
}

// TestDoubted: only silence on the way is doubted, not what this computer knows of itself.
func TestDoubted(t *testing.T) {
	where := &verdict.Where{Hop: 2}
	own := verdict.Verdict{State: verdict.Blocked, Reason: verdict.LocalFirewallDrop, Confidence: verdict.Certain, Where: where}
	if got := doubted(own); got.Confidence != verdict.Certain || got.Where != where || len(got.Caveats) > 0 {
		t.Errorf("%+v", got)
	}
	silent := verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Confidence: verdict.Likely, Where: where, Caveats: []verdict.Caveat{verdict.SameRule}}
	if got := doubted(silent); got.Confidence != verdict.Possible || got.Where != nil || !slices.Equal(got.Caveats, []verdict.Caveat{verdict.Lossy}) {
		t.Errorf("%+v", got)
	}
}
