package report

import (
	"fmt"
	"net/netip"
	"slices"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// pingNotes say what became of the echoes that were asked for. They decide nothing.
func pingNotes(t *probe.TargetRun) (notes []Note) {
	var answers, silent, both, ports []string
	for a, h := range t.Hosts {
		switch {
		case h == nil || h.Ping == nil:
		case h.Ping.Outcome == evidence.Connected && anyAnswer(t, a):
			both = append(both, named(a)+" in "+phrase.Duration(h.Ping.Elapsed))
		case h.Ping.Outcome == evidence.Silent && anyAnswer(t, a):
			ports = append(ports, named(a))
		case h.Ping.Outcome == evidence.Connected:
			answers = append(answers, named(a)+" in "+phrase.Duration(h.Ping.Elapsed))
		case h.Ping.Outcome == evidence.Silent:
			silent = append(silent, named(a))
		}
	}
	for _, found := range [][]string{answers, silent, both, ports} {
		slices.Sort(found)
	}
	const most = 4
	if len(answers) > 0 {
		notes = append(notes, Note{Code: "answers-ping", Sentence: fmt.Sprintf("Ping is answered (%s), but none of these ports: something is "+
			"there, and what is for the ports is dropped.", phrase.Listed(answers, most))})
	}
	if len(silent) > 0 {
		notes = append(notes, Note{Code: "no-ping", Sentence: fmt.Sprintf("Ping is not answered either (%s), which proves nothing: many "+
			"firewalls drop it.", phrase.Listed(silent, most))})
	}
	if len(both) > 0 {
		notes = append(notes, Note{Code: "ping-and-ports", Sentence: fmt.Sprintf("Ping is answered, too (%s).", phrase.Listed(both, most))})
	}
	if len(ports) > 0 {
		notes = append(notes, Note{Code: "ports-without-ping", Sentence: fmt.Sprintf("Ports answer, but ping does not (%s): ping is dropped "+
			"somewhere, so a monitor that pings calls this server dead.", phrase.Listed(ports, most))})
	}
	return notes
}

// anyAnswer reports whether a packet came back from one of an address's ports.
func anyAnswer(t *probe.TargetRun, a netip.Addr) bool {
	return slices.ContainsFunc(t.Results, func(r probe.Result) bool { return r.Port.Addr == a && r.Port.Answered() > 0 })
}

func named(a netip.Addr) string { return phrase.Clean(a.String()) }
