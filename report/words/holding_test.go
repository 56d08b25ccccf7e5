package words

import (
	"testing"
	"time"

	"whyport/probe/verdict"
)

func TestHoldingNotes(t *testing.T) {
	for _, c := range []struct {
		held verdict.Held
		want string
	}{
		{verdict.Held{}, ""},
		{verdict.Held{Holding: verdict.HoldKept, Survived: 5 * time.Minute}, "A connection still works after 5 minutes of silence."},
		{verdict.Held{Holding: verdict.HoldForgotten, Survived: 150 * time.Second, Lost: 5 * time.Minute},
			"Idle connections are forgotten after 2 minutes 30 seconds to 5 minutes of silence, without a reset. " +
				"That is a firewall's idle time-out. Set the application's keepalive below 2 minutes 30 seconds."},
		{verdict.Held{Holding: verdict.HoldForgotten, Lost: 37 * time.Second},
			"Idle connections are forgotten after at most 37 seconds of silence, without a reset. " +
				"That is a firewall's idle time-out. Set the application's keepalive below 37 seconds."},
		{verdict.Held{Holding: verdict.HoldReset, Survived: 50 * time.Second, Lost: time.Minute, Unasked: true},
			"An idle connection was reset after 1 minute of silence. The server or a firewall did that. " +
				"Set the application's keepalive below 1 minute."},
		{verdict.Held{Holding: verdict.HoldClosed, Lost: time.Hour, Unasked: true},
			"The other side closed an idle connection after 1 hour, in order. That is usually the server's own time-out."},
	} {
		code, got := holdingNote(c.held)
		if got != c.want || code != string(c.held.Holding) {
			t.Errorf("%+v: %s %q", c.held, code, got)
		}
	}
	for _, h := range verdict.Holdings() {
		if code, said := holdingNote(verdict.Held{Holding: h, Lost: time.Second}); code != string(h) || said == "" {
			t.Errorf("%s has no words", h)
		}
	}
}
