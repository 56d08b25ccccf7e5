// Package words says in sentences for people what a verdict means. Each rule of the judge has its words here, spread over
// files by subject; a test fails where a rule has none, or words have no rule.
package words

import (
	"slices"
	"sync"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// Sentences are what is said of a port.
type Sentences struct {
	Finding string // why in a few words, for a table's cell
	Why     string // one sentence
	Next    string // one sentence; "" where there is nothing to do
}

// row is what is said where a rule of the judge decided.
type row struct {
	rule string
	say  func(*Subject) Sentences
}

func rows() []row {
	return slices.Concat(
		untestedRows(),
		nameRows(),
		localRows(),
		icmpRows(),
		packetRows(),
		farRows(),
		deviceRows(),
		quietRows(),
		openRows(),
		tlsRows(),
		upgradeRows(),
		servingRows(),
		referredRows(),
		refusalRows(),
		proxiedRows(),
		egressRows(),
	)
}

var table = sync.OnceValue(func() map[string]func(*Subject) Sentences {
	all := map[string]func(*Subject) Sentences{}
	for _, r := range rows() {
		all[r.rule] = r.say
	}
	return all
})

// Words says what the verdict means, by the rule that decided.
func (s *Subject) Words() Sentences {
	say := table()[s.Verdict.Rule]
	if say == nil {
		return Sentences{
			"a verdict without words",
			"This version has no words for this verdict: " + phrase.Clean(string(s.Verdict.Reason)) + ".",
			"Look up the reason in the program's documentation.",
		}
	}
	w := say(s)
	if s.Verdict.Reason == verdict.SynAck || s.Verdict.Reason == verdict.UDPResponse {
		s.addToOpen(&w)
	}
	s.addReach(&w)
	s.addProxy(&w)
	s.addThrough(&w, s.Through)
	return w
}
