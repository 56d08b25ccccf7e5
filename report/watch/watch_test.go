package watch

import (
	"bytes"
	"context"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/services"
)

// script is a test whose outcome is a letter: o open, f filtered, i interrupted; a digit before it is the address's end.
func script(outcomes ...string) func(context.Context) *probe.Run {
	n := 0
	return func(context.Context) *probe.Run {
		o := outcomes[min(n, len(outcomes)-1)]
		n++
		addr := netip.MustParseAddr("203.0.113." + o[:1])
		v := verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Rule: "silent", Confidence: verdict.Likely}
		if o[1] == 'o' {
			v = verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck, Rule: "connected", Usable: true, Confidence: verdict.Certain}
		}
		t := probe.TargetRun{Target: probe.Target{Input: "server.example", Host: "server.example",
			Candidates:  []probe.Candidate{{Port: 443, Protocol: evidence.TCP}},
			Requirement: verdict.Requirement{Mode: verdict.Any, Groups: []verdict.Group{{Mode: verdict.Any, Members: []int{0}}}}},
			Resolution: evidence.Resolution{Addresses: []netip.Addr{addr}}, Met: v.Usable,
			Results: []probe.Result{{Port: evidence.Port{Addr: addr, Port: 443, Protocol: evidence.TCP}, Verdict: v}}}
		return &probe.Run{Started: time.Now(), Requirement: verdict.Any, Interrupted: o[1] == 'i', Targets: []probe.TargetRun{t}}
	}
}

func watched(t *testing.T, until Until, limit time.Duration, outcomes ...string) (code int, text string) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		ctx, stop := context.WithTimeout(t.Context(), limit)
		defer stop()
		w := Watch{Out: &b, Names: services.New(), Every: 10 * time.Second, Until: until, Test: script(outcomes...),
			Shown: func(r *probe.Run) *probe.Run { return r }}
		var err error
		if code, err = w.Run(ctx); err != nil {
			t.Fatal(err)
		}
		text = b.String()
	})
	return code, text
}

func TestSaysWhatChanges(t *testing.T) {
	code, text := watched(t, Forever, 65*time.Second, "7o", "7f", "7f", "7o", "8o", "8o")
	for _, want := range []string{"server.example TCP 443 is open: ", " is now filtered: ", "; before: open",
		"leads to 203.0.113.8 now; before: 203.0.113.7",
		"7 tests from ", "usable in 5 of 7  +--++++", "longest outage: at most 20s"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if changes := strings.Count(text, "; before: "); code != 0 || changes != 3 {
		t.Errorf("exit code %d, %d changes:\n%s", code, changes, text)
	}
}

func TestUntil(t *testing.T) {
	for _, c := range []struct {
		until    Until
		outcomes []string
		code     int
		tests    string
	}{
		{Met, []string{"7f", "7f", "7o"}, 0, "3 tests"}, {Met, []string{"7o"}, 0, "1 test "}, {Changed, []string{"7o", "7o", "7f"}, 1,
			"3 tests"},
		{Changed, []string{"7f", "7o"}, 0, "2 tests"}, {Forever, []string{"7f", "7i"}, 1, "1 test "}, {Forever, []string{"7i"}, 3,
			"No test"},
	} {
		if code, text := watched(t, c.until, time.Hour, c.outcomes...); code != c.code || !strings.Contains(text, c.tests) {
			t.Errorf("%+v: exit code %d\n%s", c, code, text)
		}
	}
	if _, text := watched(t, Forever, 25*time.Second, "7f"); !strings.Contains(text, "not usable since") || strings.Contains(text,
		"outage") {
		t.Errorf("an outage that lasts:\n%s", text)
	}
}

// TestLiveTable: the same on a terminal.
func TestLiveTable(t *testing.T) {
	var h history
	h.ports, h.addresses = map[string]*port{}, map[string]string{}
	run := script("7o", "7f", "7f", "7i", "7o", "7f")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range 6 {
		r := run(t.Context())
		r.Started = at.Add(time.Duration(i) * 10 * time.Second)
		h.add(r, services.New())
	}
	rows := h.rows()
	if len(rows) != 1 || rows[0].Lost != "66%" || rows[0].Outage != "30s" || rows[0].State != "filtered" || len(rows[0].Times) != 6 {
		t.Errorf("%+v", rows)
	}
}

// TestLogHasDates: a log is read days later and elsewhere, so its lines have date and zone; the sum is in UTC and says so.
func TestLogHasDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		ctx, stop := context.WithTimeout(t.Context(), 41*time.Hour)
		defer stop()
		outcomes := script("7o", "7o", "7f")
		w := Watch{Out: &b, Logs: true, Names: services.New(), Every: 20 * time.Hour, Shown: func(r *probe.Run) *probe.Run { return r },
			Test: func(ctx context.Context) *probe.Run {
				r := outcomes(ctx)
				r.Started = r.Started.In(time.FixedZone("", 3600))
				return r
			}}
		if _, err := w.Run(ctx); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"2000-01-01 01:00:00 +01:00  server.example TCP 443 is open", "2000-01-02 17:00:00 +01:00  server.example TCP 443 is now filtered",
			"3 tests from 2000-01-01 00:00:00 to 2000-01-02 16:00:00 UTC\nThe lines above have this computer's time (+01:00).\n",
			"not usable since 2000-01-02 16:00:00 UTC"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no %q in\n%s", want, b.String())
			}
		}
	})
}
