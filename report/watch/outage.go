package watch

import (
	"fmt"
	"strings"
	"time"

	"whyport/report"
	"whyport/report/page"
	"whyport/report/phrase"
)

// mostMarks is how many of the last tests are drawn.
const mostMarks = 60

// count counts a test, and the time for which the port could not be used: from the first test that says so to the next that
// says otherwise. A test that established nothing ends and begins nothing.
func (p *port) count(e *report.Entry, at time.Time) {
	p.tests++
	p.now = e.Usable
	switch {
	case report.IsTrue(e.Usable):
		p.usable++
		p.known++
		p.lasted(at, false)
		p.down = time.Time{}
	case report.IsFalse(e.Usable):
		p.failed++
		p.known++
		if p.down.IsZero() {
			p.down = at
		}
		p.lasted(at, true)
	}
	p.trials = append(p.trials, page.Trial{Usable: e.Usable, Took: e.Answered})
	p.trials = p.trials[max(0, len(p.trials)-mostMarks):]
}

// lasted keeps the longest outage; open: it still lasts.
func (p *port) lasted(at time.Time, open bool) {
	if p.down.IsZero() || at.Sub(p.down) < p.longest {
		return
	}
	p.longest, p.from, p.to, p.open = at.Sub(p.down), p.down, at, open
}

// sum is what is said at the end.
func (h *history) sum() string {
	if h.tests == 0 {
		return "No test came to its end.\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s from %s to %s UTC\n", phrase.Count(h.tests, "test"), h.first.UTC().Format(time.DateTime), h.clock(h.last))
	if _, offset := h.first.Zone(); offset != 0 {
		fmt.Fprintf(&b, "The lines above have this computer's time (%s).\n", h.first.Format("-07:00"))
	}
	for _, key := range h.order {
		p := h.ports[key]
		fmt.Fprintf(&b, "%s: usable in %d of %d  %s\n", p.label, p.usable, p.tests, p.marks())
		switch {
		case p.from.IsZero():
		case p.open:
			fmt.Fprintf(&b, "  not usable since %s UTC\n", h.clock(p.from))
		default:
			fmt.Fprintf(&b, "  longest outage: at most %s, until %s UTC\n", p.longest.Round(time.Second), h.clock(p.to))
		}
	}
	return b.String()
}

// answer is how many ports were usable in the last test.
func (h *history) answer() string {
	usable := 0
	for _, p := range h.ports {
		if p.now != nil && *p.now {
			usable++
		}
	}
	if h.tests == 0 {
		return "No test came to its end."
	}
	return fmt.Sprintf("%d of %s usable in the last of %s.", usable, phrase.Count(len(h.ports), "port"), phrase.Count(h.tests, "test"))
}

// clock is a time in UTC, with the date where it is not the first test's.
func (h *history) clock(at time.Time) string {
	if at, first := at.UTC(), h.first.UTC(); at.YearDay() != first.YearDay() || at.Year() != first.Year() {
		return at.Format(time.DateTime)
	}
	return at.UTC().Format(time.TimeOnly)
}

// marks are the last tests: + usable, - not, ? not established.
func (p *port) marks() string {
	var b strings.Builder
	for _, t := range p.trials {
		switch {
		case t.Usable == nil:
			b.WriteByte('?')
		case *t.Usable:
			b.WriteByte('+')
		default:
			b.WriteByte('-')
		}
	}
	return b.String()
}

// rows are the ports as a table shows them.
func (h *history) rows() (out []page.LiveRow) {
	for _, key := range h.order {
		p := h.ports[key]
		row := page.LiveRow{Label: p.label, State: p.state, Usable: p.now, Times: p.trials, Lost: "-", Outage: "-"}
		if p.known > 0 {
			row.Lost = fmt.Sprintf("%d%%", 100*p.failed/p.known)
		}
		switch {
		case p.from.IsZero():
		case p.open && p.longest == 0:
			row.Outage = "begins"
		case p.open:
			row.Outage = p.longest.Round(time.Second).String() + ", lasts"
		default:
			row.Outage = p.longest.Round(time.Second).String()
		}
		out = append(out, row)
	}
	return out
}
