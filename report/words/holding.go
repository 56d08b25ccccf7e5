package words

import (
	"fmt"
	"strings"
	"time"

	"whyport/probe/verdict"
)

// holdingNote says what becomes of idle connections to the port; no code: none were kept.
func holdingNote(h verdict.Held) (code, sentence string) {
	lost := Silence(h.Lost)
	if h.Survived > 0 && !h.Unasked {
		lost = Silence(h.Survived) + " to " + Silence(h.Lost)
	}
	switch h.Holding {
	case verdict.HoldKept:
		return "idle-kept", "A connection still works after " + Silence(h.Survived) + " of silence."
	case verdict.HoldForgotten:
		return "idle-forgotten", "Idle connections are forgotten after " + within(h, lost) + " of silence, without a reset. " +
			"That is a firewall's idle time-out. " + keepalive(h)
	case verdict.HoldReset:
		if h.Unasked {
			return "idle-reset", "An idle connection was reset after " + lost + " of silence. The server or a firewall did that. " + keepalive(h)
		}
		return "idle-reset", "After " + within(h, lost) + " of silence the next word was answered with a reset. " +
			"The server or a firewall had forgotten the connection. " + keepalive(h)
	case verdict.HoldClosed:
		return "idle-closed", "The other side closed an idle connection after " + lost + ", in order. That is usually the server's own time-out."
	case verdict.HoldUnclear:
		return "idle-unclear", "What becomes of idle connections is not clear. Test again with --hold."
	}
	return "", ""
}

// within is a silence that did harm, where no shorter one was survived.
func within(h verdict.Held, lost string) string {
	if h.Survived == 0 {
		return "at most " + lost
	}
	return lost
}

func keepalive(h verdict.Held) string {
	below := h.Survived
	if below == 0 || h.Unasked {
		below = h.Lost
	}
	return "Set the application's keepalive below " + Silence(below) + "."
}

// Silence is a time as people say it: "45 seconds", "2 minutes 30 seconds".
func Silence(d time.Duration) string {
	d = d.Round(time.Second)
	var parts []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := int(d / unit.of)
		d %= unit.of
		switch {
		case n == 1:
			parts = append(parts, "1 "+unit.name)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n, unit.name))
		}
	}
	if len(parts) == 0 {
		return "0 seconds"
	}
	return strings.Join(parts[:min(2, len(parts))], " ")
}
