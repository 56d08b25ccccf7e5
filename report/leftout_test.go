package report

import (
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
)

func TestAddressesThatAreLeftOutAreSaid(t *testing.T) {
	run := &probe.TargetRun{Resolution: evidence.Resolution{LeftOut: 3936}}
	notes := targetNotes(&TargetView{Target: &Target{}}, run, nil)
	if len(notes) != 1 || notes[0].Code != "addresses-left-out" || !strings.Contains(notes[0].Sentence, "3936 more addresses of the name were not tested") {
		t.Errorf("%+v", notes)
	}
}
