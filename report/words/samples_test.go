package words

import (
	"strings"
	"testing"

	"whyport/probe/evidence"
)

func TestSamplesNote(t *testing.T) {
	for want, s := range map[string]*evidence.Samples{
		"":                       nil,
		"samples-alike":          {Asked: 16},
		"samples-by-source-port": {Asked: 16, Failed: []uint16{40001, 40007}, Always: []uint16{40001, 40007}, Steady: true, Outcome: evidence.Silent},
		"samples-by-chance":      {Asked: 16, Failed: []uint16{40001}, Steady: true},
	} {
		got := samplesNote(s)
		if (len(got) == 0) != (want == "") || len(got) > 0 && got[0].Code != want {
			t.Errorf("%s: %+v", want, got)
		}
		if want == "samples-by-source-port" && !strings.HasPrefix(got[0].Sentence, "Of 16 connections 2 get no answer, always those from the source ports 40001, 40007") {
			t.Error(got[0].Sentence)
		}
	}
	// Always the same ones, but others failed now and then, too: loss is not excluded.
	if got := samplesNote(&evidence.Samples{Asked: 16, Failed: []uint16{1}, Always: []uint16{1}}); got[0].Code != "samples-by-chance" {
		t.Errorf("%+v", got)
	}
}
