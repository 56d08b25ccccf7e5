package report

import (
	"fmt"
	"net/netip"
	"slices"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// pingNotes say what became of the echoes that were asked for where nothing else had answered. They decide nothing.
func pingNotes(t *probe.TargetRun) (notes []Note) {
	var answers, silent []string
	for a, h := range t.Hosts {
		switch {
		case h == nil || h.Ping == nil:
		case h.Ping.Outcome == evidence.Connected:
			answers = append(answers, named(a)+" in "+phrase.Duration(h.Ping.Elapsed))
		case h.Ping.Outcome == evidence.Silent:
			silent = append(silent, named(a))
		}
	}
	slices.Sort(answers)
	slices.Sort(silent)
	const most = 4
	if len(answers) > 0 {
		notes = append(notes, Note{Code: "answers-ping", Sentence: fmt.Sprintf("Ping is answered (%s), but none of these ports: something is "+
			"there, and what is for the ports is dropped.", phrase.Listed(answers, most))})
	}
	if len(silent) > 0 {
		notes = append(notes, Note{Code: "no-ping", Sentence: fmt.Sprintf("Ping is not answered either (%s), which proves nothing: many "+
			"firewalls drop it.", phrase.Listed(silent, most))})
	}
	return notes
}

func named(a netip.Addr) string { return phrase.Clean(a.String()) }
