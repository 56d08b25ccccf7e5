package report

import (
	"fmt"
	"strings"
	"time"

	"whyport/probe/verdict"
	"whyport/report/words"
)

// Forgets reports that something on the way forgets idle connections, or the server does.
func (h *Hold) Forgets() bool {
	return h != nil && (h.Finding == string(verdict.HoldForgotten) || h.Finding == string(verdict.HoldReset))
}

// Longest is the longest silence that was tried.
func (h *Hold) Longest() (longest time.Duration) {
	for _, i := range h.Idles {
		if i.Silence != nil {
			longest = max(longest, h.time(i.Silence))
		}
	}
	return longest
}

func (*Hold) time(m *Millis) time.Duration {
	return time.Duration(float64(*m) * float64(time.Millisecond))
}

// LostAfter is when, as sentences say it: "2 minutes to 5 minutes", "at most 37 seconds".
func (h *Hold) LostAfter() string {
	switch {
	case h.Lost == nil:
		return "some time"
	case h.Survived == nil:
		return "at most " + words.Silence(h.time(h.Lost))
	}
	return words.Silence(h.time(h.Survived)) + " to " + words.Silence(h.time(h.Lost))
}

// idleFinding says which connections work and are forgotten when nothing is said for a while; "" where none is. The soonest
// stands for all.
func idleFinding(out *TargetView) string {
	var lost []*Entry
	for _, e := range out.Entries {
		if !e.Hold.Forgets() {
			continue
		}
		if len(lost) > 0 && e.Hold.Lost != nil && lost[0].Hold.Lost != nil && *e.Hold.Lost < *lost[0].Hold.Lost {
			lost = append([]*Entry{e}, lost...)
			continue
		}
		lost = append(lost, e)
	}
	if len(lost) == 0 {
		return ""
	}
	ports := strings.TrimPrefix(PortList(lost), "TCP ")
	return fmt.Sprintf(" But idle connections to %s are forgotten after %s.", ports, lost[0].Hold.LostAfter())
}

// Silence is a time as sentences say it.
func Silence(d time.Duration) string { return words.Silence(d) }
