package words

import (
	"strings"
	"testing"

	"whyport/probe/evidence"
)

func TestOptionsNotes(t *testing.T) {
	got := optionsNotes([]evidence.Tried{{Extra: evidence.DSCPInteractive, Outcome: evidence.Silent}, {Extra: evidence.MPTCP, Outcome: evidence.Refused},
		{Extra: evidence.FastOpen, Outcome: evidence.Connected}, {Extra: evidence.ECN, Outcome: evidence.NoSocket}})
	for i, want := range []struct{ code, part string }{{"options-dropped", "with DSCP AF21 (SSH) get no answer"}, {"options-refused", "with Multipath TCP are refused"},
		{"options-alike", "with TCP Fast Open are accepted"}, {"options-not-tried", "with ECN, so"}} {
		if len(got) != 4 || got[i].Code != want.code || !strings.Contains(got[i].Sentence, want.part) {
			t.Errorf("%s: %+v", want.code, got)
		}
	}
	for _, e := range evidence.Extras() {
		if extraNames[e] == "" {
			t.Errorf("%s has no name", e)
		}
	}
	if optionsNotes(nil) != nil {
		t.Error("said although not asked for")
	}
}
