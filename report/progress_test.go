package report_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/page"
)

// buffer is safe for the goroutine that draws and the test that reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *buffer) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func TestProgressComesAfterASecondAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out buffer
		p := page.NewProgress(&out, page.Expected{Targets: 2, Results: 1000})
		for range 150 {
			p.Add(probe.Result{Verdict: verdict.Verdict{State: verdict.Closed}})
		}
		p.Add(probe.Result{Verdict: verdict.Verdict{State: verdict.Open}})
		time.Sleep(999 * time.Millisecond)
		synctest.Wait()
		if out.String() != "" {
			t.Errorf("before a second: %q", out.String())
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if want := "\rTesting: 151 of 1000 ports (15%), 1 open"; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !strings.Contains(out.String(), "about 11s left") {
			t.Errorf("no estimate: %q", out.String())
		}
		p.Stop()
		p.Stop()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\r"), "\r")
		if last := lines[len(lines)-1]; strings.TrimSpace(last) != "" || len(last) < len("^C")+longest(lines) {
			t.Errorf("not cleared: %q", last)
		}
	})
}

// TestProgressKnowsALimitedRate: a run that is bound to take long says so from the beginning.
func TestProgressKnowsALimitedRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out buffer
		p := page.NewProgress(&out, page.Expected{Targets: 1, Results: 6000, Least: time.Minute})
		time.Sleep(1001 * time.Millisecond)
		synctest.Wait()
		if !strings.Contains(out.String(), "0 of 6000 ports (0%), 0 open, about 59s left") {
			t.Errorf("%q", out.String())
		}
		p.Stop()
	})
}

// TestProgressNamesOpenPorts: whoever needs one that works need not wait for the others' whys.
func TestProgressNamesOpenPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out buffer
		p := page.NewProgress(&out, page.Expected{Targets: 1, Results: 5})
		add := func(port uint16) {
			p.Add(probe.Result{Verdict: verdict.Verdict{State: verdict.Open}, Port: evidence.Port{Port: port}})
		}
		time.Sleep(300 * time.Millisecond)
		if out.String() != "" {
			t.Errorf("nothing is known: %q", out.String())
		}
		add(443)
		add(443) // at another address
		time.Sleep(progressStep)
		synctest.Wait()
		if want := "\rTesting: 2 of 5 ports (40%), open: 443"; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
		for port := range uint16(5) {
			add(8000 + port)
		}
		time.Sleep(progressStep)
		synctest.Wait()
		if !strings.HasSuffix(out.String(), "open: 443, 8000, 8001 and more") {
			t.Errorf("%q", out.String())
		}
		p.Stop()
	})
}

const progressStep = 200 * time.Millisecond

func longest(lines []string) (n int) {
	for _, l := range lines[:len(lines)-1] {
		n = max(n, len(l))
	}
	return n
}

func TestProgressOfQuickWorkIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out buffer
		p := page.NewProgress(&out, page.Expected{Targets: 1, Results: 3})
		time.Sleep(500 * time.Millisecond)
		p.Stop()
		time.Sleep(5 * time.Second)
		if out.String() != "" {
			t.Errorf("%q", out.String())
		}
		var none *page.Progress
		none.Add(probe.Result{})
		none.Stop()
	})
}
