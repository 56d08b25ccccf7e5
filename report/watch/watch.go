// Package watch tests again and again and says what changes: for the call with whoever changes a rule meanwhile.
package watch

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"whyport/probe"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/page"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Until says when a watch ends by itself.
type Until string

// The ends of a watch.
const (
	Forever Until = ""        // not until it is interrupted
	Met     Until = "met"     // what is required can be used
	Changed Until = "changed" // any port fares otherwise than at first
)

// Watch is how to watch.
type Watch struct {
	Out  io.Writer
	Live *page.Live // a table on a terminal; nil: none
	// Logs is set where Out is not that terminal, so that changes are written there, too.
	Logs  bool
	Names words.Names
	Every time.Duration // from the beginning of a test to the next one's
	Until Until
	// Test runs the plan once; names are looked up anew.
	Test func(context.Context) *probe.Run
	// Shown is a run as reports may show it.
	Shown func(*probe.Run) *probe.Run
	// Answer is how it ended, after Run.
	Answer string
}

// Run watches until ctx ends, or what Until says; the exit code is the last whole test's.
func (w *Watch) Run(ctx context.Context) (code int, err error) {
	h := history{ports: map[string]*port{}, addresses: map[string]string{}}
	code = report.ExitNotTested
	for ctx.Err() == nil {
		begun := time.Now()
		run := w.Test(ctx)
		if run.Interrupted {
			break // ports without a verdict are no change
		}
		code = report.ExitCode(run)
		lines, changed := h.add(w.Shown(run), w.Names)
		for i := range lines {
			lines[i] = run.Started.Format(w.stamp()) + "  " + lines[i]
		}
		if err := w.say(lines, &h); err != nil {
			return code, err
		}
		if w.Until == Met && code == report.ExitMet || w.Until == Changed && changed {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(w.Every - time.Since(begun)):
		}
	}
	w.Answer = h.answer()
	_, err = io.WriteString(w.Out, h.sum())
	return code, err
}

// stamp is how a line's time looks: a file is read days later, and elsewhere.
func (w *Watch) stamp() string {
	if w.Logs {
		return "2006-01-02 15:04:05 -07:00"
	}
	return "15:04:05"
}

// say writes what has changed, and the table as it is now.
func (w *Watch) say(lines []string, h *history) error {
	if w.Live == nil || w.Logs {
		for _, line := range lines {
			if _, err := io.WriteString(w.Out, line+"\n"); err != nil {
				return err
			}
		}
	}
	if w.Live == nil {
		return nil
	}
	return w.Live.Draw(lines, h.rows(), fmt.Sprintf("Test %d at %s, again every %s. Ctrl-C ends it.", h.tests, h.last.Format("15:04:05"), w.Every))
}

// history is what was seen of each port so far.
type history struct {
	tests       int
	first, last time.Time
	order       []string
	ports       map[string]*port
	addresses   map[string]string // of a name
}

// port is one port of one target, at the address where it fares best.
type port struct {
	label, said   string
	state         string
	now           *bool // usable in the last test
	tests, usable int
	trials        []page.Trial
	failed, known int       // tests
	down          time.Time // since when it can't be used; zero: it can
	longest       time.Duration
	from, to      time.Time // of the longest outage
	open          bool      // the longest outage still lasts
}

// add takes a test; lines are what changed, at first everything.
func (h *history) add(run *probe.Run, names words.Names) (lines []string, changed bool) {
	h.tests, h.last = h.tests+1, run.Started
	if h.tests == 1 {
		h.first = run.Started
	}
	view := report.NewView(run, names, "")
	for _, t := range view.Targets {
		if line := h.resolved(t); line != "" {
			lines = append(lines, line)
		}
		best := map[string]*report.Entry{}
		var order []string
		for _, e := range t.Entries {
			key := t.Input + " " + report.PortList([]*report.Entry{e}) + " " + report.Value(e.Host)
			if have := best[key]; have == nil {
				order, best[key] = append(order, key), e
			} else if !report.IsTrue(have.Usable) && report.IsTrue(e.Usable) {
				best[key] = e
			}
		}
		for _, key := range order {
			if line, differs := h.port(key, t, best[key], run.Started); line != "" {
				lines, changed = append(lines, line), changed || differs
			}
		}
	}
	return lines, changed
}

// resolved says that a name leads elsewhere than before.
func (h *history) resolved(t *report.TargetView) string {
	all := slices.Sorted(slices.Values(t.Resolution.Addresses))
	now := strings.Join(all, ", ")
	before, known := h.addresses[t.Input]
	h.addresses[t.Input] = now
	switch {
	case !known || before == now:
		return ""
	case now == "":
		return phrase.Short(t.Host, 60) + " has no address any more; before: " + before
	case before == "":
		return phrase.Short(t.Host, 60) + " leads to " + now + " now; before: nowhere"
	}
	return phrase.Short(t.Host, 60) + " leads to " + now + " now; before: " + before
}

func (h *history) port(key string, t *report.TargetView, e *report.Entry, at time.Time) (line string, differs bool) {
	p := h.ports[key]
	if p == nil {
		p = &port{label: phrase.Short(t.Input, 60) + " " + report.PortList([]*report.Entry{e})}
		h.ports[key] = p
		h.order = append(h.order, key)
	}
	p.count(e, at)
	said := e.State
	if e.State == string(verdict.Open) && report.IsFalse(e.Usable) {
		said = "open, not usable"
	}
	p.state = said
	said += ": " + e.Finding
	before := p.said
	if p.said = said; before == said {
		return "", false
	}
	if before == "" {
		return p.label + " is " + said, false
	}
	now, _, _ := strings.Cut(said, ":")
	was, _, _ := strings.Cut(before, ":")
	return fmt.Sprintf("%s is now %s; before: %s", p.label, said, before), now != was
}
